"""Small flow-matching models, draws, and the paper's losses for them in plain Python."""

import math
from dataclasses import fields, replace
from typing import Any

import torch
from torch import Tensor, nn
from toy_batches import ELEMENTS

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers import flow
from eloss_plugins.trainers.flow_model.config import FlowConfig
from eloss_plugins.trainers.flow_model.draw import Draw
from eloss_plugins.trainers.flow_model.model import Flow
from eloss_plugins.trainers.molecule_noise import molecule_noise

CONFIG = FlowConfig(layers=2, features=8, timesteps=20)


def toy_flow(seed: int = 0, elements: int = len(ELEMENTS), **changes: Any) -> Flow:
    """A model of 2 layers and 8 features whose position steps are large enough to matter."""
    torch.manual_seed(seed)
    model = flow.SPEC.build(replace(CONFIG, **changes), elements)
    for key, weight in model.named_parameters():
        if key.endswith("coord_mlp.4.weight"):
            weight.data.mul_(30.0)
    assert isinstance(model, Flow)
    return model


def flow_around(network: nn.Module, elements: int = len(ELEMENTS), **changes: Any) -> Flow:
    """A model around a network of the test's."""
    return Flow(network, replace(CONFIG, **changes), elements=elements)


def drawn(batch: Batch, time: float | list[float], features: int = 5, seed: int = 3) -> Draw:
    """Noise for `batch` at given times."""
    torch.manual_seed(seed)
    kind = batch.positions.dtype
    times = torch.tensor(time, dtype=kind).expand(len(batch.mask))
    return Draw(times, molecule_noise(batch.mask, features, kind))


def doubled(value: Any) -> Any:
    """A batch or a draw in float64."""
    wide = {
        f.name: v.double()
        for f in fields(value)
        if (v := getattr(value, f.name)) is not None and v.is_floating_point()
    }
    return replace(value, **wide)


class Says(nn.Module):
    """A network whose answer is what a function gives."""

    def __init__(self, answer: Any):
        super().__init__()
        self.answer = answer

    def forward(self, noisy: Tensor, level: Tensor, mask: Tensor) -> Tensor:
        return self.answer(noisy, level.view(-1, 1, 1), mask) * mask.unsqueeze(-1)


def knowing(clean: Tensor, **changes: Any) -> Says:
    """A network that knows the molecules: its velocity or endpoint is exact for r > 0.

    Args:
        clean: `(molecules, atoms, 3 + features)`, scaled.
        changes: as given to the model's config.
    """
    config = replace(CONFIG, **changes)
    sign = 1 if config.data_at == 0 else -1

    def answer(noisy: Tensor, level: Tensor, _mask: Tensor) -> Tensor:
        if config.prediction == "velocity":
            return sign * (noisy - clean) / level
        return torch.cat([clean[..., :3] - noisy[..., :3], clean[..., 3:]], dim=-1)

    return Says(answer)


def paper_loss(x: list, x_t: list, velocity: list, t: float) -> float:
    """A.7 for data at 0 in plain Python: E(x_hat, x) / t**2, x_hat = x_t - t u, k = exp(-d)."""
    guess = [
        [a - t * u for a, u in zip(p, v, strict=True)] for p, v in zip(x_t, velocity, strict=True)
    ]
    total = 0.0
    for i in range(len(x)):
        for j in range(i):
            d, d_hat = math.dist(x[i], x[j]), math.dist(guess[i], guess[j])
            total += math.exp(-d) * (d - d_hat) ** 2
    return total / t**2
