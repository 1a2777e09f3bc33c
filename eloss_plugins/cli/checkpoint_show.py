"""`eloss checkpoint show`: what is in a checkpoint, ours or an upstream's."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from eloss_plugins.cli.checkpoint_export import trained_run
from eloss_plugins.cli.checkpoint_import import described, read
from eloss_plugins.cli.output import emit, emit_json, note
from eloss_plugins.errors import UsageError


def run(arguments: argparse.Namespace) -> int:
    """Read and say it."""
    found, remarks = _read(arguments)
    if arguments.json:
        emit_json(found | {"remarks": remarks})
        return 0
    for name, value in _lines(found).items():
        emit(f"{name:24}{value}")
    for remark in remarks:
        note(remark)
    return 0


def _read(arguments: argparse.Namespace) -> tuple[dict[str, Any], tuple[str, ...]]:
    from eloss_plugins.trainers.upstreams import UPSTREAMS, upstream_that_reads

    path: Path = arguments.path
    if not path.exists():
        raise UsageError(f"no such file or folder: {path}")
    upstream = upstream_that_reads(path)
    if upstream is not None:
        trained = read(upstream.name, arguments)
        return {"kind": f"checkpoint of {upstream.name}"} | described(trained), trained.remarks
    if path.is_dir() and not (path / "config.json").is_file():
        raise UsageError(
            f"{path} is neither a run nor a checkpoint of {', '.join(UPSTREAMS)}; "
            "eloss checkpoint import UPSTREAM says what is missing"
        )
    arguments.source = path
    trained = trained_run(arguments)
    return {"kind": "run of eloss"} | described(trained), trained.remarks


def _lines(found: Mapping[str, Any]) -> dict[str, str]:
    """Every value as text, those of the model under their own names."""
    top = {name: value for name, value in found.items() if name != "model"}
    lines = {**top, "elements": " ".join(found["elements"]), **found["model"]}
    return {name: str(value) for name, value in lines.items()}
