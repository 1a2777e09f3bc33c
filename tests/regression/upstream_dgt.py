"""JODO's network with weights from a recipe, and molecules, for it and for ours.

Weights come from whole numbers, by SplitMix64 and one exact division, so that every machine and
every version of every library makes the same ones. Nothing here imports upstream until a checkout
is named.
"""

import importlib
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType, SimpleNamespace

import numpy as np
import torch
from torch import Tensor
from upstream_models import ELEMENTS, molecules

from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.jodo_model.network.dgt import Dgt
from eloss_plugins.trainers.jodo_model.state import JointState

SMALL = {"features": 32, "layers": 2, "heads": 4}
VARIANTS = {
    "default": JodoConfig(**SMALL),
    "aromatic": JodoConfig(**SMALL | {"layers": 3}, bond_channels=3, mlp_ratio=4),
    "plain-distances": JodoConfig(**SMALL, distance_basis=False, include_formal_charges=False),
    "timeless": JodoConfig(**SMALL, condition_time=False, spatial_cutoff=3.0),
    "soft": JodoConfig(**SMALL | {"heads": 8}, softmax_inf=False, centre_layers=False),
}
PLAIN = {
    "layers": "n_layers",
    "features": "nf",
    "heads": "n_heads",
    "extra_heads": "n_extra_heads",
    "mlp_ratio": "mlp_ratio",
    "dropout": "dropout",
    "distance_basis": "dist_gbf",
    "condition_time": "cond_time",
    "centre_layers": "CoM",
    "spatial_cutoff": "spatial_cut_off",
    "edge_threshold": "edge_quan_th",
    "softmax_inf": "softmax_inf",
    "bond_channels": "edge_ch",
    "include_formal_charges": "include_fc_charge",
}  # our setting -> upstream's, of the same meaning
SIZES = (5, 9, 1, 7)
LEVELS = (-6.0, 0.5, 3.0, 8.0)


@dataclass(frozen=True)
class Given:
    """What the network is called with."""

    noisy: JointState
    log_snr: Tensor
    mask: Tensor
    condition: JointState


def given(config: JodoConfig) -> Given:
    """Molecules of 1 to 9 atoms with noise, and a condition near the clean ones."""
    made = molecules(SIZES, padding=1, seed=11)
    random = torch.Generator().manual_seed(12)
    charge = torch.zeros(*made.mask.shape, int(config.include_formal_charges))
    clean = torch.cat([made.positions, made.one_hot, charge], dim=-1)
    noise = torch.randn(clean.shape, generator=random) * made.mask.unsqueeze(-1)
    near = clean + 0.1 * noise
    bonds = _bonds(made.mask, config.bond_channels, random)
    condition = JointState(near, _bonds(made.mask, config.bond_channels, random))
    return Given(JointState(clean + noise, bonds), torch.tensor(LEVELS), made.mask, condition)


def pairs_of(mask: Tensor) -> Tensor:
    """Two different real atoms, `(molecules, atoms, atoms)` bool."""
    pairs = mask.unsqueeze(2) & mask.unsqueeze(1)
    return pairs & ~torch.eye(mask.shape[1], dtype=torch.bool)


def _bonds(mask: Tensor, channels: int, random: torch.Generator) -> Tensor:
    """Not symmetric, so that a network that takes senders for receivers is found out."""
    pairs = pairs_of(mask)
    return torch.randn((*pairs.shape, channels), generator=random) * pairs.unsqueeze(-1)


def weights(shapes: Mapping[str, torch.Size]) -> dict[str, Tensor]:
    """Weights for parameters of these names and shapes, in this order."""
    found, start = {}, 0
    for name, shape in shapes.items():
        found[name] = _uniform(start, shape.numel(), *_range(name, shape)).reshape(shape)
        start += shape.numel()
    return found


def shapes_of(model: torch.nn.Module) -> dict[str, torch.Size]:
    return {name: value.shape for name, value in model.state_dict().items()}


