"""`eloss spins solve --instances N`: ground states by the thousand, for use elsewhere."""

import argparse
import time
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from eloss_plugins.atomic_write import atomic_write
from eloss_plugins.cli.output import emit, emit_json
from eloss_plugins.cli.places import check_output_file
from eloss_plugins.errors import UsageError
from eloss_plugins.spins.draws import instance
from eloss_plugins.spins.ground_states import default_method
from eloss_plugins.spins.lattice import Lattice
from eloss_plugins.spins.problem_set import ProblemSet, Source
from eloss_plugins.spins.solving import solved

ENDING = ".npz"


def solve_many(arguments: argparse.Namespace) -> None:
    """Find ground states of drawn spin glasses, and write them to a file.

    Raises:
        UsageError: no name of an .npz file, or a method that will not do.
        Refused: the file exists.
    """
    file: Path | None = arguments.out
    if file is None or file.suffix != ENDING:
        raise UsageError(f"expected --out FILE{ENDING} for the ground states; got {file}")
    check_output_file(file, overwrite=arguments.overwrite)
    began = time.monotonic()
    found = _found(arguments)
    file.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(file, lambda stream: _write(stream, found))
    record = _record(found, file, arguments.method) | {"seconds": time.monotonic() - began}
    if arguments.json:
        emit_json(record)
    else:
        emit("\n".join(f"{name.replace('_', ' ')}: {_text(it)}" for name, it in record.items()))


def _found(arguments: argparse.Namespace) -> ProblemSet:
    lattice = Lattice(arguments.size, arguments.size, arguments.boundary)
    source = Source(lattice, arguments.couplings, arguments.data_seed, 0, arguments.instances)
    return solved(source, method=arguments.method, processes=arguments.jobs)


def _write(stream: BinaryIO, found: ProblemSet) -> None:
    """As `.npz`: bonds, and of each spin glass couplings, spins and energy."""
    np.savez_compressed(
        stream,
        index=found.lattice.index,
        couplings=found.couplings,
        spins=found.spins,
        energies=found.energies,
    )


def _record(found: ProblemSet, file: Path, method: str | None) -> dict[str, Any]:
    source = found.source
    first = instance(source.lattice, source.kind, source.seed, source.first)
    mean = float(found.energies.mean())
    return {
        "lattice": str(found.lattice),
        "instances": len(found.spins),
        "method": method or default_method(first),
        "mean_energy": mean,
        "mean_energy_per_site": mean / found.lattice.num_sites,
        "file": str(file),
    }


def _text(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)
