"""Sizes and choices of JODO's model."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from eloss_plugins.errors import UsageError

Schedule = Literal["cosine", "linear", "polynomial"]
Sampler = Literal["ancestral", "dpm-solver"]
Steps = Literal["single", "multi"]
Range = tuple[Callable[[Any], bool], str]
ORDERS = (1, 2, 3)
MULTISTEP_ORDERS = (1, 2)
BOND_CHANNELS = (2, 3)

_AT_LEAST_ONE: Range = (lambda number: number >= 1, "1 or more")
RANGES: Mapping[str, Range] = {
    **dict.fromkeys(("layers", "features", "heads", "mlp_ratio", "timesteps"), _AT_LEAST_ONE),
    "extra_heads": (lambda number: number >= 2 and number % 2 == 0, "even and 2 or more"),
    "dropout": (lambda number: 0 <= number < 1, "from 0 to below 1"),
    "spatial_cutoff": (lambda number: 0 <= number < math.inf, "finite and 0 or more"),
    "edge_threshold": (math.isfinite, "finite"),
    "bond_channels": (lambda number: number in BOND_CHANNELS, "2, or 3 with aromatic bonds"),
    "norm_values": (lambda numbers: all(0 < n < math.inf for n in numbers), "positive and finite"),
    "loss_weights": (lambda numbers: all(0 <= n < math.inf for n in numbers), "finite, 0 or more"),
    "charge_range": (lambda ends: -math.inf < ends[0] < ends[1] < math.inf, "two numbers, rising"),
    "solver_order": (lambda number: number in ORDERS, "1, 2 or 3"),
}
"""What a size must be beyond its type; anything else gives NaN, or a network that is none."""


@dataclass(frozen=True)
class JodoConfig:
    """Sizes and choices of JODO's model; every field has a JSON form.

    Attributes:
        layers: blocks of the graph transformer.
        features: width of the atoms' states.
        heads: attention heads, those from adjacency included.
        extra_heads: heads that attend along the noisy bonds and between near atoms.
        mlp_ratio: width of the feed-forward layers over `features`.
        dropout: within the feed-forward layers and the attention.
        distance_basis: Gaussians of distances; without it, the squared distance alone.
        condition_time: the network sees the noise level.
        centre_layers: centre the positions after each layer.
        spatial_cutoff: largest squared distance of near atoms, in squared model units.
        edge_threshold: conditioning bond channel above which atoms count as bonded.
        softmax_inf: heads from adjacency attend to nothing else at all.
        bond_channels: 2 (exists, order), or 3 with aromatic bonds.
        timesteps: steps of sampling.
        schedule: `cosine`, `linear` or `polynomial`.
        norm_values: divisors of positions, types, formal charges, bonds.
        centred: types and bonds run from -1 to 1 before the division instead of 0 to 1.
        loss_weights: of positions, of types and charges, of bonds.
        align: turn the clean positions onto the noisy ones before they are compared.
        self_condition: half of the batches show the network its own first answer.
        clamp_condition: keep types, charges and bonds of that answer within their ranges.
        reduce_mean: divide by atoms and pairs; sums otherwise.
        sampler: `ancestral` or `dpm-solver`.
        solver_order: order of the DPM-Solver; at most 2 over several steps.
        solver_steps: a `single` step of the solver, or from the `multi` ones before it.
        include_formal_charges: generate formal charges beside the types.
        charge_range: least and largest formal charge, for `clamp_condition`.

    Raises:
        UsageError: a number out of its range.
    """

    layers: int = 8
    features: int = 256
    heads: int = 16
    extra_heads: int = 2
    mlp_ratio: int = 2
    dropout: float = 0.1
    distance_basis: bool = True
    condition_time: bool = True
    centre_layers: bool = True
    spatial_cutoff: float = 2.0
    edge_threshold: float = 0.0
    softmax_inf: bool = True
    bond_channels: int = 2
    timesteps: int = 1000
    schedule: Schedule = "cosine"
    norm_values: tuple[float, float, float, float] = (1.0, 4.0, 4.0, 1.0)
    centred: bool = True
    loss_weights: tuple[float, float, float] = (1.0, 0.25, 0.1)
    align: bool = True
    self_condition: bool = True
    clamp_condition: bool = False
    reduce_mean: bool = False
    sampler: Sampler = "ancestral"
    solver_order: int = 2
    solver_steps: Steps = "single"
    include_formal_charges: bool = True
    charge_range: tuple[float, float] = (-1.0, 1.0)

    def __post_init__(self) -> None:
        for name, (fits, wanted) in RANGES.items():
            value = getattr(self, name)
            if not fits(value):
                raise UsageError(f"model setting `{name}` must be {wanted}; got {value}")
        self._check_heads()
        if self.solver_steps == "multi" and self.solver_order not in MULTISTEP_ORDERS:
            raise UsageError(
                "model setting `solver_order` must be 1 or 2 with `solver_steps=multi`;"
                f" got {self.solver_order}"
            )

    @property
    def aromatic_bonds(self) -> bool:
        """Whether a channel of the bonds says that they are aromatic."""
        return self.bond_channels > BOND_CHANNELS[0]

    def _check_heads(self) -> None:
        if self.features % self.heads:
            raise UsageError(
                "model setting `heads` must divide `features`;"
                f" got {self.heads} heads and {self.features} features"
            )
        if self.extra_heads >= self.heads:
            raise UsageError(
                "model setting `extra_heads` must be less than `heads`;"
                f" got {self.extra_heads} of {self.heads}"
            )
