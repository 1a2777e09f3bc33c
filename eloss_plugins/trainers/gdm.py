"""GDM: the diffusion model with the plain graph network."""

from torch import nn

from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.diffusion.make import MakeDiffusion
from eloss_plugins.trainers.diffusion.presets import PRESETS, SMALL
from eloss_plugins.trainers.networks.build import gnn_dynamics
from eloss_plugins.trainers.spec import TrainerSpec

# of the squared error, arXiv 2511.02087, appendix; other losses: core.presets
LEARNING_RATES = {"none": 1e-3}


def network(config: DiffusionConfig, features: int) -> nn.Module:
    """The noise predictor for atoms with `features` numbers beside their position."""
    return gnn_dynamics(
        config,
        features,
        condition_time=config.condition_time,
        count_padding=config.count_padding,
    )


SPEC = TrainerSpec(
    name="gdm",
    target="gdm",
    summary="diffusion with a plain graph network",
    make=MakeDiffusion(network),
    config=SMALL,
    presets=PRESETS,
    learning_rates=LEARNING_RATES,
)
