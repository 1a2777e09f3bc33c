"""Stability by stated bonds against what JODO's own code recorded."""

from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from eloss_plugins.chem.elements import symbol_of
from eloss_plugins.chem.valences import CHARGED_VALENCES, Valences, kekulised, stable_as_stated
from eloss_plugins.data.bond_list import AROMATIC, BondList
from eloss_plugins.data.molecules import Molecule

RECORD = Path(__file__).with_name("jodo_metrics.npz")


@dataclass(frozen=True)
class Record:
    molecules: list[Molecule]
    answers: dict[str, np.ndarray]
    table: Valences


def unpacked(answers: dict[str, np.ndarray]) -> list[Molecule]:
    sizes = answers["sizes"]
    atoms = np.cumsum([0, *sizes])
    pairs = np.cumsum([0, *(sizes * (sizes - 1) // 2)])
    molecules = []
    for place, size in enumerate(sizes):
        matrix = np.zeros((size, size))
        matrix[np.triu_indices(size, 1)] = answers["orders"][pairs[place] : pairs[place + 1]]
        own = slice(atoms[place], atoms[place + 1])
        numbers, charges = (answers[name][own].astype(np.int64) for name in ("numbers", "charges"))
        bonds = BondList.from_matrix(matrix)
        molecules.append(Molecule(np.zeros((size, 3)), numbers, "", bonds, charges))
    return molecules


def tabled(rows: np.ndarray) -> Valences:
    table: dict[str, dict[int, tuple[int, ...]]] = defaultdict(lambda: defaultdict(tuple))
    for number, charge, valence in rows.tolist():
        table[symbol_of(number)][charge] += (valence,)
    return table


@pytest.fixture(scope="module")
def record() -> Record:
    with np.load(RECORD) as file:
        answers = dict(file)
    return Record(unpacked(answers), answers, tabled(answers["table"]))


def stable_atoms(record: Record, table: Valences) -> np.ndarray:
    return np.array([stable_as_stated(molecule, table).sum() for molecule in record.molecules])


def whole_sums(bonds: BondList) -> np.ndarray:
    """Sums of orders in whole numbers, as upstream's array of them makes each cut."""
    sums = np.zeros(bonds.num_atoms, np.int64)
    for atoms, order in zip(bonds.pairs, bonds.orders, strict=True):
        for atom in atoms:
            sums[atom] = int(sums[atom] + order)
    return sums


def test_record_holds_hundreds_of_molecules_of_every_outcome(record):
    aromatic = [(m.bonds.orders == AROMATIC).any() for m in record.molecules]
    assert len(record.molecules) >= 300
    assert 0.1 < record.answers["stable"].mean() < 0.9
    assert np.count_nonzero(aromatic) >= 60


def test_counts_equal_upstream_where_rings_can_be_kekulised(record):
    ours, known = stable_atoms(record, record.table), record.answers["kekulised"]
    assert np.array_equal(ours[known], record.answers["stable_atoms"][known])


def test_stable_molecules_equal_upstream_where_rings_can_be_kekulised(record):
    ours, known = stable_atoms(record, record.table), record.answers["kekulised"]
    stable = ours == record.answers["sizes"]
    assert np.array_equal(stable[known], record.answers["stable"][known])


def test_upstream_cuts_an_order_of_one_and_a_half_to_one_and_we_call_its_atoms_unstable(record):
    cut = np.flatnonzero(record.answers["cut"] & ~record.answers["kekulised"])
    assert len(cut) >= 20
    for place in cut:
        molecule = record.molecules[place]
        left = kekulised(molecule)
        rows = zip(molecule.numbers, molecule.formal_charges, whole_sums(left), strict=True)
        theirs = [total in record.table[symbol_of(z)][q] for z, q, total in rows]
        assert sum(theirs) == record.answers["stable_atoms"][place]
        ours = stable_as_stated(molecule, record.table)
        aromatic = left.pairs[left.orders == AROMATIC]
        assert not ours[aromatic].any()
        apart = np.setdiff1d(np.arange(len(molecule)), aromatic)
        assert np.array_equal(ours[apart], np.array(theirs)[apart])


def test_own_table_is_within_upstreams_but_for_what_that_judges_as_uncharged(record):
    for symbol, by_charge in record.table.items():
        for charge, valences in CHARGED_VALENCES[symbol].items():
            assert set(valences) <= set(by_charge[charge]), (symbol, charge)


def test_own_table_calls_no_radical_stable(record):
    assert 3 in record.table["C"][0]
    assert 2 in record.table["N"][0]
    assert CHARGED_VALENCES["C"][0] == (4,)
    assert CHARGED_VALENCES["N"][0] == (3,)
