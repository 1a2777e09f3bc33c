"""Three ways to the mean of an energy over independent sites: its form, all states, samples."""

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from eloss_plugins.core.discrete.states import MultilinearEnergy, StateEnergy

MAX_CONFIGURATIONS = 1 << 16
"""Configurations that enumeration takes on, those of 16 spins: seconds and some 100 MB."""


class Expectation(Protocol):
    """A way to the mean of an energy."""

    def __call__(self, energy: StateEnergy, log_probabilities: Tensor) -> Tensor:
        """`(systems,)` mean energies under `(systems, sites, states)` log-probabilities,
        differentiable in these.
        """


@dataclass(frozen=True)
class Multilinear:
    """The mean in closed form, of an energy that has one."""

    def __call__(self, energy: StateEnergy, log_probabilities: Tensor) -> Tensor:
        """As for `Expectation`.

        Raises:
            TypeError: the energy has no method `expected`.
        """
        if not isinstance(energy, MultilinearEnergy):
            raise TypeError(
                f"a multilinear mean needs an energy with a method `expected(probabilities)`; "
                f"{type(energy).__name__} has none. Use Sampling(), or Enumeration() if small"
            )
        systems = log_probabilities.shape[:1]
        return checked(energy.expected(log_probabilities.exp()), systems, "expected")


@dataclass(frozen=True)
class Enumeration:
    """The mean as the sum over all configurations, for small systems.

    Attributes:
        limit: configurations beyond which it refuses.
    """

    limit: int = MAX_CONFIGURATIONS

    def __call__(self, energy: StateEnergy, log_probabilities: Tensor) -> Tensor:
        """As for `Expectation`.

        Raises:
            ValueError: there are more configurations than the limit.
        """
        systems, sites, states = log_probabilities.shape
        every = all_states(sites, states, self.limit, log_probabilities.device)
        every = every[:, None].expand(-1, systems, -1)
        weight = log_likelihood(log_probabilities, every).exp()
        # A configuration that cannot occur adds nothing, be its energy infinite.
        values = torch.where(weight == 0, 0, energies(energy, every))
        return (weight * values).sum(0)


@dataclass(frozen=True)
class Sampling:
    """The mean over samples; value and gradient are right on average, for any energy.

    The gradient is that of the score function, the mean of (E(s) - b) times the gradient of
    log q(s). The baseline b of a sample is the mean energy of the others, which does not depend on
    it, so the gradient stays right on average; an offset of the energy then adds no variance.

    Attributes:
        samples: samples of each system, 2 or more with the baseline.
        baseline: whether to subtract it.
        generator: source of randomness; None for torch's own.
    """

    samples: int = 64
    baseline: bool = True
    generator: torch.Generator | None = None

    def __post_init__(self) -> None:
        least = 2 if self.baseline else 1
        if self.samples < least:
            raise ValueError(
                f"samples must be {least} or more, {'with' if self.baseline else 'without'} a "
                f"baseline; got {self.samples}"
            )

    def __call__(self, energy: StateEnergy, log_probabilities: Tensor) -> Tensor:
        """As for `Expectation`."""
        states = draw(log_probabilities.detach(), self.samples, self.generator)
        values = energies(energy, states)
        advantage = values.detach() - (others_mean(values.detach()) if self.baseline else 0)
        score = log_likelihood(log_probabilities, states)
        # Zero in value; in gradient the score times the advantage.
        return values.mean(0) + (advantage * (score - score.detach())).mean(0)


def all_states(sites: int, states: int, limit: int, device: torch.device) -> Tensor:
    """`(states**sites, sites)` int64, every configuration once.

    Raises:
        ValueError: there are more than `limit`.
    """
    count = states**sites
    if count > limit:
        raise ValueError(
            f"{sites} sites of {states} states have more than {limit} configurations; use "
            "Sampling(), or Multilinear() if the energy has a method `expected`"
        )
    number = torch.arange(count, device=device)[:, None]
    return number // states ** torch.arange(sites, device=device) % states


def energies(energy: StateEnergy, states: Tensor) -> Tensor:
    """`(..., systems)` energies of `(..., systems, sites)` states, their shape checked."""
    return checked(energy(states), states.shape[:-1], "energy")


def checked(answer: Tensor, shape: torch.Size, name: str) -> Tensor:
    """The answer of an energy, if it has one number for each configuration.

    Raises:
        ValueError: it has another shape.
    """
    if answer.shape != shape:
        raise ValueError(
            f"`{name}` must give one number for each system and sample, {tuple(shape)}; "
            f"got {tuple(answer.shape)}"
        )
    return answer


def log_likelihood(log_probabilities: Tensor, states: Tensor) -> Tensor:
    """`(..., systems)` log q of `(..., systems, sites)` states.

    Args:
        log_probabilities: `(systems, sites, states)`.
        states: `(..., systems, sites)` int64.
    """
    table = log_probabilities.expand(*states.shape, -1)
    return table.gather(-1, states[..., None])[..., 0].sum(-1)


def draw(log_probabilities: Tensor, samples: int, generator: torch.Generator | None) -> Tensor:
    """`(samples, systems, sites)` int64 states, drawn site by site.

    The state whose exponential waiting time over its probability is least: one of probability 0
    never is, and a NaN stays in its system.
    """
    shape = (samples, *log_probabilities.shape)
    times = log_probabilities.new_empty(shape).exponential_(generator=generator)
    return (log_probabilities - times.log()).argmax(-1)


def others_mean(values: Tensor) -> Tensor:
    """For each of `(samples, systems)` values the mean of the other samples."""
    return (values.sum(0) - values) / (values.shape[0] - 1)
