"""Our metrics against what EDM's own code recorded, and against its table where it is at hand."""

import os
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from eloss_plugins.chem.bond_table import LENGTHS_PM, MARGINS_PM, VALENCES
from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.chem.elements import number_of
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.metrics import evaluate, examine_all

RECORD = Path(__file__).with_name("metrics_edm.npz")


@dataclass(frozen=True)
class Record:
    molecules: MoleculeSet
    answers: dict[str, np.ndarray]


@pytest.fixture(scope="module")
def record() -> Record:
    with np.load(RECORD) as file:
        answers = dict(file)
    offsets = np.concatenate([[0], np.cumsum(answers["sizes"])])
    numbers = answers["numbers"].astype(np.int64)
    return Record(MoleculeSet(answers["positions"], numbers, offsets), answers)


def test_record_holds_hundreds_of_molecules_of_every_outcome(record):
    assert len(record.molecules) >= 300
    assert 0.1 < record.answers["stable"].mean() < 0.9
    assert set(record.answers["orders"]) == {0, 1, 2, 3}
    assert set(record.answers["valid"]) == {-1, 0, 1}


def test_every_bond_order_equals_upstream(record):
    upper = [
        find_bonds(molecule).matrix()[np.triu_indices(len(molecule), k=1)]
        for molecule in record.molecules
    ]
    assert np.array_equal(np.concatenate(upper), record.answers["orders"])


def test_stable_molecules_equal_upstream(record):
    stable = [e.stability.stable for e in examine_all(record.molecules)]
    assert np.array_equal(stable, record.answers["stable"])


def test_counts_of_stable_atoms_equal_upstream(record):
    counts = [e.stability.atoms.sum() for e in examine_all(record.molecules)]
    assert np.array_equal(counts, record.answers["stable_atoms"])


def test_validity_equals_upstream(record):
    recorded = record.answers["valid"] >= 0
    valid = np.array([e.validity.valid for e in examine_all(record.molecules)])
    assert np.array_equal(valid[recorded], record.answers["valid"][recorded].astype(bool))


def test_uniqueness_of_valid_equals_upstream(record):
    recorded = np.flatnonzero(record.answers["valid"] >= 0)
    rate = evaluate(record.molecules.subset(recorded)).rates["uniqueness_of_valid"]
    expected = int(record.answers["unique_of_valid"]), int((record.answers["valid"] == 1).sum())
    assert (rate.numerator, rate.denominator) == expected


@pytest.fixture
def upstream(monkeypatch):
    checkout = os.environ.get("ELOSS_EDM")
    if not checkout:
        pytest.skip("ELOSS_EDM does not name a checkout of EDM")
    monkeypatch.setattr(sys, "path", [str(Path(checkout) / "qm9"), *sys.path])
    import bond_analyze

    return bond_analyze


def test_every_length_of_upstream_is_in_our_table(upstream):
    for order, table in enumerate((upstream.bonds1, upstream.bonds2, upstream.bonds3)):
        listed = {(number_of(a), number_of(b)): table[a][b] for a in table for b in table[a]}
        assert all(LENGTHS_PM[order][pair] == length for pair, length in listed.items())
        assert np.count_nonzero(np.triu(LENGTHS_PM[order])) == len(
            {tuple(sorted(pair)) for pair in listed}
        )


def test_margins_and_valences_are_those_of_upstream(upstream):
    assert (upstream.margin1, upstream.margin2, upstream.margin3) == MARGINS_PM
    lists = {s: (v,) if isinstance(v, int) else tuple(v) for s, v in upstream.allowed_bonds.items()}
    assert lists == VALENCES
