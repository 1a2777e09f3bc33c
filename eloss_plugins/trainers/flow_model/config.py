"""Sizes and choices of the flow-matching model."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from eloss_plugins.trainers.diffusion.scaling import Scaling
from eloss_plugins.trainers.flow_model.coupling import Coupling
from eloss_plugins.trainers.flow_model.path import Prediction, TimeWeight
from eloss_plugins.trainers.flow_model.solvers import Solver
from eloss_plugins.trainers.flow_model.times import TimeDraw
from eloss_plugins.trainers.networks.aggregation import Method
from eloss_plugins.trainers.ranges import (
    ALL_POSITIVE,
    AT_LEAST_ONE,
    NOT_NEGATIVE,
    POSITIVE,
    Range,
    check_ranges,
)

_TOLERANCE: Range = (lambda number: 1e-12 <= number < 1, "from 1e-12 to below 1")
RANGES: Mapping[str, Range] = {
    **dict.fromkeys(("layers", "features", "timesteps", "inv_sublayers"), AT_LEAST_ONE),
    **dict.fromkeys(("normalization_factor",), POSITIVE),
    **dict.fromkeys(("relative_tolerance", "absolute_tolerance"), _TOLERANCE),
    "least_time": (lambda number: 0 <= number < 0.5, "from 0 to below 0.5"),
    "feature_weight": NOT_NEGATIVE,
    "norm_values": ALL_POSITIVE,
    "norm_constant": NOT_NEGATIVE,
}
"""What a size must be beyond its type; anything else gives NaN, or a network that is none."""


@dataclass(frozen=True)
class FlowConfig:
    """Sizes and choices of a flow-matching model; every field has a JSON form.

    Attributes:
        network: `egnn`, equivariant, or `gnn`, plain.
        layers: blocks of the equivariant network, or graph layers of the plain one.
        features: width of the atoms' states.
        timesteps: steps of the sampling, where the solver has a step of its own.
        data_at: the time of the data: 0 as in arXiv 2511.02087, 1 as in most molecular codes.
        prediction: `velocity`, or `endpoint`, the clean molecule.
        time_weight: of an endpoint's error: `own`, 1, or `paper`, 1 / r**2 as a velocity has it.
        time_draw: distribution of the noise level in training: `uniform`, `logit-normal`, or
            `beta`, which leans to the data.
        least_time: least noise level in training, and the last one that adaptive sampling sees.
        coupling: noise to a molecule `none`, at random, or `equivariant`, nearest by rotation
            and permutation.
        feature_weight: factor on the squared error of types and charges.
        solver: of the sampling: `euler`, `midpoint`, `rk4`, or the adaptive `bosh3`, `dopri5`,
            `dopri8`.
        relative_tolerance: of an adaptive solver.
        absolute_tolerance: of an adaptive solver, in model units.
        norm_values: divisors of positions, types, charges.
        include_charges: generate atomic numbers beside the types.
        attention: messages weigh themselves.
        tanh: bound position steps (equivariant network).
        norm_constant: added to distances that divide directions (equivariant network).
        inv_sublayers: graph layers a block (equivariant network).
        sin_embedding: sines and cosines of distances (equivariant network).
        normalization_factor: divisor of summed messages.
        aggregation: `sum` or `mean` of messages.

    Raises:
        UsageError: a number out of its range.
    """

    network: Literal["egnn", "gnn"] = "egnn"
    layers: int = 9
    features: int = 256
    timesteps: int = 100
    data_at: Literal[0, 1] = 0
    prediction: Prediction = "velocity"
    time_weight: TimeWeight = "own"
    time_draw: TimeDraw = "uniform"
    least_time: float = 1e-3
    coupling: Coupling = "none"
    feature_weight: float = 1.0
    solver: Solver = "euler"
    relative_tolerance: float = 1e-4
    absolute_tolerance: float = 1e-4
    norm_values: tuple[float, float, float] = (1.0, 4.0, 10.0)
    include_charges: bool = False
    attention: bool = True
    tanh: bool = True
    norm_constant: float = 1.0
    inv_sublayers: int = 1
    sin_embedding: bool = False
    normalization_factor: float = 1.0
    aggregation: Method = "sum"

    def __post_init__(self) -> None:
        check_ranges(self, RANGES)

    @property
    def scaling(self) -> Scaling:
        """The divisors as `Scaling`."""
        return Scaling(*self.norm_values, include_charges=self.include_charges)
