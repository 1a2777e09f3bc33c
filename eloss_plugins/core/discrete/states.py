"""Energies of discrete states, and what one must be."""

from dataclasses import dataclass
from typing import ClassVar, Protocol, runtime_checkable

from torch import Tensor

from eloss_plugins.core.discrete.couplings import Couplings
from eloss_plugins.core.numerics import working_dtype


class StateEnergy(Protocol):
    """An energy as a function of states; any function of this form will do.

    One that is made for a number of states says so in an attribute `num_states`.
    """

    def __call__(self, states: Tensor) -> Tensor:
        """`(..., systems)` energies of `(..., systems, sites)` int64 states, numbered from 0."""


@runtime_checkable
class MultilinearEnergy(Protocol):
    """An energy that also knows its mean over independent sites.

    It does where it is linear in the one-hot vector of each site, as every sum over pairs,
    triples, ... of different sites is: the mean is then the energy of the probabilities.
    """

    def __call__(self, states: Tensor) -> Tensor:
        """As for `StateEnergy`."""

    def expected(self, probabilities: Tensor) -> Tensor:
        """`(systems,)` mean energies under `(systems, sites, states)` probabilities."""


@dataclass(frozen=True)
class IsingStates:
    """H = -sum over pairs of J_ij s_i s_j, state 0 being s = -1 and state 1 being s = +1.

    Attributes:
        couplings: J.
    """

    couplings: Couplings
    num_states: ClassVar[int] = 2

    def __call__(self, states: Tensor) -> Tensor:
        """As for `StateEnergy`."""
        return self.couplings.energy(2 * states - 1)

    def expected(self, probabilities: Tensor) -> Tensor:
        """As for `MultilinearEnergy`."""
        return self.couplings.energy(probabilities[..., 1] - probabilities[..., 0])


@dataclass(frozen=True)
class PottsStates:
    """H = -sum over pairs of J_ij [s_i = s_j], for any number of states.

    Attributes:
        couplings: J.
    """

    couplings: Couplings

    def __call__(self, states: Tensor) -> Tensor:
        """As for `StateEnergy`."""
        first, second = self.couplings.index
        equal = states[..., first] == states[..., second]
        return -(self.couplings.values * equal.to(working_dtype(self.couplings.values))).sum(-1)

    def expected(self, probabilities: Tensor) -> Tensor:
        """As for `MultilinearEnergy`."""
        first, second = self.couplings.index
        equal = (probabilities[..., first, :] * probabilities[..., second, :]).sum(-1)
        return -(self.couplings.values * equal).sum(-1)
