"""Small molecules for the network, one of a single atom and one without any."""

import torch
from torch import Tensor

from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.jodo_model.network.context import Context
from eloss_plugins.trainers.jodo_model.network.dgt import Dgt
from eloss_plugins.trainers.jodo_model.state import JointState
from eloss_plugins.trainers.networks.pairs import real_pairs

ELEMENTS = 3
SIZES = (4, 1, 5, 0)
MASK = torch.arange(6) < torch.tensor(SIZES).unsqueeze(1)
LEVELS = torch.tensor([-3.0, 0.2, 4.0, 1.0], dtype=torch.float64)
SMALL = JodoConfig(layers=2, features=16, heads=4)


def network(config: JodoConfig = SMALL, seed: int = 0) -> Dgt:
    """In float64 and evaluation mode, its steps long enough to be seen."""
    torch.manual_seed(seed)
    made = Dgt(config, ELEMENTS).double().eval()
    for name, weight in made.named_parameters():
        if name.endswith("coord_norm.scale"):
            weight.data.fill_(0.5)
    return made


def state(seed: int, channels: int = 2) -> JointState:
    random = torch.Generator().manual_seed(seed)
    atoms = torch.randn(*MASK.shape, 3 + ELEMENTS + 1, generator=random, dtype=torch.float64)
    pairs = (*MASK.shape, MASK.shape[1], channels)
    bonds = torch.randn(pairs, generator=random, dtype=torch.float64)
    bonds = (bonds + bonds.transpose(1, 2)) * real_pairs(MASK, with_self=False).unsqueeze(-1)
    return JointState(atoms * MASK.unsqueeze(-1), bonds)


def context(adjacency: Tensor | None = None) -> Context:
    pairs = real_pairs(MASK, with_self=False)
    if adjacency is None:
        adjacency = torch.ones(*pairs.shape, 2, dtype=torch.float64)
    return Context(MASK, MASK.unsqueeze(-1).double(), pairs, adjacency, None)
