"""What bonds the molecules of a run have."""

import pickle
from dataclasses import replace

import numpy as np
import pytest
import torch

from eloss_plugins.data.bond_list import BondList
from eloss_plugins.data.dataset import DataSet
from eloss_plugins.data.molecules import Molecule, MoleculeSet
from eloss_plugins.data.perception import perceive_all
from eloss_plugins.trainers import bonding, identity, jodo
from eloss_plugins.trainers.bonding import bonded
from eloss_plugins.trainers.loop import train
from eloss_plugins.trainers.parts import Parts
from eloss_plugins.trainers.ranks import Ranks
from eloss_plugins.trainers.run import load_run
from tests.molecules_by_hand import carbon_dioxide, methane, nothing, two_waters
from tests.trainers import tiny_run

ONE = Ranks(0, 1, torch.device("cpu"))
WANTS = replace(tiny_run.SPEC, needs_bonds=True)


def parts(*listed: Molecule, spec=WANTS) -> Parts:
    places = np.arange(len(listed))
    splits = {"train": places, "valid": places[-1:], "test": places[:0]}
    return Parts(spec, DataSet("few", MoleculeSet.from_molecules(listed), splits, (1, 6, 8)))


def stated(molecule: Molecule) -> Molecule:
    (found,) = bonded(parts(molecule), ONE)[0].data.molecules
    return found


def test_trainer_that_wants_bonds_gets_them_with_charges():
    data = bonded(parts(methane(), carbon_dioxide()), ONE)[0].data
    assert data.molecules[0].bonds.pairs.tolist() == [[0, 1], [0, 2], [0, 3], [0, 4]]
    assert data.molecules[1].bonds.orders.tolist() == [2, 2]
    assert data.molecules.formal_charges.tolist() == [0] * 8


def benzene() -> Molecule:
    angles = np.arange(6) * np.pi / 3
    ring = np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    return Molecule(np.concatenate([1.39 * ring, 2.48 * ring]), np.repeat([6, 1], 6), "benzene")


def aromatic_benzene(*charges: int) -> Molecule:
    """It states its bonds, those of the ring aromatic, and charges of the first atoms."""
    ring = [sorted((atom, (atom + 1) % 6)) for atom in range(6)]
    pairs = np.array(sorted(ring + [[atom, atom + 6] for atom in range(6)]))
    orders = np.where(pairs[:, 1] < 6, 1.5, 1.0)
    formal_charges = np.array([*charges, *[0] * (12 - len(charges))])
    bonds = BondList(pairs, orders, 12)
    return replace(benzene(), bonds=bonds, formal_charges=formal_charges)


def ring_orders(found: Molecule) -> list[float]:
    carbons = found.bonds.matrix()[:6, :6]
    return sorted(carbons[carbons > 0].tolist())


@pytest.mark.parametrize("given", [benzene(), aromatic_benzene()], ids=["found", "stated"])
def test_benzene_comes_kekulised_where_the_model_knows_no_aromatic_bonds(given):
    (kept,) = bonded(parts(given), ONE)[0].data.molecules
    (taken,) = bonded(parts(given), ONE, aromatic=True)[0].data.molecules
    assert ring_orders(kept) == [1] * 6 + [2] * 6
    assert ring_orders(taken) == [1.5] * 12


def test_aromatic_bonds_that_cannot_be_others_are_left_out_with_one_remark():
    listed = [aromatic_benzene(), aromatic_benzene(3), aromatic_benzene()]
    listed[2] = replace(listed[2], formal_charges=np.array([-1] + [0] * 11))
    made, remarks = bonded(parts(*listed), ONE)
    assert made.data.splits["train"].tolist() == [0]
    assert remarks == (
        "2 of 3 molecules are left out because their stated bonds cannot be written as single, "
        "double and triple ones, the first of them benzene",
    )


@pytest.mark.parametrize("aromatic", [False, True])
def test_orders_that_no_model_knows_are_left_out(aromatic):
    quadruple = replace(aromatic_benzene().bonds, orders=np.array([4.0] + [1.0] * 11))
    listed = [stated(methane()), replace(aromatic_benzene(), bonds=quadruple)]
    made, (remark,) = bonded(parts(*listed), ONE, aromatic=aromatic)
    assert made.data.splits["train"].tolist() == [0]
    assert remark.startswith("1 of 2 molecules are left out because their stated bonds")


def test_settling_touches_nothing_that_is_well():
    given = parts(stated(methane()), stated(carbon_dioxide()))
    assert bonded(given, ONE)[0] is given


