"""What a position loss must stand, for authors of plugins and for our own tests.

Example:
    A plugin's whole test file::

        import pytest
        from eloss_plugins.testing import BATTERY, SHAPE_BATTERY
        from my_plugin import MyLoss

        @pytest.mark.parametrize("check", [*BATTERY.values(), *SHAPE_BATTERY.values()])
        def test_my_loss(check):
            check(MyLoss())
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from eloss_plugins.core.bonds import Bonds
from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.equivariance import check_invariance, example_batch

Loss = Callable[[LossBatch], Tensor]
Check = Callable[[Loss], None]


@dataclass(frozen=True)
class Tolerance:
    """How far two numbers may lie apart, in `torch.testing.assert_close`'s sense."""

    rtol: float
    atol: float


TOLERANCES: Mapping[torch.dtype, Tolerance] = {
    torch.float64: Tolerance(1e-12, 1e-13),
    torch.float32: Tolerance(1e-6, 1e-7),
    # Half precision limits the network's output, never the loss: 2**-8 and 2**-11 of it.
    torch.bfloat16: Tolerance(5e-3, 5e-3),
    torch.float16: Tolerance(1e-3, 1e-3),
}
"""The one table of tolerances, by the type of the network's output."""

GARBAGE = (math.nan, math.inf, -math.inf, 1e9)
"""What may stand in padding."""


def assert_close(actual: Tensor, expected: Tensor, dtype: torch.dtype | None = None) -> None:
    """Compare within the tolerance of `dtype`, that of `actual` for None; NaN equals nothing."""
    tolerance = TOLERANCES[actual.dtype if dtype is None else dtype]
    torch.testing.assert_close(
        actual, expected, rtol=tolerance.rtol, atol=tolerance.atol, check_dtype=False
    )


def bonded_example(dtype: torch.dtype = torch.float64) -> LossBatch:
    """`equivariance.example_batch` with bonds and features, so that any loss finds what it asks."""
    batch = example_batch(dtype=dtype)
    index = torch.tensor([[0, 1, 2, 8, 16], [1, 2, 3, 9, 17]])
    generator = torch.Generator().manual_seed(1)
    features = torch.rand((*batch.target.shape[:2], 4), generator=generator, dtype=torch.float64)
    return replace(batch, bonds=Bonds(index, torch.ones(5)), features=features.to(dtype))


def gradient(loss: Loss, batch: LossBatch) -> Tensor:
    """Gradient of the summed loss by the residual."""
    residual = batch.residual.detach().clone().requires_grad_()
    (slope,) = torch.autograd.grad(loss(replace(batch, residual=residual)).sum(), residual)
    return slope


def check_one_number_each(loss: Loss) -> None:
    """One number for each molecule: float32 for low types, float64 kept."""
    for given, answered in (
        (torch.float64, torch.float64),
        (torch.float32, torch.float32),
        (torch.bfloat16, torch.float32),
        (torch.float16, torch.float32),
    ):
        answer = loss(bonded_example(given))
        assert answer.shape == (4,), f"expected shape (4,); got {tuple(answer.shape)}"
        assert answer.dtype == answered, f"expected {answered} for {given}; got {answer.dtype}"


def check_first_derivatives(loss: Loss) -> None:
    """The gradient by the residual equals finite differences."""
    batch = bonded_example()
    residual = batch.residual.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda error: loss(replace(batch, residual=error)), (residual,))


def check_second_derivatives(loss: Loss) -> None:
    """The derivative of the gradient equals finite differences of it.

    Losses that hold something constant within a step, as Kabsch holds its rotation, have exact
    gradients without exact second derivatives, and leave this check out.
    """
    batch = bonded_example()
    residual = batch.residual.clone().requires_grad_()
    assert torch.autograd.gradgradcheck(
        lambda error: loss(replace(batch, residual=error)), (residual,)
    )


def check_target_has_no_gradient(loss: Loss) -> None:
    """Neither the data nor the schedule gets a gradient."""
    batch = bonded_example()
    leaves = [value.clone().requires_grad_() for value in (batch.target, *batch.ratio())]
    residual = batch.residual.clone().requires_grad_()
    target, signal, noise = leaves
    answer = loss(replace(batch, target=target, signal=signal, noise=noise, residual=residual))
    slopes = torch.autograd.grad(answer.sum(), [residual, *leaves], allow_unused=True)
    assert slopes[0] is not None, "no gradient into the residual"
    assert all(slope is None or not slope.any() for slope in slopes[1:])


def check_padding(loss: Loss) -> None:
    """Whatever stands in padding, value and gradient are the same, bit for bit."""
    batch = bonded_example()
    assert batch.mask is not None
    padding = ~batch.mask[..., None]
    value, slope = loss(batch), gradient(loss, batch)
    for rubbish in GARBAGE:
        fouled = replace(
            batch,
            target=batch.target.masked_fill(padding, rubbish),
            residual=batch.residual.masked_fill(padding, rubbish),
        )
        assert torch.equal(loss(fouled), value), f"{rubbish} in padding changes the loss"
        assert torch.equal(gradient(loss, fouled), slope), f"{rubbish} in padding changes gradients"


def check_molecules_apart(loss: Loss) -> None:
    """A molecule that is not finite changes no other's value or gradient."""
    batch = bonded_example()
    residual = batch.residual.clone()
    residual[1, 0] = math.nan
    sick = replace(batch, residual=residual)
    others = torch.tensor([0, 2, 3])
    assert torch.equal(loss(sick)[others], loss(batch)[others])
    assert torch.equal(gradient(loss, sick)[others], gradient(loss, batch)[others])


