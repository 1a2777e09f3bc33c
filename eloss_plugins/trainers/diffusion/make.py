"""A diffusion model from sizes and a network."""

from collections.abc import Callable
from dataclasses import dataclass

from torch import nn

from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.diffusion.model import Diffusion
from eloss_plugins.trainers.diffusion.noise_schedule import NoiseSchedule
from eloss_plugins.trainers.generator import PositionLoss

BuildNetwork = Callable[[DiffusionConfig, int], nn.Module]
"""Makes the noise predictor from a config and the number of features an atom has."""


@dataclass(frozen=True)
class MakeDiffusion:
    """Makes diffusion models around one kind of network.

    Attributes:
        network: makes the noise predictor.
    """

    network: BuildNetwork

    def __call__(
        self, config: DiffusionConfig, elements: int, position_loss: PositionLoss | None
    ) -> Diffusion:
        """A model with random weights; see `trainers.spec.Make`."""
        scaling = config.scaling
        return Diffusion(
            self.network(config, scaling.width(elements)),
            NoiseSchedule(config.schedule, config.timesteps, config.precision),
            scaling=scaling,
            elements=elements,
            position_loss=position_loss,
            counted=config.counted,
        )
