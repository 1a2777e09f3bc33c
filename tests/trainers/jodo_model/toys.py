"""Small molecules with bonds, small models, and networks that say what tests need."""

from collections.abc import Callable
from dataclasses import replace

import torch
from torch import Tensor, nn
from toy_batches import ELEMENTS, toy_batch

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers.generator import PositionLoss
from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.jodo_model.draw import JointDraw
from eloss_plugins.trainers.jodo_model.model import Jodo
from eloss_plugins.trainers.jodo_model.network.dgt import Dgt
from eloss_plugins.trainers.jodo_model.noise import joint_noise
from eloss_plugins.trainers.jodo_model.state import JointState
from eloss_plugins.trainers.networks.pairs import real_pairs

SIZES = JodoConfig(layers=2, features=16, heads=4, timesteps=20, dropout=0.0)


def bonded(batch: Batch, seed: int = 1, orders: tuple[float, ...] = (0, 0, 1, 2, 3)) -> Batch:
    """The batch with random bonds of these orders and formal charges of -1, 0 and 1."""
    random = torch.Generator().manual_seed(seed)
    count, atoms = batch.mask.shape
    kind = torch.randint(len(orders), (count, atoms, atoms), generator=random).triu(1)
    pairs = real_pairs(batch.mask, with_self=False)
    bonds = torch.tensor(orders, dtype=torch.float32)[kind + kind.transpose(1, 2)] * pairs
    charges = torch.randint(-1, 2, (count, atoms, 1), generator=random).float()
    return replace(batch, bonds=bonds, formal_charges=charges * batch.mask.unsqueeze(-1))


def bonded_batch(sizes: tuple[int, ...] = (4, 7, 2), padding: int = 1, seed: int = 0) -> Batch:
    return bonded(toy_batch(sizes, padding, seed))


def wide(batch: Batch) -> Batch:
    """In float64."""
    names = ("positions", "one_hot", "charges", "bonds", "formal_charges")
    return replace(batch, **{name: getattr(batch, name).double() for name in names})


def with_garbage(batch: Batch, value: float = float("nan")) -> Batch:
    """The batch with `value` in everything that is padding."""
    atoms, pairs = ~batch.mask.unsqueeze(-1), ~real_pairs(batch.mask, with_self=True)
    return replace(
        batch,
        positions=batch.positions.masked_fill(atoms, value),
        one_hot=batch.one_hot.masked_fill(atoms, value),
        formal_charges=batch.formal_charges.masked_fill(atoms, value),
        bonds=batch.bonds.masked_fill(pairs, value),
    )


def selected(batch: Batch, places: list[int], atoms: int | None = None) -> Batch:
    """Some molecules of a batch, cut to so many slots."""
    cut = {"bonds": batch.bonds[places, :atoms, :atoms], "index": batch.index[places]}
    names = ("positions", "one_hot", "charges", "mask", "formal_charges")
    return replace(batch, **cut, **{n: getattr(batch, n)[places, :atoms] for n in names})


def draw_for(
    batch: Batch,
    time: float | list[float] = 0.4,
    *,
    condition: bool = True,
    config: JodoConfig = SIZES,
) -> JointDraw:
    torch.manual_seed(3)
    kind = batch.positions.dtype
    times = torch.tensor(time, dtype=kind).expand(len(batch.mask))
    width = len(ELEMENTS) + int(config.include_formal_charges)
    return JointDraw(times, joint_noise(batch.mask, width, config.bond_channels, kind), condition)


def toy_model(position_loss: PositionLoss | None = None, seed: int = 0, **changes: object) -> Jodo:
    """A model whose position steps are large enough to matter."""
    torch.manual_seed(seed)
    config = replace(SIZES, **changes)
    network = Dgt(config, len(ELEMENTS))
    for name, weight in network.named_parameters():
        if name.endswith("coord_norm.scale"):
            weight.data.fill_(0.5)
    return Jodo(network, config, len(ELEMENTS), position_loss)


class Saying(nn.Module):
    """A network that answers by a function of what it is asked."""

    def __init__(self, answer: Callable[..., JointState]) -> None:
        super().__init__()
        self.answer = answer
        self.weight = nn.Parameter(torch.zeros(()))
        self.conditions: list[JointState | None] = []

    def forward(
        self, noisy: JointState, log_snr: Tensor, mask: Tensor, condition: JointState | None
    ) -> JointState:
        self.conditions.append(condition)
        return self.answer(noisy)


def saying(answer: Callable[..., JointState], **changes: object) -> Jodo:
    """A model around such a network."""
    return Jodo(Saying(answer), replace(SIZES, **changes), len(ELEMENTS))