@pytest.mark.parametrize(("channels", "aromatic"), [(2, False), (3, True)])
def test_jodo_says_whether_it_knows_aromatic_bonds(channels, aromatic):
    assert jodo.SPEC.aromatic_bonds(replace(jodo.SPEC.config, bond_channels=channels)) == aromatic


@pytest.mark.parametrize("channels", [2, 3])
def test_jodo_trains_on_stated_aromatic_bonds_and_charges_out_of_its_range(tmp_path, channels):
    charged = replace(stated(methane()), formal_charges=np.array([9, -120, 0, 0, 0]))
    listed = [aromatic_benzene(), charged] * 4
    sizes = {"bond_channels": channels, "clamp_condition": True}
    config = tiny_run.config(tmp_path, trainer="jodo", steps=2, model=sizes)
    spec = tiny_run.parts_of("jodo").spec
    result = train(config, parts=parts(*listed, spec=spec))
    assert result.step == 2
    lines = (tmp_path / "metrics.jsonl").read_text()
    assert "left out" not in lines
    seen = load_run(tmp_path, spec=spec).model.sample(torch.tensor([12]), steps=2)
    assert set(seen.bonds.unique().tolist()) <= {0, 1, 1.5, 2, 3}


def test_molecules_without_an_answer_leave_the_splits_with_one_remark():
    made, remarks = bonded(parts(methane(), two_waters(), nothing(), carbon_dioxide()), ONE)
    assert made.data.splits["train"].tolist() == [0, 3]
    assert made.data.splits["valid"].tolist() == [3]
    assert len(made.data.molecules) == 4
    (remark,) = remarks
    assert remark.startswith("2 of 4 molecules are left out")
    assert remark.endswith("two waters")


def test_bonds_that_the_data_state_are_taken():
    own = replace(stated(methane()), formal_charges=np.array([-1, 0, 0, 0, 0]))
    made, remarks = bonded(parts(own), ONE)
    assert made.data.molecules.formal_charges.tolist() == [-1, 0, 0, 0, 0]
    assert remarks == ()


def test_data_in_which_nothing_is_bonded_are_taken_for_data_without_bonds():
    bare = BondList(np.zeros((0, 2), np.int64), np.zeros(0), 5)
    made, remarks = bonded(parts(replace(methane(), bonds=bare)), ONE)
    assert len(made.data.molecules[0].bonds) == 4
    assert remarks == ()


def test_trainer_that_wants_none_gets_none():
    made, _ = bonded(parts(stated(methane()), spec=tiny_run.SPEC), ONE)
    assert made.data.molecules.bonds is None
    assert made.data.molecules.formal_charges is None


def test_fingerprint_covers_bonds_and_charges():
    bare = parts(carbon_dioxide()).data
    found = bonded(parts(carbon_dioxide()), ONE)[0].data
    single = replace(found.molecules.bonds, orders=np.ones(2, np.float32))
    charged = np.array([1, 0, -1])
    variants = [
        bare,
        found,
        replace(found, molecules=replace(found.molecules, bonds=single)),
        replace(found, molecules=replace(found.molecules, formal_charges=charged)),
    ]
    assert len({identity.fingerprint(data) for data in variants}) == 4


def test_empty_set_is_no_special_case():
    found = perceive_all(MoleculeSet.from_molecules([]))
    assert found.bonds.offsets.tolist() == [0]
    assert len(found.failed) == 0


@pytest.mark.parametrize("wants", [True, False])
def test_run_trains_with_bonds_and_resumes(tmp_path, wants):
    spec = replace(tiny_run.SPEC, needs_bonds=wants)
    given = parts(*[methane(1.05 + 0.01 * k) for k in range(8)], two_waters(), spec=spec)
    train(tiny_run.config(tmp_path, steps=2), parts=given)
    result = train(tiny_run.config(tmp_path, steps=4), parts=given, resume=True)
    assert result.step == 4
    told = "their bonds cannot be told" in (tmp_path / "metrics.jsonl").read_text()
    assert told == wants


def test_other_ranks_are_told_by_the_first(monkeypatch):
    given = parts(methane(), two_waters(), carbon_dioxide())
    found = perceive_all(given.data.molecules)

    class Told(Ranks):
        def on_main(self, _function):
            return pickle.loads(pickle.dumps(found))  # as it comes from rank 0

    monkeypatch.setattr(bonding, "perceive_all", None)
    made, remarks = bonded(given, Told(1, 2, torch.device("cpu")))
    monkeypatch.undo()
    first, first_remarks = bonded(given, ONE)
    assert identity.fingerprint(made.data) == identity.fingerprint(first.data)
    assert remarks == first_remarks
