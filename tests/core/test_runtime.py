"""How the loss lives in a training step: autocast, types, memory layouts, threads, transforms."""

from dataclasses import replace

import pytest
import torch

from core.batches import flat, gradient, padded
from core.test_residual import JVP_WARNS
from eloss_plugins.core import (
    STIFFNESS_LAWS,
    Energy,
    FromPotential,
    Kabsch,
    LossBatch,
    Mae,
    Mse,
    energy_loss,
)
from eloss_plugins.testing import assert_close

LOSSES = {"energy": Energy(), "kabsch": Kabsch(), "mse": Mse(), "mae": Mae()}
EVERY = pytest.mark.parametrize("name", LOSSES)


def positions(dtype=torch.float32, sizes=(6, 4, 2)):
    batch = padded(dtype=dtype, sizes=sizes)
    return batch.target + batch.residual, batch.target, batch.mask


@EVERY
@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_autocast_around_the_loss_changes_nothing(name, dtype):
    batch = padded(dtype=torch.float32)
    expected = LOSSES[name](batch)
    with torch.autocast("cpu", dtype):
        assert torch.equal(LOSSES[name](batch), expected)
        with torch.autocast("cpu", enabled=False):
            assert torch.equal(LOSSES[name](batch), expected)


@pytest.mark.parametrize("law", STIFFNESS_LAWS)
def test_autocast_reaches_no_law(law):
    prediction, target, mask = positions()
    expected = energy_loss(prediction, target, mask, stiffness=law)
    with torch.autocast("cpu", torch.float16):
        assert torch.equal(energy_loss(prediction, target, mask, stiffness=law), expected)


@EVERY
def test_scaled_half_precision_training_steps_are_finite(name):
    """At a scale that float16, which ends at 65504, can bear; a scaler lowers any other."""
    torch.manual_seed(0)
    layer = torch.nn.Linear(3, 3)
    batch = padded(dtype=torch.float32)
    with torch.autocast("cpu", torch.float16):
        residual = layer(batch.target) - batch.residual
        loss = LOSSES[name](replace(batch, residual=residual)).mean()
    (2.0**10 * loss).backward()
    assert loss.dtype == torch.float32
    assert layer.weight.grad.isfinite().all()


@EVERY
def test_single_precision_data_meet_a_low_precision_network(name):
    batch = padded(dtype=torch.float32)
    low = replace(batch, residual=batch.residual.bfloat16())
    assert LOSSES[name](low).dtype == torch.float32
    assert gradient(LOSSES[name], low).dtype == torch.bfloat16


@EVERY
def test_the_default_type_has_no_say(name):
    batch = padded(dtype=torch.float32)
    expected = LOSSES[name](batch)
    try:
        torch.set_default_dtype(torch.float64)
        assert torch.equal(LOSSES[name](batch), expected)
    finally:
        torch.set_default_dtype(torch.float32)


LAYOUTS = {
    "transposed": lambda x: x.transpose(0, 1).contiguous().transpose(0, 1),
    "coordinates first": lambda x: x.permute(2, 0, 1).contiguous().permute(1, 2, 0),
    "every other row": lambda x: x.repeat_interleave(2, dim=1)[:, ::2],
    "flipped twice": lambda x: x.flip(1).contiguous().flip(1),
}


@EVERY
@pytest.mark.parametrize("layout", LAYOUTS)
def test_strides_do_not_matter(name, layout):
    batch = padded()
    strided = replace(
        batch, target=LAYOUTS[layout](batch.target), residual=LAYOUTS[layout](batch.residual)
    )
    assert_close(LOSSES[name](strided), LOSSES[name](batch))
    assert_close(gradient(LOSSES[name], strided), gradient(LOSSES[name], batch))


def test_expanded_inputs_are_read_as_they_stand():
    prediction, target, _ = positions(sizes=(5,))
    many = energy_loss(prediction.expand(3, 5, 3), target.expand(3, 5, 3))
    torch.testing.assert_close(many, energy_loss(prediction, target).expand(3))


@EVERY
def test_evaluation_without_gradients_gives_the_same_numbers(name):
    batch = padded()
    expected = LOSSES[name](batch)
    with torch.no_grad():
        assert torch.equal(LOSSES[name](batch), expected)
    with torch.inference_mode():
        assert torch.equal(LOSSES[name](batch), expected)


@pytest.mark.parametrize("mode", [torch.no_grad, torch.inference_mode])
def test_curvature_of_a_potential_needs_no_gradient_mode(mode):
    batch = padded()
    expected = Energy(FromPotential())(batch)
    with mode():
        torch.testing.assert_close(Energy(FromPotential())(batch), expected, rtol=1e-12, atol=0)


@EVERY
@pytest.mark.parametrize("layout", ["padded", "flat"])
def test_deterministic_mode_neither_raises_nor_changes(name, layout):
    batch = padded() if layout == "padded" else flat(padded())[0]
    torch.use_deterministic_algorithms(True)
    try:
        values = [LOSSES[name](batch) for _ in range(5)]
        slopes = [gradient(LOSSES[name], batch) for _ in range(5)]
    finally:
        torch.use_deterministic_algorithms(False)
    assert all(torch.equal(values[0], value) for value in values)
    assert all(torch.equal(slopes[0], slope) for slope in slopes)


