"""What a loss over spins owes its trainer, checked on every call by form and never by value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.discrete.spin_batch import SpinBatch
from eloss_plugins.errors import PluginError


@dataclass(frozen=True)
class CheckedDiscreteLoss:
    """A loss over spins whose answers are checked: shape, type, device, and that a gradient leads
    back to the network where one is asked for.

    Attributes:
        loss: maps a `SpinBatch` to `(systems,)`.
        title: kind, name, plugin and version, for messages.
    """

    loss: Callable[[SpinBatch], Tensor]
    title: str

    def __call__(self, batch: SpinBatch) -> Tensor:
        """`(systems,)` loss.

        Raises:
            PluginError: the answer breaks the contract.
        """
        answer = self.loss(batch)
        problem = _problem(answer, batch)
        if problem:
            raise PluginError(
                f"{self.title} must return a tensor of shape ({batch.logits.shape[0]},), one "
                f"number per system, {batch.dtype}; {problem}"
            )
        return answer


def _problem(answer: object, batch: SpinBatch) -> str | None:
    """What is wrong with an answer, in words that end the sentence `must return ...;`."""
    if not isinstance(answer, Tensor):
        return f"got {answer if answer is None else type(answer).__name__}"
    if answer.shape != batch.logits.shape[:1]:
        return f"got shape {tuple(answer.shape)}"
    if not answer.is_floating_point() or answer.dtype.itemsize < batch.dtype.itemsize:
        return f"got {answer.dtype}"
    if answer.device != batch.logits.device:
        return f"got it on {answer.device}, and the batch is on {batch.logits.device}"
    if torch.is_grad_enabled() and batch.logits.requires_grad and not answer.requires_grad:
        return "got one without gradient: was it detached, or made by `torch.tensor`?"
    return None