def _range(name: str, shape: torch.Size) -> tuple[float, float]:
    special = {"means.weight": (0.0, 3.0), "stds.weight": (0.25, 3.0), "scale": (0.25, 0.5)}
    for ending, ends in special.items():
        if name.endswith(ending):
            return ends
    reach = 0.5 if len(shape) == 1 else 2.0 ** round(math.log2(1.5 / math.sqrt(shape[-1])))
    return -reach, reach


def _uniform(start: int, count: int, low: float, high: float) -> Tensor:
    """The numbers `start` to `start + count` of the sequence, as float32 in [low, high)."""
    bits = np.arange(start + 1, start + count + 1, dtype=np.uint64)
    bits = bits * np.uint64(0x9E3779B97F4A7C15)
    bits = (bits ^ (bits >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    bits = (bits ^ (bits >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    whole = (bits ^ (bits >> np.uint64(31))) >> np.uint64(44)  # 20 bits
    return torch.from_numpy((low + (high - low) * (whole / 2**20)).astype(np.float32))


def our_network(config: JodoConfig) -> Dgt:
    network = Dgt(config, len(ELEMENTS))
    network.load_state_dict(weights(shapes_of(network)), strict=True)
    return network.eval()


def upstream_networks(checkout: Path) -> ModuleType:
    """The checkout's module of networks; needs torch_geometric and torch_scatter."""
    for name in [n for n in sys.modules if n.split(".")[0] == "models"]:
        del sys.modules[name]
    sys.path.insert(0, str(checkout))
    try:
        return importlib.import_module("models.mol_gnn")
    finally:
        sys.path.remove(str(checkout))


def upstream_network(module: ModuleType, config: JodoConfig) -> torch.nn.Module:
    network = module.DGT_concat(upstream_config(config))
    network.load_state_dict(weights(shapes_of(network)), strict=True)
    return network.eval()


def upstream_config(config: JodoConfig) -> SimpleNamespace:
    """As much of upstream's configuration as its network reads."""
    model = {name: getattr(config, field) for field, name in PLAIN.items()}
    model |= {
        "pred_data": True,
        "gbf_name": "CondGaussianLayer",
        "trans_name": "TransMixLayer",
    }
    data = SimpleNamespace(atom_types=len(ELEMENTS))
    return SimpleNamespace(data=data, model=SimpleNamespace(**model))


def upstream_answer(
    network: torch.nn.Module, what: Given, condition: JointState | None
) -> tuple[Tensor, Tensor]:
    """Atoms and bonds as upstream predicts them."""
    return network(
        torch.full((len(what.mask),), 0.5),
        what.noisy.atoms,
        what.mask.unsqueeze(-1).float(),
        pairs_of(what.mask).float().reshape(-1, 1),
        edge_x=what.noisy.bonds,
        noise_level=what.log_snr,
        cond_x=None if condition is None else condition.atoms,
        cond_edge_x=None if condition is None else condition.bonds,
    )


def gradients(
    network: torch.nn.Module, what: Given, answer: tuple[Tensor, Tensor]
) -> dict[str, Tensor]:
    """Of one weighted sum of the answers, by the noisy molecules and, as norms, by the weights."""
    total = sum((part * _slope(part)).sum() for part in answer)
    inputs = [what.noisy.atoms, what.noisy.bonds]
    by = torch.autograd.grad(total, [*inputs, *network.parameters()], allow_unused=True)
    norms = [torch.zeros(()) if g is None else g.norm() for g in by[2:]]
    real = what.mask.unsqueeze(-1)
    return {"atoms": by[0] * real, "bonds": by[1], "norms": torch.stack(norms)}


def _slope(part: Tensor) -> Tensor:
    """Weights from -1 to 1, no two neighbours alike."""
    return torch.linspace(0, 50, part.numel()).sin().reshape(part.shape)


def requiring_gradients(what: Given) -> Given:
    noisy = JointState(what.noisy.atoms.requires_grad_(), what.noisy.bonds.requires_grad_())
    return Given(noisy, what.log_snr, what.mask, what.condition)
