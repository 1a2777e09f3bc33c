from importlib.resources import files
from itertools import combinations

import numpy as np
import pytest
from rdkit import Chem

from eloss_plugins.data.builder.candidates import Plan, candidates
from eloss_plugins.data.builder.verify import verdict
from eloss_plugins.data.bundle import BUNDLE_FILE, Bundle, split_of
from eloss_plugins.data.dataset import SPLITS
from eloss_plugins.data.load import load
from eloss_plugins.data.selection import heavy_atoms

CARD = files("eloss_plugins.data").joinpath("bundled/CARD.md").read_text("utf-8")
MOST_BYTES = 5_000_000


@pytest.fixture(scope="module")
def data():
    return load("bundled")


def test_there_are_enough_molecules_of_every_size(data):
    counts = np.bincount(heavy_atoms(data.molecules), minlength=11)
    assert counts.sum() == len(data.molecules) >= 5000
    assert counts[0] == counts[10:].sum() == 0
    assert (counts[5:10] >= 700).all()


def test_card_states_counts_and_hash(data):
    for size, count in enumerate(np.bincount(heavy_atoms(data.molecules))[1:], start=1):
        assert f"| {size} | {count} |" in CARD
    assert f"{len(data.molecules):,} molecules" in CARD
    assert str(data.card["content_sha256"]) in CARD


def test_file_is_small():
    assert BUNDLE_FILE.stat().st_size <= MOST_BYTES


def test_elements_are_hcnof_and_all_used(data):
    assert data.elements == (1, 6, 7, 8, 9)
    assert set(data.molecules.numbers) == {1, 6, 7, 8, 9}


def test_splits_are_disjoint_by_molecule_and_about_80_10_10(data):
    names = {split: set(data.split(split).names) for split in SPLITS}
    for first, second in combinations(SPLITS, 2):
        assert not names[first] & names[second]
    assert sum(map(len, names.values())) == len(data.molecules)
    shares = [len(names[split]) / len(data.molecules) for split in SPLITS]
    assert shares == pytest.approx([0.8, 0.1, 0.1], abs=0.01)


def test_names_are_canonical_neutral_closed_shell_smiles(data):
    for name in data.molecules.names[::10]:
        molecule = Chem.MolFromSmiles(name)
        assert Chem.MolToSmiles(molecule) == name
        assert not any(
            a.GetFormalCharge() or a.GetNumRadicalElectrons() for a in molecule.GetAtoms()
        )


def test_molecules_are_centred_and_turned_at_random(data):
    directions = []
    for molecule in data.molecules:
        assert np.abs(molecule.positions.mean(axis=0)).max() < 1e-4
        directions.append(molecule.positions[0] - molecule.positions[-1])
    unit = directions / np.linalg.norm(directions, axis=1, keepdims=True)
    spread = 4 / np.sqrt(len(unit))
    assert np.abs(unit.mean(axis=0)).max() < spread
    assert np.abs(np.cov(unit.T) - np.eye(3) / 3).max() < spread


def judged(data, step: int) -> set[str | None]:
    chosen = data.molecules.subset(np.arange(0, len(data.molecules), step))
    return {verdict(molecule, molecule.name) for molecule in chosen}


def test_every_twentieth_molecule_is_stable_valid_and_what_its_name_says(data):
    assert judged(data, 20) == {None}


@pytest.mark.slow
def test_every_molecule_is_stable_valid_and_what_its_name_says(data):
    assert judged(data, 1) == {None}


def test_stored_coordinates_are_whole_steps():
    bundle = Bundle.open(BUNDLE_FILE)
    assert bundle.coordinates.dtype == np.int32
    steps = np.rint(bundle.molecules().positions * 10_000)
    assert np.array_equal(steps, bundle.coordinates)


def test_split_follows_from_the_name_alone(data):
    places = {split_of(name) for name in data.split("valid").names}
    assert places == {1}


@pytest.mark.slow
def test_small_graphs_are_all_there_but_for_those_the_card_names(data):
    wanted = set(candidates(Plan(exhaustive_to=4, draws={})))
    missing = wanted - set(data.molecules.names)
    assert all(f"`{smiles}`" in CARD for smiles in missing)
    assert len(missing) < 0.1 * len(wanted)
