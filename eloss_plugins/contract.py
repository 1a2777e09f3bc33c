"""What a loss owes the trainer, checked on every call; its numbers, which cost a wait for the
device, on the first calls alone: the trainer's guard sees to those of later steps.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Tensor

from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.errors import PluginError
from eloss_plugins.plugins.calling import call


class CheckedLoss:
    """A loss whose answers are checked.

    Every call: shape, type and device of the answer, and that the batch was left alone. The first
    call with gradients and the first without: also that the answer is connected to the network and
    finite. While torch.compile traces, what needs no numbers.

    Args:
        loss: maps a `LossBatch` to `(molecules,)`.
        title: kind, name, plugin and version, for messages.
    """

    def __init__(self, loss: Callable[[LossBatch], Tensor], title: str) -> None:
        self.loss = loss
        self.title = title
        self._unseen = {True, False}

    def __call__(self, batch: LossBatch) -> Tensor:
        """`(molecules,)` loss.

        Raises:
            PluginError: the loss failed, or its answer breaks the contract.
        """
        differentiates = torch.is_grad_enabled() and batch.residual.requires_grad
        if torch.compiler.is_compiling():
            answer: Tensor = self.loss(batch)
            self._refuse(_wrong_form(answer, batch) or _detached(answer, differentiates), batch)
            return answer
        before = _versions(batch)
        answer = call(self.loss, self.title, batch)
        self._refuse_changes(before, _versions(batch))
        self._refuse(_wrong_form(answer, batch), batch)
        if differentiates in self._unseen:
            self._unseen.discard(differentiates)
            self._refuse(_detached(answer, differentiates) or _not_finite(answer, batch), batch)
        return answer

    def _refuse_changes(self, before: dict[str, int], after: dict[str, int]) -> None:
        if before != after:
            name = next(name for name in after if after[name] != before[name])
            raise PluginError(f"{self.title} changed its input `{name}` in place; copy it first")

    def _refuse(self, problem: str | None, batch: LossBatch) -> None:
        if problem:
            raise PluginError(f"{self.title} must return {_expected(batch)}; {problem}")


def _expected(batch: LossBatch) -> str:
    return f"a tensor of shape ({batch.num_molecules},), one number per molecule, {batch.dtype}"


def _wrong_form(answer: object, batch: LossBatch) -> str | None:
    """What is wrong with a loss's answer, in words that end the sentence `must return ...;`."""
    if not isinstance(answer, Tensor):
        return f"got {answer if answer is None else type(answer).__name__}"
    if answer.shape != (batch.num_molecules,):
        return f"got shape {tuple(answer.shape)}"
    if not answer.is_floating_point() or answer.dtype.itemsize < batch.dtype.itemsize:
        return f"got {answer.dtype}"
    if answer.device != batch.target.device:
        return f"got it on {answer.device}, and the batch is on {batch.target.device}"
    return None


def _detached(answer: Tensor, differentiates: bool) -> str | None:
    if differentiates and not answer.requires_grad:
        return "got one without gradient: was it detached, or made by `torch.tensor`?"
    return None


def _not_finite(answer: Tensor, batch: LossBatch) -> str | None:
    bad = (~answer.detach().isfinite()).nonzero().flatten().tolist()
    inputs = (batch.clean_target(), batch.clean_residual().detach(), *batch.ratio())
    if not bad or not all(bool(tensor.isfinite().all()) for tensor in inputs):
        return None
    return f"got NaN or infinity for molecules {bad[:8]} from finite inputs"


def _versions(batch: LossBatch) -> dict[str, int]:
    """In-place changes so far of every tensor in the batch."""
    found = vars(batch)
    if batch.bonds is not None:
        found = found | {f"bonds.{name}": tensor for name, tensor in vars(batch.bonds).items()}
    return {
        name: value._version
        for name, value in found.items()
        if isinstance(value, Tensor) and not value.is_inference()
    }
