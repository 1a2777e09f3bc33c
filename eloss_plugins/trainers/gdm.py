"""GDM: the diffusion model with the plain graph network."""

from torch import nn

from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.diffusion.make import MakeDiffusion
from eloss_plugins.trainers.diffusion.presets import PRESETS, SMALL
from eloss_plugins.trainers.molecule_noise import SPACE
from eloss_plugins.trainers.networks.aggregation import AggregationRule
from eloss_plugins.trainers.networks.dynamics import GnnDynamics
from eloss_plugins.trainers.networks.gnn import Gnn
from eloss_plugins.trainers.spec import TrainerSpec

# of the squared error, arXiv 2511.02087, appendix; other losses: core.presets
LEARNING_RATES = {"none": 1e-3}


def network(config: DiffusionConfig, features: int) -> nn.Module:
    """The noise predictor for atoms with `features` numbers beside their position."""
    inputs = SPACE + features + int(config.condition_time)
    gnn = Gnn(inputs, features=config.features, layers=config.layers, attention=config.attention)
    rule = AggregationRule(
        config.aggregation,
        config.normalization_factor,
        with_self=True,
        count_padding=config.count_padding,
    )
    return GnnDynamics(gnn, rule, config.condition_time)


SPEC = TrainerSpec(
    name="gdm",
    target="gdm",
    summary="diffusion with a plain graph network",
    make=MakeDiffusion(network),
    config=SMALL,
    presets=PRESETS,
    learning_rates=LEARNING_RATES,
)
