"""EDM: the diffusion model with the E(n)-equivariant network."""

from torch import nn

from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.diffusion.make import MakeDiffusion
from eloss_plugins.trainers.diffusion.presets import PRESETS, SMALL
from eloss_plugins.trainers.networks.aggregation import AggregationRule
from eloss_plugins.trainers.networks.dynamics import EgnnDynamics
from eloss_plugins.trainers.networks.egnn import Egnn, EgnnSizes
from eloss_plugins.trainers.spec import TrainerSpec

# of the squared error, arXiv 2511.02087, appendix; other losses: core.presets
LEARNING_RATES = {"none": 3e-4}


def network(config: DiffusionConfig, features: int) -> nn.Module:
    """The noise predictor for atoms with `features` numbers beside their position."""
    sizes = EgnnSizes(
        features=config.features,
        layers=config.layers,
        sublayers=config.inv_sublayers,
        attention=config.attention,
        tanh=config.tanh,
        norm_constant=config.norm_constant,
        sin_embedding=config.sin_embedding,
    )
    egnn = Egnn(features + int(config.condition_time), sizes)
    rule = AggregationRule(
        config.aggregation,
        config.normalization_factor,
        with_self=False,
        count_padding=config.count_padding,
    )
    return EgnnDynamics(egnn, rule, config.condition_time)


SPEC = TrainerSpec(
    name="edm",
    target="edm",
    summary="diffusion with an E(n)-equivariant graph network",
    make=MakeDiffusion(network),
    config=SMALL,
    presets=PRESETS,
    learning_rates=LEARNING_RATES,
)
