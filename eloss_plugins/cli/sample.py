"""`eloss sample`: molecules from a trained run."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from eloss_plugins.cli import flags, values
from eloss_plugins.cli.output import emit, emit_json, note, warn
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.places import check_output_file, check_run
from eloss_plugins.cli.plugin_choice import add_plugin_choice
from eloss_plugins.progress import progress
from eloss_plugins.terminal import duration

if TYPE_CHECKING:
    import torch

    from eloss_plugins.data.molecules import MoleculeSet
    from eloss_plugins.trainers.run import LoadedRun

NAME = "sample"
SUMMARY = "Generate molecules with a trained run."
CHECKPOINT = ".pt"


def configure(parser: Parser) -> None:
    """The flags of `sample`."""
    parser.add_argument(
        "source", type=values.path, metavar="RUN", help="folder of a run, or one of its checkpoints"
    )
    parser.add_argument(
        "-n",
        "--count",
        type=values.count,
        metavar="N",
        default=100,
        help="molecules (default: 100)",
    )
    parser.add_argument(
        "-o",
        "--output",
        type=values.path,
        metavar="FILE",
        help="a .sdf, .xyz or .extxyz file (default: RUN/samples.sdf)",
    )
    parser.add_argument(
        "--seed", type=values.seed, metavar="N", default=0, help="of sizes and noise (default: 0)"
    )
    flags.add_sampling(parser)
    parser.add_argument(
        "--accelerator",
        choices=("auto", "cpu", "cuda", "gpu", "mps"),
        default="auto",
        help="where to compute (default: auto)",
    )
    flags.add_overwrite(parser)
    flags.add_json(parser)
    add_plugin_choice(parser)


def run(arguments: argparse.Namespace) -> int:
    """Generate and write."""
    source: Path = arguments.source
    output: Path = arguments.output or _beside(source)
    check_run(source)
    _check_output(output, arguments.overwrite)
    began = time.monotonic()
    loaded = _load(arguments)
    _write(output, _generate(loaded, arguments))
    _tell(arguments, output, loaded, time.monotonic() - began)
    return 0


def _beside(source: Path) -> Path:
    """RUN/samples.sdf, or RUN/samples-step-00000500.sdf for that checkpoint."""
    if source.suffix != CHECKPOINT:
        return source / "samples.sdf"
    return source.parent.parent / f"samples-{source.stem}.sdf"


def _check_output(output: Path, overwrite: bool) -> None:
    from eloss_plugins.chem.formats import checked_ending

    checked_ending(output)
    check_output_file(output, overwrite=overwrite)


def _load(arguments: argparse.Namespace) -> "LoadedRun":
    from eloss_plugins.trainers.run import load_run

    loaded = load_run(arguments.source, sampling=arguments.sample_options)
    for remark in loaded.remarks:
        warn(remark)
    loaded.model.to(device_of(arguments.accelerator))
    return loaded


def _generate(loaded: "LoadedRun", arguments: argparse.Namespace) -> "MoleculeSet":
    from eloss_plugins.cli.generation import Request, generate

    request = Request(
        arguments.count, arguments.seed, arguments.sample_batch, arguments.sample_steps
    )
    steps = loaded.model.sampling_steps(request.steps)
    label = f"sampling {request.count} molecules, {steps} steps each"
    with progress(label, request.count * steps) as task:
        return generate(loaded, request, task.advance)


def device_of(accelerator: str) -> "torch.device":
    """The device that an accelerator's name stands for.

    Raises:
        EnvironmentProblem: it is not there.
    """
    import torch

    from eloss_plugins.trainers.devices import resolve_accelerator

    return torch.device(resolve_accelerator(accelerator))


def _write(output: Path, molecules: "MoleculeSet") -> None:
    from eloss_plugins.chem.formats import write_molecules

    output.parent.mkdir(parents=True, exist_ok=True)
    write_molecules(output, molecules)


def _tell(arguments: argparse.Namespace, output: Path, loaded: "LoadedRun", seconds: float) -> None:
    if arguments.json:
        told = {"file": str(output), "molecules": arguments.count, "seconds": round(seconds, 3)}
        emit_json({**told, "sampling": dict(loaded.sampling)})
        return
    emit(f"{arguments.count} molecules in {output} ({duration(seconds)})")
    note(f"Next: eloss evaluate {output}")
