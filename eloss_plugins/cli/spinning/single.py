"""`eloss spins solve`: one ground state, of couplings in a file or drawn."""

import argparse
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from eloss_plugins.cli.output import emit, emit_json
from eloss_plugins.errors import UsageError
from eloss_plugins.spins.draws import instance
from eloss_plugins.spins.glass import SpinGlass, Spins, check_spins
from eloss_plugins.spins.ground_states import solve
from eloss_plugins.spins.lattice import Lattice
from eloss_plugins.spins.reading import read_glass

SIGNS = {1: "+", -1: "-"}
WIDEST_TEXT = 64  # spins in a line


def solve_one(arguments: argparse.Namespace) -> None:
    """Find a ground state and print it, and the gap of the spins that the file has.

    Raises:
        UsageError: a file or a method that will not do.
    """
    glass, spins = _asked(arguments)
    found = solve(glass, arguments.method)
    record: dict[str, Any] = {
        "sites": glass.num_sites,
        "pairs": len(glass.values),
        "method": found.method,
        "energy": found.energy,
        "energy_per_site": found.energy / glass.num_sites,
    }
    if spins is not None:
        record |= _judged(glass, spins, found.energy)
    if arguments.json:
        emit_json(record | {"spins": found.spins.tolist()})
    else:
        emit("\n".join([*_lines(record), "", *_drawn(glass, found.spins)]))


def _asked(arguments: argparse.Namespace) -> tuple[SpinGlass, Spins | None]:
    if arguments.file is not None:
        return _from_file(arguments.file)
    lattice = Lattice(arguments.size, arguments.size, arguments.boundary)
    return instance(lattice, arguments.couplings, arguments.data_seed, 0), None


def _from_file(file: Path) -> tuple[SpinGlass, Spins | None]:
    glass, spins = read_glass(file)
    try:
        return glass, None if spins is None else check_spins(spins, glass.num_sites)
    except UsageError as problem:
        raise UsageError(f"{file}: {problem}") from problem


def _judged(glass: SpinGlass, spins: Spins, least: float) -> dict[str, float]:
    energy = float(glass.energy(spins))
    return {"energy_of_file": energy, "gap_of_file": energy - least}


def _lines(record: dict[str, Any]) -> list[str]:
    return [
        f"{name.replace('_', ' ')}: {value:.6g}"
        if isinstance(value, float)
        else f"{name.replace('_', ' ')}: {value}"
        for name, value in record.items()
    ]


def _drawn(glass: SpinGlass, spins: NDArray[Any]) -> list[str]:
    width = glass.lattice.columns if glass.lattice else WIDEST_TEXT
    words = [SIGNS[int(spin)] for spin in spins]
    lines = [words[at : at + width] for at in range(0, len(words), width)]
    return [("" if glass.lattice is None else " ").join(line) for line in lines]
