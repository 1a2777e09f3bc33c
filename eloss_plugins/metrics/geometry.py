"""Distances between atoms, compared with those of real molecules as distributions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.chem.bonds import atom_pairs, bond_orders, known_elements, pair_distances
from eloss_plugins.chem.elements import SYMBOLS, symbol_of
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.metrics.wasserstein import wasserstein

FEWEST_BONDS = 20
"""Element pairs with fewer bonds in the reference are left out: their spread is not known."""


@dataclass(frozen=True)
class PairTable:
    """Every pair of atoms in a set of molecules, those at NaN or infinity left out.

    Attributes:
        codes: `(pairs,)` one number for each pair of elements (`element_pair` names it).
        distances: `(pairs,)` angstrom.
        bonded: `(pairs,)` bool, by the distance rule.
    """

    codes: NDArray[np.int64]
    distances: NDArray[np.float64]
    bonded: NDArray[np.bool_]

    def bond_lengths(self) -> dict[str, NDArray[np.float64]]:
        """Lengths of the bonds of each pair of elements, angstrom."""
        codes, lengths = self.codes[self.bonded], self.distances[self.bonded]
        return {element_pair(int(c)): lengths[codes == c] for c in np.unique(codes)}


@dataclass(frozen=True)
class BondLengthError:
    """One pair of elements: bonds counted, and how far their lengths are from the reference.

    Attributes:
        bonds: bonds of this pair in the molecules.
        reference_bonds: and in the reference.
        wasserstein: Wasserstein-1 distance of their lengths, angstrom; None without bonds.
    """

    bonds: int
    reference_bonds: int
    wasserstein: float | None


@dataclass(frozen=True)
class Geometry:
    """Errors of distances against a reference set.

    Attributes:
        distances: Wasserstein-1 distance of the distances of all pairs of atoms, angstrom; None
            when there are none.
        bond_lengths: Wasserstein-1 distances of bond lengths by pair of elements, averaged with
            the reference's bonds as weights over the pairs that the molecules have, angstrom.
        by_pair: the same for each pair of elements such as `C-H`.
    """

    distances: float | None
    bond_lengths: float | None
    by_pair: Mapping[str, BondLengthError]

    def to_json(self) -> dict[str, object]:
        """Plain objects."""
        return asdict(self)


def pair_table(molecules: MoleculeSet) -> PairTable:
    """All pairs of atoms within each molecule."""
    numbers = [_pair_numbers(molecule.numbers) for molecule in molecules]
    distances = [pair_distances(molecule.positions) for molecule in molecules]
    pairs = np.concatenate([np.zeros((0, 2), np.int64), *numbers])
    values = np.concatenate([np.zeros(0), *distances])
    finite = np.isfinite(values)
    pairs, values = pairs[finite], values[finite]
    codes = pairs.min(axis=1) * len(SYMBOLS) + pairs.max(axis=1)
    return PairTable(codes, values, bond_orders(pairs, values) > 0)


def element_pair(code: int) -> str:
    """The name of a pair of elements, hydrogen last as chemists write it: `C-H`, `C-O`."""
    first, second = divmod(code, len(SYMBOLS))
    ends = (second, first) if first == 1 else (first, second)
    return "-".join(symbol_of(end) for end in ends)


def geometry(molecules: PairTable, reference: PairTable) -> Geometry:
    """How far the distances of `molecules` are from those of `reference`."""
    have = len(molecules.distances) and len(reference.distances)
    distances = wasserstein(molecules.distances, reference.distances) if have else None
    by_pair = _by_pair(molecules.bond_lengths(), reference.bond_lengths())
    return Geometry(distances, _weighted_mean(list(by_pair.values())), by_pair)


def _pair_numbers(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    return known_elements(numbers)[atom_pairs(len(numbers))]


def _by_pair(
    lengths: Mapping[str, NDArray[np.float64]], reference: Mapping[str, NDArray[np.float64]]
) -> dict[str, BondLengthError]:
    common = {name: real for name, real in reference.items() if len(real) >= FEWEST_BONDS}
    return {
        name: _error(lengths.get(name, np.zeros(0)), real)
        for name, real in sorted(common.items(), key=lambda item: -len(item[1]))
    }


def _error(lengths: NDArray[np.float64], real: NDArray[np.float64]) -> BondLengthError:
    error = wasserstein(lengths, real) if len(lengths) else None
    return BondLengthError(len(lengths), len(real), error)


def _weighted_mean(errors: list[BondLengthError]) -> float | None:
    known = [(e.wasserstein, e.reference_bonds) for e in errors if e.wasserstein is not None]
    total = sum(weight for _, weight in known)
    return sum(error * weight for error, weight in known) / total if total else None
