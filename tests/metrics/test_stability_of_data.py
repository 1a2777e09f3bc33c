"""The bundled molecules, and real ones where `ELOSS_QM7` names QM7 as extended xyz."""

import os

import numpy as np
import pytest

from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.metrics import evaluate

SULPHUR = 16


@pytest.fixture(scope="module")
def real() -> MoleculeSet:
    path = os.environ.get("ELOSS_QM7")
    if not path:
        pytest.skip("ELOSS_QM7 does not name a file of molecules")
    load = pytest.importorskip("eloss_plugins.data.load").load
    molecules = load(path).molecules
    rows = [i for i, molecule in enumerate(molecules) if SULPHUR not in molecule.numbers]
    return molecules.subset(np.array(rows[::10]))


def test_real_molecules_without_sulphur_are_stable(real):
    rates = evaluate(real).rates
    assert rates["atom_stability"].value > 0.99
    assert rates["molecule_stable_and_connected"].value > 0.97
    assert rates["without_clashes"].value == 1


def test_bundled_molecules_pass_every_rate():
    bundled = pytest.importorskip("eloss_plugins.data.load").load("bundled").molecules
    evaluation = evaluate(bundled.subset(range(0, len(bundled), 20)))
    assert evaluation.failures == {}
    assert {rate.value for rate in evaluation.rates.values()} == {1.0}
