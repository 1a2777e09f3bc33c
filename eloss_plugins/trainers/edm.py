"""EDM: the diffusion model with the E(n)-equivariant network."""

from torch import nn

from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.diffusion.make import MakeDiffusion
from eloss_plugins.trainers.diffusion.presets import PRESETS, SMALL
from eloss_plugins.trainers.networks.build import egnn_dynamics
from eloss_plugins.trainers.spec import TrainerSpec

# of the squared error, arXiv 2511.02087, appendix; other losses: core.presets
LEARNING_RATES = {"none": 3e-4}


def network(config: DiffusionConfig, features: int) -> nn.Module:
    """The noise predictor for atoms with `features` numbers beside their position."""
    return egnn_dynamics(
        config,
        features,
        condition_time=config.condition_time,
        count_padding=config.count_padding,
    )


SPEC = TrainerSpec(
    name="edm",
    target="edm",
    summary="diffusion with an E(n)-equivariant graph network",
    make=MakeDiffusion(network),
    config=SMALL,
    presets=PRESETS,
    learning_rates=LEARNING_RATES,
)
