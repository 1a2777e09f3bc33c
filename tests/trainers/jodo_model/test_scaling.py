"""Between molecules and numbers: there and back, thresholds, ranges."""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close
from toy_batches import ELEMENTS, toy_batch

from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.jodo_model.scaling import JointScaling
from eloss_plugins.trainers.jodo_model.state import JointState
from trainers.jodo_model.toys import bonded, bonded_batch, with_garbage

KINDS = {
    "two channels": JointScaling(),
    "aromatic": JointScaling(bond_channels=3),
    "from zero": JointScaling(centred=False, bond_channels=3),
    "other divisors": JointScaling(2.0, 3.0, 5.0, 7.0),
    "no charges": JointScaling(include_charges=False),
}
EACH = pytest.mark.parametrize("scaling", KINDS.values(), ids=KINDS)


def batch_for(scaling: JointScaling):
    aromatic = (1.5,) if scaling.bond_channels == 3 else ()
    return bonded(toy_batch(), orders=(0.0, 1.0, 2.0, 3.0, *aromatic))


@EACH
def test_molecules_come_back(scaling):
    batch = batch_for(scaling)
    state = scaling.encode(batch)
    assert_close(state.positions * scaling.positions, batch.positions)
    assert torch.equal(scaling.orders(state, batch.mask), batch.bonds)
    kinds = scaling.type_scores(state).argmax(-1)[batch.mask]
    assert torch.equal(kinds, batch.one_hot.argmax(-1)[batch.mask])
    charges = scaling.formal_charges(state)
    wanted = batch.formal_charges.squeeze(-1).long()
    assert (charges is None) != scaling.include_charges
    assert charges is None or torch.equal(charges, wanted)


def test_numbers_are_jodos():
    """One methane-like carbon: types 1 and 0 as +-1/4, charge -1 as -1/4, bonds as +-1."""
    batch = toy_batch((2,), padding=0)
    one_hot = torch.tensor([[[0.0, 1, 0, 0, 0], [1, 0, 0, 0, 0]]])
    bonds = torch.tensor([[[0.0, 2], [2, 0]]])
    charges = torch.tensor([[[-1.0], [0]]])
    batch = replace(batch, one_hot=one_hot, bonds=bonds, formal_charges=charges)
    state = JointScaling().encode(batch)
    assert state.atoms[0, 0, 3:].tolist() == [-0.25, 0.25, -0.25, -0.25, -0.25, -0.25]
    assert_close(state.bonds[0, 0, 1], torch.tensor([1.0, 1 / 3]))
    assert_close(state.bonds[0, 0, 0], torch.zeros(2))


def test_an_aromatic_bond_has_no_order_beside_its_own_channel():
    batch = bonded(toy_batch((2,), padding=0), orders=(1.5,))
    assert JointScaling(bond_channels=3).encode(batch).bonds[0, 0, 1].tolist() == [1, -1, 1]


@EACH
def test_garbage_in_padding_changes_nothing(scaling):
    batch = batch_for(scaling)
    clean, dirty = scaling.encode(batch), scaling.encode(with_garbage(batch))
    assert torch.equal(clean.atoms, dirty.atoms)
    assert torch.equal(clean.bonds, dirty.bonds)


@pytest.mark.parametrize(
    ("exists", "order", "aromatic", "wanted"),
    [
        (0.49, 1.0, 0.0, 0.0), (0.5, 1.0, 0.0, 3.0), (9.0, 0.84, 0.0, 3.0), (1.0, 0.82, 0.0, 2.0),
        (1.0, 0.5, 0.0, 2.0), (1.0, 0.49, 0.0, 1.0), (1.0, 0.167, 0.0, 1.0), (1.0, 0.16, 0.0, 0.0),
        (1.0, 0.16, 0.5, 1.5), (1.0, 0.3, 0.9, 1.0), (0.4, 0.0, 1.0, 0.0), (1.0, -5.0, 0.4, 0.0),
        (float("nan"), 1.0, 0.0, 0.0), (1.0, float("nan"), 0.0, 0.0),
    ],
)  # fmt: skip
def test_bonds_are_read_with_upstreams_thresholds(exists, order, aromatic, wanted):
    channels = torch.tensor([exists, order, aromatic]).expand(1, 2, 2, 3)
    state = JointState(torch.zeros(1, 2, 4), 2 * channels - 1)
    found = JointScaling(bond_channels=3).orders(state, torch.ones(1, 2, dtype=torch.bool))
    assert found[0].tolist() == [[0, wanted], [wanted, 0]]


def test_there_are_no_bonds_in_padding():
    """Centred channels of zeros mean half a bond, which counts as one."""
    mask = torch.tensor([[True, True, False]])
    state = JointState(torch.zeros(1, 3, 4), torch.zeros(1, 3, 3, 2))
    found = JointScaling().orders(state, mask)
    assert found[0].tolist() == [[0, 2, 0], [2, 0, 0], [0, 0, 0]]


def test_charges_beyond_all_bounds_are_bounded():
    charges = torch.tensor([[float("nan"), float("inf"), -1e30, 0.3]]).unsqueeze(-1)
    state = JointState(torch.cat([torch.zeros(1, 4, 8), charges], -1), torch.zeros(1, 4, 4, 2))
    assert JointScaling().formal_charges(state).tolist() == [[0, 15, -15, 1]]


@EACH
def test_clamping_leaves_clean_molecules_as_they_are(scaling):
    state = scaling.encode(batch_for(scaling))
    clamped = scaling.clamped(state)
    assert torch.equal(clamped.atoms, state.atoms)
    assert torch.equal(clamped.bonds, state.bonds)


def test_clamping_brings_all_but_positions_into_the_range():
    state = JointState(torch.full((1, 2, 9), 7.0), torch.full((1, 2, 2, 2), -7.0))
    clamped = JointScaling(charge_range=(-2.0, 3.0)).clamped(state)
    assert clamped.atoms[0, 0].tolist() == [7.0] * 3 + [0.25] * 5 + [0.75]
    assert clamped.bonds[0, 0, 0].tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("missing", "said"), [("bonds", "bonds"), ("formal_charges", "formal charges")]
)
def test_a_batch_without_bonds_or_charges_is_refused(missing, said):
    with pytest.raises(UsageError, match=f"without {said}"):
        JointScaling().encode(replace(bonded_batch(), **{missing: None}))


def test_width_counts_types_and_charge():
    assert JointScaling().width(len(ELEMENTS)) == 6
    assert JointScaling(include_charges=False).width(len(ELEMENTS)) == 5
