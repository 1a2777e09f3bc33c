"""Molecules from noise, by networks that know what they want."""

import pytest
import torch
from torch.testing import assert_close
from toy_batches import ELEMENTS

from eloss_plugins.trainers.jodo_model.state import JointState
from trainers.jodo_model.toys import bonded_batch, saying, toy_model

SAMPLERS = {
    "ancestral": {"sampler": "ancestral"},
    **{
        f"{steps}-{order}": {
            "sampler": "dpm-solver",
            "solver_order": order,
            "solver_steps": steps,
        }
        for steps, orders in (("single", (1, 2, 3)), ("multi", (1, 2)))
        for order in orders
    },
}
EACH = pytest.mark.parametrize("sampler", SAMPLERS.values(), ids=SAMPLERS)
SIZES = (4, 7, 2)
COUNTS = torch.tensor(SIZES)


def knowing(batch, **changes):
    """A model whose network knows the molecules."""
    model = saying(lambda _: clean, **changes)
    clean = model.scaling.encode(batch)
    return model


@EACH
@pytest.mark.parametrize("channels", [2, 3])
def test_a_network_that_knows_the_molecules_makes_them(sampler, channels):
    batch = bonded_batch(SIZES, padding=0)
    model = knowing(batch, bond_channels=channels, **sampler)
    torch.manual_seed(1)
    made = model.sample(COUNTS, steps=30)
    assert_close(made.positions, batch.positions, rtol=0, atol=0.1)
    assert torch.equal(made.elements, batch.one_hot.argmax(-1))
    assert torch.equal(made.bonds, batch.bonds)
    assert torch.equal(made.formal_charges, batch.formal_charges.squeeze(-1).long())
    assert torch.equal(made.mask, batch.mask)
    assert made.numbers is None


@EACH
def test_a_molecule_that_diverges_spoils_no_other(sampler):
    batch = bonded_batch(SIZES, padding=0)
    model = knowing(batch, **sampler)
    torch.manual_seed(1)
    clean = model.sample(COUNTS, steps=12)
    answer = model.dynamics.answer

    def broken(noisy):
        said = answer(noisy)
        bad = torch.tensor([1.0, float("nan"), 1.0])
        return JointState(said.atoms * bad.view(-1, 1, 1), said.bonds * bad.view(-1, 1, 1, 1))

    model.dynamics.answer = broken
    torch.manual_seed(1)
    made = model.sample(COUNTS, steps=12)
    assert not torch.isfinite(made.positions[1]).all()
    assert (made.bonds[1] == 0).all()
    assert (made.formal_charges[1] == 0).all()
    for name in ("positions", "elements", "bonds", "formal_charges"):
        assert torch.equal(getattr(made, name)[[0, 2]], getattr(clean, name)[[0, 2]])


@EACH
def test_the_real_network_makes_centred_molecules_with_symmetric_bonds(sampler):
    torch.manual_seed(2)
    made = toy_model(**sampler).sample(torch.tensor([3, 1, 6]), steps=6)
    assert torch.isfinite(made.positions).all()
    assert_close(made.positions.sum(1), torch.zeros(3, 3), rtol=0, atol=1e-4)
    assert torch.equal(made.bonds, made.bonds.transpose(1, 2))
    assert set(made.bonds.unique().tolist()) <= {0, 1, 2, 3}
    assert (made.bonds.diagonal(dim1=1, dim2=2) == 0).all()
    assert (made.bonds[1] == 0).all()
    assert (made.positions[~made.mask] == 0).all()
    assert (made.elements[~made.mask] == 0).all()
    assert made.elements.max() < len(ELEMENTS)


@EACH
def test_each_answer_is_the_next_calls_condition(sampler):
    model = saying(lambda noisy: JointState(noisy.atoms, noisy.bonds), **sampler)
    said = []
    model.dynamics.register_forward_hook(lambda *given: said.append(given[-1]))
    model.sample(COUNTS, steps=6)
    conditions = model.dynamics.conditions
    assert conditions[0] is None
    assert len(conditions) == len(said) == 6
    pairs = zip(conditions[1:], said[:-1], strict=True)
    assert all(torch.equal(after.atoms, before.atoms) for after, before in pairs)


@EACH
def test_without_self_conditioning_there_is_no_condition(sampler):
    model = saying(lambda noisy: noisy, self_condition=False, **sampler)
    model.sample(COUNTS, steps=6)
    assert model.dynamics.conditions == [None] * 6


@EACH
@pytest.mark.parametrize("asked", [None, 1, 7])
def test_steps_are_told_as_announced(sampler, asked):
    model, told = saying(lambda noisy: noisy, **sampler), []
    model.sample(COUNTS, steps=asked, on_step=lambda *it: told.append(it))
    steps = model.sampling_steps(asked)
    assert told == [(number, steps) for number in range(1, steps + 1)]


def test_without_formal_charges_none_are_made():
    made = toy_model(include_formal_charges=False).sample(COUNTS, steps=2)
    assert made.formal_charges is None


def test_no_molecules_are_no_molecules():
    made = toy_model().sample(torch.zeros(0, dtype=torch.int64), steps=2)
    assert made.positions.shape == (0, 0, 3)


def test_the_same_seed_makes_the_same_molecules():
    model, made = toy_model(), []
    for _ in range(2):
        torch.manual_seed(4)
        made.append(model.sample(COUNTS, steps=3).positions)
    assert torch.equal(*made)
