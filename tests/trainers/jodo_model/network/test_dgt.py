"""Symmetries, independence of padding, and what reaches the answer."""

from dataclasses import replace

import pytest
import torch
from e3nn.o3 import rand_matrix
from torch import Tensor
from torch.nn.functional import pad
from torch.testing import assert_close

from eloss_plugins.trainers.jodo_model.state import JointState
from trainers.jodo_model.network.molecules import LEVELS, MASK, SMALL, network, state

CONDITIONS = pytest.mark.parametrize("condition", [None, state(2)], ids=["alone", "conditioned"])


def answer(model, noisy, condition=None, mask=MASK) -> JointState:
    return model(noisy, LEVELS.to(noisy.atoms.dtype), mask, condition)


def moved(given: JointState | None, matrix: Tensor, shift: Tensor) -> JointState | None:
    if given is None:
        return None
    positions = given.positions @ matrix.T + shift
    return JointState(torch.cat([positions, given.features], dim=-1), given.bonds)


def reordered(given: JointState | None, order: Tensor) -> JointState | None:
    if given is None:
        return None
    return JointState(given.atoms[:, order], given.bonds[:, order][:, :, order])


def same(found: JointState, expected: JointState, tolerance: float = 1e-9) -> None:
    assert_close(found.atoms, expected.atoms, rtol=tolerance, atol=tolerance)
    assert_close(found.bonds, expected.bonds, rtol=tolerance, atol=tolerance)


@CONDITIONS
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_positions_turn_and_mirror_with_the_molecule_and_the_rest_stays(condition, sign):
    model, still = network(), torch.zeros(3, dtype=torch.float64)
    torch.manual_seed(1)
    matrix = sign * rand_matrix(dtype=torch.float64)
    found = answer(model, moved(state(1), matrix, still), moved(condition, matrix, still))
    same(found, moved(answer(model, state(1), condition), matrix, still))


@CONDITIONS
def test_a_moved_molecule_has_the_same_answer(condition):
    """Positions are centred, so that nothing of the shift is left."""
    shift, turn = torch.tensor([3.0, -2.0, 7.0]).double(), torch.eye(3).double()
    found = answer(network(), moved(state(1), turn, shift), condition)
    same(found, answer(network(), state(1), condition))


@CONDITIONS
def test_exchanged_atoms_exchange_their_answers(condition):
    order = torch.tensor([3, 4, 1, 5, 0, 2])
    found = network()(
        reordered(state(1), order), LEVELS, MASK[:, order], reordered(condition, order)
    )
    same(found, reordered(answer(network(), state(1), condition), order))


@CONDITIONS
@pytest.mark.parametrize("garbage", [1e6, float("nan"), float("inf")])
def test_garbage_in_padding_and_on_the_diagonal_changes_nothing(condition, garbage):
    dirty = None if condition is None else soiled(condition, garbage)
    found = answer(network(), soiled(state(1), garbage), dirty)
    expected = answer(network(), state(1), condition)
    assert torch.equal(found.atoms, expected.atoms)
    assert torch.equal(found.bonds, expected.bonds)


def soiled(given: JointState, garbage: float) -> JointState:
    pairs = MASK.unsqueeze(2) & MASK.unsqueeze(1) & ~torch.eye(6, dtype=torch.bool)
    bonds = given.bonds.masked_fill(~pairs.unsqueeze(-1), garbage)
    return JointState(given.atoms.masked_fill(~MASK.unsqueeze(-1), garbage), bonds)


@CONDITIONS
def test_more_padding_changes_nothing(condition):
    found = network()(wider(state(1)), LEVELS, pad(MASK, (0, 3)), wider(condition))
    same(
        JointState(found.atoms[:, :6], found.bonds[:, :6, :6]),
        answer(network(), state(1), condition),
    )


def wider(given: JointState | None) -> JointState | None:
    if given is None:
        return None
    return JointState(pad(given.atoms, (0, 0, 0, 3)), pad(given.bonds, (0, 0, 0, 3, 0, 3)))


def test_a_molecule_does_not_depend_on_its_batch():
    found = answer(network(), state(1), state(2))
    for number in range(3):
        one = slice(number, number + 1)
        alone = network()(part(state(1), one), LEVELS[one], MASK[one], part(state(2), one))
        same(alone, part(found, one))


def part(given: JointState, which: slice) -> JointState:
    return JointState(given.atoms[which], given.bonds[which])


@CONDITIONS
def test_padding_of_the_answer_is_zero_and_positions_are_centred(condition):
    found = answer(network(), state(1), condition)
    assert found.atoms[~MASK].abs().max() == 0
    assert found.bonds[1].abs().max() == 0  # one atom has no pairs
    assert found.positions.sum(1).abs().max() < 1e-12
    assert torch.equal(found.bonds, found.bonds.transpose(1, 2))


@CONDITIONS
def test_gradients_are_finite_with_one_atom_none_and_two_at_one_place(condition):
    noisy = state(1)
    noisy.atoms[0, 1, :3] = noisy.atoms[0, 0, :3]
    noisy.atoms[2, 1, :3] = noisy.atoms[2, 0, :3] + 1e-9
    model = network()
    noisy = JointState(noisy.atoms.requires_grad_(), noisy.bonds.requires_grad_())
    found = answer(model, noisy, condition)
    (found.atoms.square().sum() + found.bonds.square().sum()).backward()
    inputs = [noisy.atoms, noisy.bonds, *model.parameters()]
    assert all(value.grad.isfinite().all() for value in inputs if value.grad is not None)


@CONDITIONS
def test_float32_is_close_to_float64(condition):
    expected = answer(network(), state(1), condition)
    found = answer(network().float(), single(state(1)), single(condition))
    same(found, single(expected), 2e-5)


def single(given: JointState | None) -> JointState | None:
    return None if given is None else JointState(given.atoms.float(), given.bonds.float())


@CONDITIONS
def test_bfloat16_autocast_stays_close_and_keeps_positions(condition):
    model, noisy = network().float(), single(state(1))
    with torch.autocast("cpu", torch.bfloat16):
        found = answer(model, noisy, single(condition))
    assert found.atoms.dtype == torch.float32
    same(found, answer(model, noisy, single(condition)), 0.05)


def test_a_nan_molecule_leaves_the_others_bit_for_bit():
    broken = state(1)
    broken.atoms[0, 0, 0] = float("nan")
    found, expected = answer(network(), broken), answer(network(), state(1))
    assert found.atoms[0].isnan().any()
    assert torch.equal(found.atoms[1:], expected.atoms[1:])


@pytest.mark.parametrize("condition_time", [True, False])
def test_the_noise_level_reaches_the_answer_only_if_asked(condition_time):
    model = network(replace(SMALL, condition_time=condition_time))
    found = model(state(1), LEVELS + 0.1, MASK, None)
    assert torch.equal(found.atoms, answer(model, state(1)).atoms) is not condition_time


@pytest.mark.parametrize("extra_heads", [2, 4, 6])
def test_heads_of_adjacency_come_in_any_even_number(extra_heads):
    model = network(replace(SMALL, heads=8, extra_heads=extra_heads))
    assert answer(model, state(1), state(2)).atoms.isfinite().all()


def test_dropout_acts_in_training_alone():
    model = network(replace(SMALL, dropout=0.5))
    expected = answer(model, state(1))
    same(answer(model, state(1)), expected, 0.0)
    model.train()
    torch.manual_seed(0)
    assert not torch.equal(answer(model, state(1)).bonds, expected.bonds)
