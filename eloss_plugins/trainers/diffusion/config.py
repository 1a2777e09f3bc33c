"""Sizes and choices of the diffusion model."""

from collections.abc import Mapping
from dataclasses import dataclass

from eloss_plugins.trainers.diffusion.objective import Counted
from eloss_plugins.trainers.diffusion.scaling import Scaling
from eloss_plugins.trainers.networks.aggregation import Method
from eloss_plugins.trainers.ranges import (
    ALL_FINITE,
    ALL_POSITIVE,
    AT_LEAST_ONE,
    NOT_NEGATIVE,
    POSITIVE,
    Range,
    check_ranges,
)

LEAST_PRECISION = 1e-12  # below it 1 - alpha^2 keeps under four digits in float64
RANGES: Mapping[str, Range] = {
    **dict.fromkeys(("layers", "features", "timesteps", "inv_sublayers"), AT_LEAST_ONE),
    "precision": (
        lambda number: LEAST_PRECISION <= number < 0.5,
        f"from {LEAST_PRECISION:g} to below 0.5",
    ),
    "norm_values": ALL_POSITIVE,
    "norm_biases": ALL_FINITE,
    "norm_constant": NOT_NEGATIVE,
    "normalization_factor": POSITIVE,
}
"""What a size must be beyond its type; anything else gives NaN, or a network that is none."""


@dataclass(frozen=True)
class DiffusionConfig:
    """Sizes and choices of a diffusion model; every field has a JSON form.

    Attributes:
        layers: blocks of the equivariant network, or graph layers of the plain one.
        features: width of the atoms' states.
        timesteps: steps of the noise process.
        schedule: `polynomial_N` or `cosine`.
        precision: least noise and least signal, as variances, of a polynomial schedule.
        norm_values: divisors of positions, types, charges.
        norm_biases: subtracted from types and charges before the division.
        include_charges: generate atomic numbers beside the types.
        attention: messages weigh themselves.
        tanh: bound position steps (equivariant network).
        norm_constant: added to distances that divide directions (equivariant network).
        inv_sublayers: graph layers a block (equivariant network).
        sin_embedding: sines and cosines of distances (equivariant network).
        normalization_factor: divisor of summed messages.
        aggregation: `sum` or `mean` of messages.
        condition_time: the network sees the time.
        count_padding: let padding atoms count in messages and means, as upstream's code does.
        counted: atoms in the divisor of the squared error: `real`, or `padded` as in upstream's
            code, where a molecule's loss depends on the longest of its batch.

    Raises:
        UsageError: a number out of its range.
    """

    layers: int = 9
    features: int = 256
    timesteps: int = 1000
    schedule: str = "polynomial_2"
    precision: float = 1e-5
    norm_values: tuple[float, float, float] = (1.0, 4.0, 10.0)
    norm_biases: tuple[float, float] = (0.0, 0.0)
    include_charges: bool = True
    attention: bool = True
    tanh: bool = True
    norm_constant: float = 1.0
    inv_sublayers: int = 1
    sin_embedding: bool = False
    normalization_factor: float = 1.0
    aggregation: Method = "sum"
    condition_time: bool = True
    count_padding: bool = False
    counted: Counted = "real"

    def __post_init__(self) -> None:
        check_ranges(self, RANGES)

    @property
    def scaling(self) -> Scaling:
        """The divisors and biases as `Scaling`."""
        return Scaling(*self.norm_values, *self.norm_biases, self.include_charges)