@EVERY
def test_the_number_of_threads_does_not_matter(name):
    batch = padded(sizes=(40, 30), dtype=torch.float32)
    before, values = torch.get_num_threads(), []
    try:
        for threads in (1, 2, 16):
            torch.set_num_threads(threads)
            values.append(LOSSES[name](batch))
    finally:
        torch.set_num_threads(before)
    torch.testing.assert_close(values[1], values[0], rtol=1e-7, atol=0)
    torch.testing.assert_close(values[2], values[0], rtol=1e-7, atol=0)


@EVERY
def test_vmap_over_molecules_gives_the_same_numbers(name):
    batch = padded(sizes=(6, 4, 2))

    def one(target, residual, signal, noise, mask):
        lone = LossBatch(target[None], residual[None], signal[None], noise[None], mask[None])
        return LOSSES[name](lone)[0]

    values = torch.vmap(one)(batch.target, batch.residual, batch.signal, batch.noise, batch.mask)
    torch.testing.assert_close(values, LOSSES[name](batch), rtol=1e-12, atol=0)


@JVP_WARNS
@EVERY
def test_forward_mode_agrees_with_backward_mode(name):
    batch = padded()
    direction = torch.randn(batch.target.shape, generator=torch.Generator().manual_seed(0)).double()
    _, forward = torch.func.jvp(
        lambda error: LOSSES[name](replace(batch, residual=error)), (batch.residual,), (direction,)
    )
    backward = (gradient(LOSSES[name], batch) * direction).sum()
    torch.testing.assert_close(forward.sum(), backward, rtol=1e-12, atol=1e-14)


def test_values_are_never_looked_at_in_padded_batches():
    shapes = {"target": (3, 7, 3), "residual": (3, 7, 3), "signal": (3,), "noise": (3,)}
    empty = {name: torch.empty(shape, device="meta") for name, shape in shapes.items()}
    mask = torch.empty(3, 7, dtype=torch.bool, device="meta")
    for loss in (Energy(), Mse(), Mae()):
        assert loss(LossBatch(**empty, mask=mask)).shape == (3,)


def test_a_second_backward_is_torchs_own_error():
    prediction, target, mask = positions()
    loss = energy_loss(prediction.requires_grad_(), target, mask).sum()
    loss.backward()
    with pytest.raises(RuntimeError, match="backward through the graph a second time"):
        loss.backward()


def test_closures_of_second_order_optimizers_reach_the_data():
    _, target, _ = positions(torch.float64, sizes=(4,))
    prediction = (1.2 * target).requires_grad_()
    optimizer = torch.optim.LBFGS([prediction], max_iter=60, line_search_fn="strong_wolfe")

    def closure():
        optimizer.zero_grad()
        loss = energy_loss(prediction, target).sum()
        loss.backward()
        return loss

    optimizer.step(closure)
    assert closure() < 1e-10


@EVERY
@pytest.mark.parametrize("count", [0, 1])
def test_batches_of_none_and_of_one_work(name, count):
    batch = padded(sizes=(5,) * count)
    assert LOSSES[name](batch).shape == (count,)


@EVERY
def test_a_batch_is_the_sum_of_its_molecules(name):
    batch = padded()
    fields = ("target", "residual", "signal", "noise", "mask")
    parts = [
        LOSSES[name](LossBatch(**{field: getattr(batch, field)[m : m + 1] for field in fields}))
        for m in range(len(batch.target))
    ]
    torch.testing.assert_close(torch.cat(parts), LOSSES[name](batch), rtol=1e-12, atol=0)


@pytest.mark.parametrize("sizes", [(1, 29), (3, 181)])
def test_very_unequal_molecules_share_a_batch(sizes):
    prediction, target, mask = positions(torch.float64, sizes=sizes)
    loss = energy_loss(prediction, target, mask)
    alone = energy_loss(prediction[:1, : sizes[0]], target[:1, : sizes[0]])
    torch.testing.assert_close(loss[:1], alone, rtol=1e-12, atol=0)


def test_changing_the_answer_in_place_is_noticed_by_autograd():
    batch = padded(requires_grad=True)
    squares = Energy()(batch).square()
    answer = Energy()(batch)
    squares = answer.square()
    answer.add_(1)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        squares.sum().backward()


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
@EVERY
@pytest.mark.parametrize("layout", ["padded", "flat"])
def test_cuda_agrees_with_the_cpu(name, layout):
    batch = padded(dtype=torch.float32) if layout == "padded" else flat(padded())[0]
    tensors = ("target", "residual", "signal", "noise", "mask", "batch")
    moved = {field: getattr(batch, field) for field in tensors if getattr(batch, field) is not None}
    there = LossBatch(**{field: value.cuda() for field, value in moved.items()})
    assert_close(LOSSES[name](there).cpu(), LOSSES[name](batch), torch.float32)
    assert_close(gradient(LOSSES[name], there).cpu(), gradient(LOSSES[name], batch), torch.float32)
