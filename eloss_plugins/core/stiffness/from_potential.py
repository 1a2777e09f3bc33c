"""Stiffness as the curvature of any pair potential, by automatic differentiation."""

import importlib
import inspect
from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor
from torch.func import grad, vmap

from eloss_plugins.core.checks import check_not_negative
from eloss_plugins.core.pairs import Pairs
from eloss_plugins.core.stiffness.potentials import POTENTIALS

PairPotential = Callable[..., Tensor]

ARGUMENTS = {"minimum": ("distance", "minimum"), "fixed": ("distance",)}
"""What a potential is called with, by placement."""


@dataclass(frozen=True)
class FromPotential:
    """k = max(phi''(r), 0) + floor at the data's distance r.

    Attributes:
        potential: a known name, `module:function`, or a callable on scalar tensors. Placed
            potentials take (r, r0) and have their minimum at r0; fixed ones take r alone.
        placement: `minimum` puts the potential's minimum at the data's own distance; `fixed`
            takes the potential as it stands. A fixed potential is concave at long range; there
            k is `floor`, and its slope is dropped, because the loss must have its minimum at the
            data.
        floor: least stiffness, so that no pair is left free.
    """

    potential: str | PairPotential = "lennard-jones"
    placement: str = "minimum"
    floor: float = 0.0
    _function: PairPotential = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_not_negative(floor=self.floor)
        if self.placement not in ARGUMENTS:
            raise ValueError(f"placement must be `minimum` or `fixed`; got {self.placement!r}")
        # Resolved once: the training step must not import.
        function = find_potential(self.potential)
        check_arguments(function, self.placement)
        object.__setattr__(self, "_function", function)

    def __call__(self, pairs: Pairs) -> Tensor:
        """`(...)` stiffness."""
        return self.curvature(pairs).clamp_min(0) + self.floor

    def curvature(self, pairs: Pairs) -> Tensor:
        """`(...)` second derivative of the potential at each distance, of either sign."""
        distances = pairs.distances.flatten()
        if self.placement == "fixed":
            return curvature(self._function, distances).view_as(pairs.distances)
        return curvature(self._function, distances, distances).view_as(pairs.distances)

    def num_clipped(self, pairs: Pairs) -> Tensor:
        """Scalar count of pairs where the potential is concave and k is the floor."""
        return (self.curvature(pairs) < 0).sum()


def curvature(potential: PairPotential, distances: Tensor, *parameters: Tensor) -> Tensor:
    """Second derivative of `potential` by its first argument, for each of `(pairs,)` distances."""
    if distances.numel() == 0:
        return torch.zeros_like(distances)  # vmap over nothing fails
    second: Callable[..., Tensor] = vmap(grad(grad(potential)))
    return second(distances, *parameters)


def find_potential(potential: str | PairPotential) -> PairPotential:
    """The callable behind a known name or `module:function`; a callable is its own answer.

    Raises:
        ValueError: neither a known name nor an importable function.
    """
    found = _imported(potential) if isinstance(potential, str) else potential
    if not callable(found):
        raise ValueError(
            f"potential must be a function of distances; got {potential!r}, which names "
            f"a {type(found).__name__}"
        )
    return found


def check_arguments(function: PairPotential, placement: str) -> None:
    """Raise ValueError for a function that cannot be called as `placement` wants it."""
    try:
        signature = inspect.signature(function)
    except ValueError:  # built-in functions need not have one
        return
    arguments = ARGUMENTS[placement]
    try:
        signature.bind(*arguments)
    except TypeError as error:
        raise ValueError(
            f"placement={placement} calls the potential with ({', '.join(arguments)}), and "
            f"`{getattr(function, '__name__', function)}` takes {signature}; "
            "choose the other placement or another potential"
        ) from error


def _imported(potential: str) -> object:
    if potential in POTENTIALS:
        return POTENTIALS[potential]
    module, _, name = potential.partition(":")
    try:
        return getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError, TypeError, ValueError) as error:
        raise ValueError(
            f"unknown potential {potential!r}; known: {', '.join(POTENTIALS)}, "
            "or write module:function"
        ) from error
