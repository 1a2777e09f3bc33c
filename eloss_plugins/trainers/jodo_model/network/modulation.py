"""How the time vector acts on a layer: shift and scale of what is normed, gate of what is added.

It is a vector of the molecule, so its linear maps run once a molecule and not once a pair.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn.functional import layer_norm

NORM_EPS = 1e-6  # added to variances in the norms (JODO)
PARTS = 6  # shift, scale, gate of either half of a layer


def modulator(time: int, width: int) -> nn.Sequential:
    """From the time vector to `width` numbers."""
    return nn.Sequential(nn.SiLU(), nn.Linear(time, width))


def parts_for(values: Tensor, modulator: nn.Module, time: Tensor, parts: int) -> list[Tensor]:
    """What `modulator` makes of `time`, `(molecules, width)`, in `parts` that go with `values`."""
    made = modulator(time)
    shaped = made.view(len(made), *(1,) * (values.dim() - 2), made.shape[-1])
    return list(shaped.chunk(parts, dim=-1))


def normed(values: Tensor) -> Tensor:
    """`values` with mean 0 and variance 1 along their last axis."""
    return layer_norm(values, values.shape[-1:], eps=NORM_EPS)


def modulated(values: Tensor, shift: Tensor, scale: Tensor) -> Tensor:
    """Each number times 1 + scale, plus shift."""
    return torch.addcmul(shift, values, 1 + scale)


class Modulation(ABC):
    """The two halves of a layer, around what it computes itself."""

    @abstractmethod
    def before(self, values: Tensor) -> Tensor:
        """What the first half sees."""

    @abstractmethod
    def between(self, values: Tensor, added: Tensor) -> Tensor:
        """`values` with the first half's result added, normed: what the second half sees."""

    @abstractmethod
    def after(self, values: Tensor, added: Tensor) -> Tensor:
        """`values` with the second half's result added."""


@dataclass(frozen=True)
class ByTime(Modulation):
    """With the shifts, scales and gates of a time vector, each of a shape to go with the values."""

    shift: Tensor
    scale: Tensor
    gate: Tensor
    second_shift: Tensor
    second_scale: Tensor
    second_gate: Tensor

    def before(self, values: Tensor) -> Tensor:
        """Normed, scaled and shifted."""
        return modulated(normed(values), self.shift, self.scale)

    def between(self, values: Tensor, added: Tensor) -> Tensor:
        """With the gated result; normed, scaled and shifted."""
        total = torch.addcmul(values, self.gate, added)
        return modulated(normed(total), self.second_shift, self.second_scale)

    def after(self, values: Tensor, added: Tensor) -> Tensor:
        """With the gated result."""
        return torch.addcmul(values, self.second_gate, added)


class Timeless(Modulation):
    """Norms and sums alone, for a network that does not see the time."""

    def before(self, values: Tensor) -> Tensor:
        """Normed."""
        return normed(values)

    def between(self, values: Tensor, added: Tensor) -> Tensor:
        """The sum, normed."""
        return normed(values + added)

    def after(self, values: Tensor, added: Tensor) -> Tensor:
        """The sum."""
        return values + added


def modulation(modulator: nn.Module, time: Tensor | None, values: Tensor) -> Modulation:
    """The modulation that `modulator` makes of the time vector for values like `values`."""
    if time is None:
        return Timeless()
    return ByTime(*parts_for(values, modulator, time, PARTS))
