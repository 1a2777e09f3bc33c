"""Leaving out optimizer steps whose loss or gradient is not finite."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.errors import Refused

STEPS_IN_A_ROW = 3  # as many as `eloss train` puts up with
BAD_LOSS = "loss that is not finite"
BAD_GRADIENT = "gradient that is not finite"


@dataclass
class StepGuard:
    """Counts steps that must not reach the weights.

    Clipping by a queue of past gradient norms, as EDM and JODO have it, is broken for good by one
    NaN: it enters the queue, the limit becomes NaN, and so does every later gradient. So the
    guard stands after backward, which alone shows an infinite gradient, and before clipping.

    Attributes:
        in_a_row: bad steps since the last good one.
        in_all: bad steps of the run.
    """

    in_a_row: int = 0
    in_all: int = 0

    def fault(self, loss: Tensor, parameters: Iterable[Tensor]) -> str | None:
        """What is not finite, in words; None when the step is fit to be taken.

        Args:
            loss: scalar.
            parameters: with their gradients.

        Raises:
            Refused: too many bad steps in a row.
        """
        if not bool(torch.isfinite(loss).all()):
            return self.count(BAD_LOSS)
        return self.count(None if finite_gradients(parameters) else BAD_GRADIENT)

    def count(self, fault: str | None) -> str | None:
        """Count a step with what is not finite in it, None for a good one; gives it back.

        Raises:
            Refused: too many bad steps in a row.
        """
        self.in_a_row = self.in_a_row + 1 if fault else 0
        self.in_all += bool(fault)
        if self.in_a_row >= STEPS_IN_A_ROW:
            raise Refused(
                f"{self.in_a_row} steps in a row had a {fault}; stopped, since the weights cannot"
                " be trained any further: start again from the last checkpoint with a lower"
                " learning rate"
            )
        return fault


def finite_gradients(parameters: Iterable[Tensor]) -> bool:
    """Whether all gradients that there are are finite."""
    gradients = [p.grad for p in parameters if p.grad is not None]
    # a norm is cheap, but overflows where the gradients themselves do not
    return bool(torch.isfinite(torch.nn.utils.get_total_norm(gradients))) or all(
        bool(torch.isfinite(gradient).all()) for gradient in gradients
    )
