"""Over 10,000 random molecules of every kind: no loss and no gradient is ever NaN or infinite."""

import pytest
import torch

from eloss_plugins.core import STIFFNESS_LAWS, Energy, Kabsch, LossBatch, Mae, Mse

BATCHES, MOLECULES = 136, 100
"""Each molecule is a draw of its own: size, scale, ratio and accidents. A quarter is float16."""
TYPES = (torch.float64, torch.float32, torch.bfloat16, torch.float16)
LOSSES = [Energy(law()) for law in STIFFNESS_LAWS.values()] + [Kabsch(), Mse(), Mae()]


def uniform(generator, low, high, count):
    return low + (high - low) * torch.rand(count, generator=generator, dtype=torch.float64)


def draw_ratio(generator, count):
    """Signal and noise from 1e-12 to 1, some of them exactly 0, never both."""
    angle = 10 ** uniform(generator, -12, 0, count) * torch.pi / 2
    flipped = torch.rand(count, generator=generator) < 0.5
    angle = torch.where(flipped, angle, torch.pi / 2 - angle)
    signal, noise = angle.cos(), angle.sin()
    end = torch.randint(0, 10, (count,), generator=generator)
    return (
        torch.where(end == 0, 0, torch.where(end == 1, 1, signal)),
        torch.where(end == 0, 1, torch.where(end == 1, 0, noise)),
    )


def draw(seed):
    """One padded batch with coincidences in the data, the prediction, or both."""
    generator = torch.Generator().manual_seed(seed)
    count = MOLECULES
    atoms = int(torch.randint(1, 9, (1,), generator=generator))
    dimensions = 1 + seed % 3
    shape = (count, atoms, dimensions)
    scale = 10 ** uniform(generator, -3, 3, count)[:, None, None]
    target = scale * torch.randn(shape, generator=generator, dtype=torch.float64)
    size = 10 ** uniform(generator, -6, 3, count)[:, None, None]
    residual = size * torch.randn(shape, generator=generator, dtype=torch.float64)
    together = torch.rand(count, generator=generator) < 0.2
    target[together] = target[together][:, :1]
    alike = torch.rand(count, generator=generator) < 0.2
    residual[alike] = residual[alike][:, :1]
    signal, noise = draw_ratio(generator, count)
    collapsed = (torch.rand(count, generator=generator) < 0.2) & (noise > 0.1)
    residual[collapsed] = -(signal / noise)[collapsed, None, None] * target[collapsed]
    mask = torch.rand(shape[:2], generator=generator) < 0.8
    dtype = TYPES[seed % len(TYPES)]
    largest = torch.finfo(dtype).max / 16
    low = residual.clamp(-largest, largest).to(dtype)
    single = torch.promote_types(dtype, torch.float32)
    return LossBatch(target.to(single), low, signal.to(single), noise.to(single), mask)


@pytest.mark.slow
def test_ten_thousand_random_draws_are_finite():
    for seed in range(BATCHES):
        drawn = draw(seed)
        for loss in LOSSES:
            residual = drawn.residual.clone().requires_grad_()
            batch = LossBatch(drawn.target, residual, drawn.signal, drawn.noise, drawn.mask)
            value = loss(batch)
            (slope,) = torch.autograd.grad(value.sum(), residual)
            assert value.isfinite().all(), f"seed {seed}, {loss}"
            assert (value >= 0).all()
            if residual.dtype != torch.float16:  # its gradients may exceed 65504 honestly
                assert slope.isfinite().all(), f"seed {seed}, {loss}"
            assert not slope.isnan().any(), f"seed {seed}, {loss}"
