"""The built-in plugin: every name that this package registers, by reference.

Nothing is imported until it is used, so that names can be listed without torch.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from eloss_plugins.hookspecs import API_VERSION, BindOptions, hookimpl

if TYPE_CHECKING:
    from torch import Tensor

eloss_api = API_VERSION


@hookimpl
def register_losses() -> Mapping[str, str]:
    """Position losses."""
    losses = "eloss_plugins.core.losses"
    return {
        "energy": f"{losses}:Energy",
        "mse": f"{losses}:Mse",
        "mae": f"{losses}:Mae",
        "kabsch": f"{losses}:Kabsch",
        "gram": f"{losses}:Gram",
    }


@hookimpl
def register_discrete_losses() -> Mapping[str, str]:
    """Losses over spins."""
    losses = "eloss_plugins.core.discrete.losses"
    return {
        "cross-entropy": f"{losses}:CrossEntropy",
        "margin": f"{losses}:Margin",
        "local-field": f"{losses}:LocalField",
        "true-energy": f"{losses}:TrueEnergy",
        "local-field-min": f"{losses}:LocalFieldMin",
        "cross-entropy-min": f"{losses}:CrossEntropyMin",
        "pair-energy": f"{losses}:PairEnergy",
    }


@hookimpl
def register_stiffness() -> Mapping[str, str]:
    """Stiffness laws of the paper and of pair potentials."""
    laws = "eloss_plugins.core.stiffness"
    return {
        "constant": f"{laws}:Constant",
        "inverse": f"{laws}:Inverse",
        "inverse-square": f"{laws}:InverseSquare",
        "exponential": f"{laws}:Exponential",
        "lennard-jones": f"{laws}:LennardJones",
        "morse": f"{laws}:Morse",
        "from-potential": f"{laws}:FromPotential",
    }


@hookimpl
def register_edges() -> Mapping[str, str]:
    """Edge sets of the core, and those from graphs of the molecules."""
    graphs = "eloss_plugins.graphs.edge_sets"
    return {
        "complete": "eloss_plugins.core.edges:Complete",
        "bonds": "eloss_plugins.core.edges:BondEdges",
        "rigid": f"{graphs}.rigid:Rigid",
        "sampled": f"{graphs}.sampled:Sampled",
        "orbits": f"{graphs}.orbits:Orbits",
        "random-regular": f"{graphs}.random_regular:RandomRegular",
        "random-symmetric": f"{graphs}.random_symmetric:RandomSymmetric",
    }


@hookimpl
def register_trainers() -> Mapping[str, str]:
    """Reference trainers."""
    return {
        "gdm": "eloss_plugins.trainers.gdm:SPEC",
        "gdm-aug": "eloss_plugins.trainers.gdm_aug:SPEC",
        "edm": "eloss_plugins.trainers.edm:SPEC",
        "jodo": "eloss_plugins.trainers.jodo:SPEC",
        "flow": "eloss_plugins.trainers.flow:SPEC",
    }


@hookimpl
def register_upstreams() -> Mapping[str, str]:
    """Patch sets for upstream repositories."""
    return {
        "edm": "eloss_plugins.patches.edm:PATCH_SET",
        "jodo": "eloss_plugins.patches.jodo:PATCH_SET",
        "semlaflow": "eloss_plugins.patches.semlaflow:PATCH_SET",
    }


@hookimpl
def bind_trainer(target: str, options: BindOptions) -> Callable[..., Tensor] | None:
    """The loss as it is, called with a `LossBatch`, for the target `loss-batch`: our own code
    that makes its batches itself.
    """
    return options.loss if target == "loss-batch" else None
