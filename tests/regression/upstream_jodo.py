"""JODO's objectives without the rest of it: molecules, settings, a network that says its answer.

Nothing here imports upstream until a checkout is named; then its `losses.py` alone, which needs
torch and no other package of JODO's.
"""

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import torch
from torch import Tensor
from upstream_models import molecules

IMPORTED = ("losses", "utils", "models", "energy_loss")
SIZES = (5, 9, 2, 7)
LAWS = {
    "constant": "constant",
    "inv_dist": "inverse",
    "inv_dist2": "inverse-square",
    "exp": "exponential",
}  # the authors' names and ours
TYPES, CHARGE, BOND_CHANNELS = 5, 1, 2


@dataclass(frozen=True)
class Scene:
    """What an objective is called with.

    Attributes:
        batch: as JODO's loaders give it.
        pred: `(molecules, atoms, 9)`, what the network answers for atoms.
    """

    batch: dict[str, Tensor]
    pred: Tensor


def scene() -> Scene:
    """Random molecules and bonds, and a prediction that is off by some tenths."""
    made = molecules(SIZES, padding=1, seed=6)
    random = torch.Generator().manual_seed(7)
    count, atoms = made.mask.shape
    pairs = made.mask.unsqueeze(2) & made.mask.unsqueeze(1) & ~torch.eye(atoms, dtype=torch.bool)
    bonds = torch.randint(2, (count, atoms, atoms), generator=random).triu(1)
    bonds = ((bonds + bonds.transpose(1, 2)) * pairs).unsqueeze(-1).float()
    batch = {
        "positions": made.positions,
        "atom_mask": made.mask.float(),
        "edge_mask": pairs.reshape(-1, 1).float(),
        "atom_one_hot": made.one_hot,
        "one_hot": made.one_hot,
        "edge_one_hot": bonds.expand(-1, -1, -1, BOND_CHANNELS),
        "formal_charges": torch.zeros(count, atoms, CHARGE),
    }
    real = made.mask.unsqueeze(-1).float()
    off = 0.3 * torch.randn((count, atoms, 3 + TYPES + CHARGE), generator=random) * real
    off[..., :3] -= off[..., :3].sum(1, keepdim=True) / real.sum(1, keepdim=True) * real
    off[..., :3] += made.positions
    return Scene(batch, off)


class Oracle(torch.nn.Module):
    """A network that answers the same to everything.

    Args:
        pred: its answer for atoms.
        bonds: whether it answers for bonds too.
    """

    def __init__(self, pred: Tensor, *, bonds: bool = True) -> None:
        super().__init__()
        self.pred = pred
        self.bonds = bonds

    def forward(self, *_: object, **__: object) -> Tensor | tuple[Tensor, Tensor]:
        if not self.bonds:
            return self.pred
        count, atoms, _width = self.pred.shape
        return self.pred, torch.zeros(count, atoms, atoms, BOND_CHANNELS)


def settings(*, align: bool = True, **training: object) -> SimpleNamespace:
    """As much of a configuration as the objectives read.

    Args:
        align: turn the target upon the noisy positions, after which a squared error depends on
            the noise; an energy does not.
        training: more of its part `training`.
    """
    model = SimpleNamespace(
        include_fc_charge=True,
        pred_data=True,
        noise_align=align,
        self_cond=False,
        loss_weights="1., 0.25, 0.1",
        normalize_factors="1, 4, 4, 1",
    )
    return SimpleNamespace(
        device="cpu",
        model=model,
        data=SimpleNamespace(centered=True),
        training=SimpleNamespace(reduce_mean=False, use_energy_loss=False, **training),
    )


def losses_of(checkout: Path) -> ModuleType:
    """The checkout's `losses.py`, imported fresh; its networks are not imported."""
    before = _taken_out()
    models = ModuleType("models")
    models.__path__ = [str(checkout / "models")]
    sys.modules["models"] = models
    sys.path.insert(0, str(checkout))
    try:
        return importlib.import_module("losses")
    finally:
        sys.path.remove(str(checkout))
        _taken_out()
        sys.modules.update(before)


def _taken_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.split(".")[0] in IMPORTED]
    return {name: sys.modules.pop(name) for name in names}


def objective(losses: ModuleType, config: SimpleNamespace, *, bonds: bool = True) -> Tensor:
    """The training loss of the scene, with or without bonds."""
    make = losses.get_sde_graph_loss_fn if bonds else losses.get_sde_node_loss_fn
    levels = SimpleNamespace(marginal_prob=lambda t: (torch.cos(1.5 * t), torch.sin(1.5 * t)))
    loss_fn = make(levels, True, losses.get_data_scaler(config), config)
    given = scene()
    return loss_fn(Oracle(given.pred, bonds=bonds), given.batch)
