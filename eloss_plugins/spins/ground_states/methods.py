"""Methods by name, which of them suits a spin glass, and the check of what they answer."""

from dataclasses import dataclass
from importlib import import_module
from typing import Protocol, cast

import numpy as np

from eloss_plugins.errors import UsageError
from eloss_plugins.spins.glass import SpinGlass, Spins, canonical, check_spins

METHODS = ("matching", "seams", "transfer", "milp")
"""Modules beside this one, the one to be preferred first."""


class Method(Protocol):
    """What a module of a method offers."""

    def refusal(self, glass: SpinGlass) -> str | None:
        """Why it cannot solve this one, as the end of a sentence; None if it can."""

    def ground_state(self, glass: SpinGlass) -> Spins:
        """`(sites,)` spins of least energy, of either global sign."""


@dataclass(frozen=True, eq=False)
class Solved:
    """A ground state.

    Attributes:
        spins: `(sites,)` int8, the first one +1.
        energy: of the spins.
        method: that found it.
    """

    spins: Spins
    energy: float
    method: str


def solve(glass: SpinGlass, method: str | None = None) -> Solved:
    """A ground state of `glass`; where there are several, any of them.

    Args:
        glass: couplings and graph.
        method: a name of `METHODS`; None for the first that can.

    Raises:
        UsageError: an unknown method, or one that cannot solve this spin glass.
    """
    name = default_method(glass) if method is None else method
    found = _method(name)
    refusal = found.refusal(glass)
    if refusal:
        raise UsageError(f"method `{name}` {refusal}")
    spins = canonical(check_spins(np.asarray(found.ground_state(glass)), glass.num_sites))
    return Solved(spins, float(glass.energy(spins)), name)


def default_method(glass: SpinGlass) -> str:
    """The first method that can solve `glass`."""
    return next(name for name in METHODS if _method(name).refusal(glass) is None)


def _method(name: str) -> Method:
    if name not in METHODS:
        raise UsageError(f"unknown method {name!r}; known: {', '.join(METHODS)}")
    return cast(Method, import_module(f"eloss_plugins.spins.ground_states.{name}"))
