"""Whether molecules are fit to train on: sentences for what is wrong with them."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.chem.elements import symbol_of
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.errors import UsageError

SMALLEST_SET = 3  # one molecule each for train, valid and test
FARTHEST = 1e6  # angstrom
COINCIDENT = 0.1  # angstrom; the shortest bond, in H2, is 0.74
MOST_MOLECULES_MEASURED = 200_000  # of larger sets, that many, evenly spaced
_CHUNK_MOLECULES = 4096


@dataclass(frozen=True)
class Unit:
    """A unit of length, recognised by the usual distance of an atom to its nearest neighbour.

    Attributes:
        name: for messages.
        shortest: the least median, in angstrom as read.
        longest: the largest.
        factor: angstrom per unit.
    """

    name: str
    shortest: float
    longest: float
    factor: float


ANGSTROM = Unit("angstrom", 0.7, 1.75, 1.0)
OTHER_UNITS = (
    Unit("nanometre", 0.07, 0.175, 10.0),
    Unit("bohr", 1.75, 3.0, 0.529177),
    Unit("picometre", 70.0, 175.0, 0.01),
)


def check_for_training(molecules: MoleculeSet, source: str) -> None:
    """Nothing, when a model may be trained on `molecules`.

    Args:
        molecules: as read.
        source: where from, for messages.

    Raises:
        UsageError: too few molecules, one without atoms, an unknown element, coordinates that are
            not finite, coincident atoms, or lengths that are not in angstrom.
    """
    if len(molecules) < SMALLEST_SET:
        raise UsageError(
            f"{source}: expected at least {SMALLEST_SET} molecules, one each for train, valid and "
            f"test; got {len(molecules)}."
        )
    _check_atoms(molecules, source)
    _check_distances(molecules, source)


def _check_atoms(molecules: MoleculeSet, source: str) -> None:
    empty = np.flatnonzero(molecules.sizes == 0)
    if len(empty):
        raise UsageError(f"{_called(molecules, empty[0], source)}: expected atoms; got none.")
    unknown = np.flatnonzero([symbol_of(z) == "*" for z in np.unique(molecules.numbers).tolist()])
    if len(unknown):
        number = np.unique(molecules.numbers)[unknown[0]]
        guilty = _owner(molecules, np.flatnonzero(molecules.numbers == number)[0])
        raise UsageError(
            f"{_called(molecules, guilty, source)}: expected chemical elements; "
            f"got an atom of atomic number {number}."
        )
    bad = np.flatnonzero(~(np.abs(molecules.positions) < FARTHEST).all(axis=1))
    if len(bad):
        guilty = _owner(molecules, bad[0])
        raise UsageError(
            f"{_called(molecules, guilty, source)}: expected finite coordinates; got NaN, "
            f"infinity or over {FARTHEST:g} at atom {bad[0] - molecules.offsets[guilty] + 1}. "
            "Take the molecule out or repair it."
        )


def _check_distances(molecules: MoleculeSet, source: str) -> None:
    measured = list(_nearest_distances(molecules))
    if not measured:
        return
    typical = np.concatenate([np.median(nearest, axis=1) for _, nearest in measured])
    _check_unit(float(np.median(typical)), source)
    for places, nearest in measured:
        close = np.flatnonzero((nearest < COINCIDENT).any(axis=1))
        if len(close):
            raise UsageError(
                f"{_called(molecules, places[close[0]], source)}: expected atoms apart; "
                "got two at the same place. Take the molecule out or repair it."
            )


def _check_unit(median: float, source: str) -> None:
    if ANGSTROM.shortest <= median <= ANGSTROM.longest:
        return
    hint = "Convert them."
    for unit in OTHER_UNITS:
        if unit.shortest <= median <= unit.longest:
            hint = f"They look like {unit.name}: multiply by {unit.factor:g}."
    raise UsageError(
        f"{source}: expected coordinates in angstrom, where an atom is about 1.1 from its nearest "
        f"neighbour; got {median:.3g}. {hint}"
    )


def _nearest_distances(
    molecules: MoleculeSet,
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.float64]]]:
    """Molecules of one size at a time: their places and `(molecules, atoms)` distances."""
    step = -(-len(molecules) // MOST_MOLECULES_MEASURED)
    measured = np.arange(0, len(molecules), step)
    sizes = molecules.sizes[measured]
    for size in np.unique(sizes[sizes > 1]).tolist():
        places = measured[sizes == size]
        for start in range(0, len(places), _CHUNK_MOLECULES):
            chunk = places[start : start + _CHUNK_MOLECULES]
            atoms = molecules.offsets[chunk][:, None] + np.arange(size)
            yield chunk, _nearest(molecules.positions[atoms])


def _nearest(positions: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each atom's distance to its nearest neighbour.

    Args:
        positions: `(molecules, atoms, 3)`, at least two atoms.
    """
    nearest = np.full(positions.shape[:2], np.inf)
    for shift in range(1, positions.shape[1] // 2 + 1):
        squared = ((positions - np.roll(positions, shift, axis=1)) ** 2).sum(axis=2)
        nearest = np.minimum(nearest, np.minimum(squared, np.roll(squared, -shift, axis=1)))
    return np.asarray(np.sqrt(nearest), np.float64)


def _owner(molecules: MoleculeSet, atom: int | np.int64) -> int:
    return int(np.searchsorted(molecules.offsets, atom, side="right")) - 1


def _called(molecules: MoleculeSet, place: int | np.int64, source: str) -> str:
    name = molecules[int(place)].name
    return f"{source}, molecule {int(place) + 1}" + (f" ({name})" if molecules.names else "")
