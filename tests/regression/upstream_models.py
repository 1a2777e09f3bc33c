"""The models and molecules that the records are made of, and how to build them in upstream.

Nothing here imports upstream until a checkout is named.
"""

import contextlib
import importlib
import io
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType, SimpleNamespace

import torch
from torch import Tensor

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers import edm, gdm
from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.diffusion.model import Diffusion

ELEMENTS = (1, 6, 7, 8, 9)
NUMBERS = torch.tensor(ELEMENTS)
UPSTREAM_FOLDERS = ("egnn", "equivariant_diffusion", "qm9", "dit", "wandb")


@dataclass(frozen=True)
class Variant:
    """One model: upstream's name of the network, and its sizes."""

    mode: str
    config: DiffusionConfig


_SMALL = DiffusionConfig(
    layers=2, features=12, timesteps=1000, count_padding=True, counted="padded"
)
VARIANTS = {
    "egnn": Variant("egnn_dynamics", _SMALL),
    "egnn-bare": Variant(
        "egnn_dynamics", replace(_SMALL, attention=False, tanh=False, norm_constant=0.0)
    ),
    "egnn-waves": Variant("egnn_dynamics", replace(_SMALL, sin_embedding=True, inv_sublayers=2)),
    "egnn-mean": Variant("egnn_dynamics", replace(_SMALL, aggregation="mean")),
    "egnn-timeless": Variant(
        "egnn_dynamics",
        replace(_SMALL, condition_time=False, normalization_factor=10.0, include_charges=False),
    ),
    "gnn": Variant("gnn_dynamics", _SMALL),
    "gnn-bare": Variant("gnn_dynamics", replace(_SMALL, attention=False)),
    "gnn-mean": Variant("gnn_dynamics", replace(_SMALL, aggregation="mean")),
}


def our_model(variant: Variant) -> Diffusion:
    spec = edm.SPEC if variant.mode == "egnn_dynamics" else gdm.SPEC
    return spec.build(variant.config, ELEMENTS)


def molecules(sizes: tuple[int, ...], padding: int, seed: int) -> Batch:
    """Random molecules of bond-like spacing, centred, zero in padding."""
    random = torch.Generator().manual_seed(seed)
    mask = torch.arange(max(sizes) + padding) < torch.tensor(sizes).unsqueeze(1)
    real = mask.unsqueeze(-1)
    positions = torch.randn((*mask.shape, 3), generator=random) * 1.5 * real
    positions = (positions - positions.sum(1, keepdim=True) / real.sum(1, keepdim=True)) * real
    index = torch.randint(len(ELEMENTS), mask.shape, generator=random)
    one_hot = torch.nn.functional.one_hot(index, len(ELEMENTS)).float() * real
    charges = NUMBERS[index].unsqueeze(-1).float() * real
    return Batch(positions, one_hot, charges, mask, torch.arange(len(sizes)))


def upstream_modules(checkout: Path) -> SimpleNamespace:
    """The checkout's modules, imported fresh; `wandb` and `dit` get empty stand-ins."""
    for name in [n for n in sys.modules if n.split(".")[0] in UPSTREAM_FOLDERS]:
        del sys.modules[name]
    stand_in = ModuleType("wandb")
    stand_in.log = lambda *_args, **_kwargs: None
    layer = ModuleType("dit")
    layer.DiT = None
    sys.modules.update(wandb=stand_in, dit=layer)
    sys.path.insert(0, str(checkout))
    try:
        return SimpleNamespace(
            diffusion=importlib.import_module("equivariant_diffusion.en_diffusion"),
            networks=importlib.import_module("egnn.models"),
            utils=importlib.import_module("equivariant_diffusion.utils"),
        )
    finally:
        sys.path.remove(str(checkout))


def upstream_model(modules: SimpleNamespace, variant: Variant, **more: object) -> torch.nn.Module:
    """The variant as upstream builds it; position steps are enlarged so that errors show."""
    config = variant.config
    width = len(ELEMENTS) + int(config.include_charges)
    network = modules.networks.EGNN_dynamics_QM9(
        in_node_nf=width + int(config.condition_time),
        context_node_nf=0,
        n_dims=3,
        hidden_nf=config.features,
        n_layers=config.layers,
        attention=config.attention,
        condition_time=config.condition_time,
        tanh=config.tanh,
        mode=variant.mode,
        norm_constant=config.norm_constant,
        inv_sublayers=config.inv_sublayers,
        sin_embedding=config.sin_embedding,
        normalization_factor=config.normalization_factor,
        aggregation_method=config.aggregation,
    )
    with contextlib.redirect_stdout(io.StringIO()):
        model = modules.diffusion.EnVariationalDiffusion(
            network,
            in_node_nf=width,
            n_dims=3,
            timesteps=config.timesteps,
            noise_schedule=config.schedule,
            noise_precision=config.precision,
            loss_type="l2",
            norm_values=config.norm_values,
            include_charges=config.include_charges,
            **more,
        )
    _enlarge_steps(model)
    return model


def _enlarge_steps(model: torch.nn.Module, factor: float = 30.0) -> None:
    for name, weight in model.named_parameters():
        if name.endswith("coord_mlp.4.weight"):
            weight.data.mul_(factor)


def upstream_arguments(batch: Batch) -> tuple[Tensor, dict[str, Tensor], Tensor, Tensor]:
    """Positions, features, node mask and edge mask as upstream's `forward` takes them."""
    pairs = batch.mask.unsqueeze(2) & batch.mask.unsqueeze(1)
    pairs = pairs & ~torch.eye(batch.mask.shape[1], dtype=torch.bool)
    features = {"categorical": batch.one_hot, "integer": batch.charges}
    return (
        batch.positions,
        features,
        batch.mask.unsqueeze(-1).float(),
        pairs.float().reshape(-1, 1),
    )
