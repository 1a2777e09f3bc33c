"""`eloss checkpoint import`: a run from an upstream's checkpoint."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli.output import emit, emit_json, note
from eloss_plugins.cli.places import check_writable, holds_something
from eloss_plugins.errors import Refused

if TYPE_CHECKING:
    from eloss_plugins.trainers.config import TrainConfig
    from eloss_plugins.trainers.upstreams.upstream import Trained


def run(arguments: argparse.Namespace) -> int:
    """Read, write the run, and say what was assumed."""
    _check_place(arguments.out, arguments.overwrite)
    trained = read(arguments.upstream, arguments, averaged=arguments.weights == "averaged")
    _write(trained, _config(trained, arguments), arguments)
    for remark in trained.remarks:
        note(remark)
    note(f"sizes of molecules: those of the training molecules of {arguments.data} (--data)")
    if arguments.json:
        emit_json({"upstream": arguments.upstream, "run": arguments.out} | described(trained))
    else:
        steps = f", {trained.step} steps," if trained.step else ""
        emit(f"Imported {trained.spec.name}{steps} to {arguments.out}")
        note(f"Next: eloss sample {arguments.out} -n 1000, then eloss evaluate {arguments.out}")
    return 0


def read(upstream: str, arguments: argparse.Namespace, *, averaged: bool = True) -> "Trained":
    """The model in `arguments.path`, as the upstream of that name has written it."""
    from eloss_plugins.trainers.upstreams import upstream_named
    from eloss_plugins.trainers.upstreams.upstream import Wanted

    settings = dict(arguments.model_options)
    if arguments.model_preset is not None:
        settings["preset"] = arguments.model_preset
    return upstream_named(upstream).read(arguments.path, Wanted(averaged, settings))


def described(trained: "Trained") -> dict[str, Any]:
    """A model in plain values."""
    from eloss_plugins.chem.elements import symbol_of
    from eloss_plugins.trainers.sizes import as_settings

    return {
        "trainer": trained.spec.name,
        "steps": trained.step,
        "parameters": sum(parameter.numel() for parameter in trained.model.parameters()),
        "elements": [symbol_of(number) for number in trained.elements],
        "model": as_settings(trained.config),
    }


def _check_place(out: Path, overwrite: bool) -> None:
    check_writable(out)
    if holds_something(out) and not overwrite:
        raise Refused(f"{out} holds files. Name another folder, or add --overwrite")


def _config(trained: "Trained", arguments: argparse.Namespace) -> "TrainConfig":
    from eloss_plugins.trainers.config import TrainConfig
    from eloss_plugins.trainers.sizes import as_settings

    return TrainConfig(
        trainer=trained.spec.name,
        model=as_settings(trained.config),
        data=arguments.data,
        out=str(arguments.out),
        steps=trained.step,
    )


def _write(trained: "Trained", config: "TrainConfig", arguments: argparse.Namespace) -> None:
    from eloss_plugins.data.load import load
    from eloss_plugins.trainers.imported_run import imported_record, write_run
    from eloss_plugins.trainers.run_folder import RunFolder

    data = load(arguments.data)
    origin: Mapping[str, Any] = {
        "upstream": arguments.upstream,
        "path": str(arguments.path),
        "weights": arguments.weights,
        "remarks": list(trained.remarks),
    }
    record = imported_record(config, data, trained.elements, trained.model, origin)
    folder = RunFolder(arguments.out)
    write_run(folder, config, trained.model, record, overwrite=arguments.overwrite)