def check_order_of_atoms(loss: Loss) -> None:
    """Atoms listed in another order, data and prediction alike, have the same loss."""
    batch = replace(bonded_example(), mask=None)
    order = torch.randperm(8, generator=torch.Generator().manual_seed(0))
    assert_close(loss(_reorder(batch, order)), loss(batch))


def check_singular_points(loss: Loss) -> None:
    """Coincident atoms and both ends of the noise schedule give finite values and gradients."""
    batch = bonded_example()
    for signal, noise in ((1.0, 0.0), (0.0, 1.0), (1.0, 1.0)):
        a, b = torch.full_like(batch.signal, signal), torch.full_like(batch.noise, noise)
        for singular in _singular(replace(batch, signal=a, noise=b)):
            assert loss(singular).isfinite().all(), f"not finite at signal {signal}, noise {noise}"
            assert gradient(loss, singular).isfinite().all(), f"gradient not finite at {signal}"


def check_empty_batches(loss: Loss) -> None:
    """Molecules without atoms give 0 with gradient 0; a batch without molecules gives `(0,)`."""
    batch = bonded_example()
    assert batch.mask is not None
    nothing = replace(batch, mask=torch.zeros_like(batch.mask))
    assert loss(nothing).eq(0).all()
    assert gradient(loss, nothing).eq(0).all()
    assert loss(_first_molecules(batch, 0)).shape == (0,)


def check_float32(loss: Loss) -> None:
    """Float32 answers equal float64's on the same numbers."""
    single = bonded_example(torch.float32)
    double = replace(
        single,
        target=single.target.double(),
        residual=single.residual.double(),
        signal=single.signal.double(),
        noise=single.noise.double(),
    )
    assert_close(loss(single), loss(double), torch.float32)


def check_repeatable(loss: Loss) -> None:
    """Two calls agree bit for bit, and the global random state is left alone."""
    before = torch.random.get_rng_state()
    assert torch.equal(loss(bonded_example()), loss(bonded_example()))
    assert torch.equal(torch.random.get_rng_state(), before)


def check_motions(loss: Loss) -> None:
    """The prediction moved or turned has the same loss."""
    deviation = check_invariance(loss, bonded_example(), improper=False)
    assert deviation < 1e-12, f"moving the prediction changes the loss by {deviation}"


def check_zero_at_the_data(loss: Loss) -> None:
    """A perfect prediction has no loss."""
    batch = bonded_example()
    assert loss(replace(batch, residual=torch.zeros_like(batch.residual))).abs().max() < 1e-20


BATTERY: Mapping[str, Check] = {
    "one number for each molecule": check_one_number_each,
    "first derivatives": check_first_derivatives,
    "no gradient into the target": check_target_has_no_gradient,
    "padding": check_padding,
    "molecules apart": check_molecules_apart,
    "order of atoms": check_order_of_atoms,
    "singular points": check_singular_points,
    "empty batches": check_empty_batches,
    "float32": check_float32,
    "repeatable": check_repeatable,
    "zero at the data": check_zero_at_the_data,
}
"""What every position loss must stand."""

SMOOTH_BATTERY: Mapping[str, Check] = {"second derivatives": check_second_derivatives}
"""What a loss without pieces held constant must stand besides."""

SHAPE_BATTERY: Mapping[str, Check] = {"motions": check_motions}
"""What a loss that compares shapes, not positions, must stand besides."""


def _singular(batch: LossBatch) -> list[LossBatch]:
    predicted_together = batch.residual.clone()
    signal, noise = batch.signal[:, None], batch.noise[:, None].clamp_min(0.1)
    gap = batch.target[:, 0] - batch.target[:, 1]
    predicted_together[:, 1] = batch.residual[:, 0] + signal / noise * gap
    together = batch.target.clone()
    together[:, 1] = together[:, 0]
    nowhere = torch.zeros_like(batch.target)
    return [
        batch,
        replace(batch, residual=torch.zeros_like(batch.residual)),
        replace(batch, residual=predicted_together),
        replace(batch, target=together),
        replace(batch, target=nowhere),
        replace(batch, target=nowhere, residual=nowhere),
    ]


def _reorder(batch: LossBatch, order: Tensor) -> LossBatch:
    assert batch.bonds is not None
    assert batch.features is not None
    assert batch.numbers is not None
    index, slots = batch.bonds.index, len(order)
    moved = index // slots * slots + order.argsort()[index % slots]
    return replace(
        batch,
        target=batch.target[:, order],
        residual=batch.residual[:, order],
        features=batch.features[:, order],
        numbers=batch.numbers[:, order],
        bonds=Bonds(moved, batch.bonds.order),
    )


def _first_molecules(batch: LossBatch, count: int) -> LossBatch:
    """The first molecules of a padded batch."""
    assert batch.mask is not None
    assert batch.bonds is not None
    few = {
        name: getattr(batch, name)[:count]
        for name in ("target", "residual", "signal", "noise", "mask", "features", "numbers")
    }
    kept = batch.bonds.index[0] < count * batch.target.shape[1]
    bonds = Bonds(batch.bonds.index[:, kept], batch.bonds.order[kept])
    return LossBatch(**few, bonds=bonds)
