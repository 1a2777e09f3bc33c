"""What a loss owes the trainer, checked on its first calls."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.errors import PluginError
from eloss_plugins.plugins.calling import call


class CheckedLoss:
    """A loss whose first calls are checked: once with and once without gradients.

    Args:
        loss: maps a `LossBatch` to `(molecules,)`.
        title: kind, name, plugin and version, for messages.
    """

    def __init__(self, loss: Callable[[LossBatch], Tensor], title: str) -> None:
        self.loss = loss
        self.title = title
        self._unchecked = {True, False}

    def __call__(self, batch: LossBatch) -> Tensor:
        """`(molecules,)` loss.

        Raises:
            PluginError: the loss failed, or its first answer breaks the contract.
        """
        if torch.compiler.is_compiling():
            return self.loss(batch)
        differentiates = torch.is_grad_enabled() and batch.residual.requires_grad
        if differentiates not in self._unchecked:
            answer: Tensor = call(self.loss, self.title, batch)
            return answer
        self._unchecked.discard(differentiates)
        return self._checked(batch, differentiates)

    def _checked(self, batch: LossBatch, differentiates: bool) -> Tensor:
        before = _versions(batch)
        answer = call(self.loss, self.title, batch)
        changed = [name for name, version in _versions(batch).items() if version != before[name]]
        if changed:
            raise PluginError(
                f"{self.title} changed its input `{changed[0]}` in place; copy it first"
            )
        problem = _problem(answer, batch, differentiates)
        if problem:
            raise PluginError(f"{self.title} must return {_expected(batch)}; {problem}")
        assert isinstance(answer, Tensor)
        return answer


def _expected(batch: LossBatch) -> str:
    return f"a tensor of shape ({batch.num_molecules},), one number per molecule, {batch.dtype}"


def _problem(answer: object, batch: LossBatch, differentiates: bool) -> str | None:
    """What is wrong with a loss's answer, in words that end the sentence `must return ...;`."""
    if not isinstance(answer, Tensor):
        return f"got {answer if answer is None else type(answer).__name__}"
    if answer.shape != (batch.num_molecules,):
        return f"got shape {tuple(answer.shape)}"
    if not answer.is_floating_point() or answer.dtype.itemsize < batch.dtype.itemsize:
        return f"got {answer.dtype}"
    if answer.device != batch.target.device:
        return f"got it on {answer.device}, and the batch is on {batch.target.device}"
    if differentiates and not answer.requires_grad:
        return "got one without gradient: was it detached, or made by `torch.tensor`?"
    return _not_finite(answer, batch)


def _not_finite(answer: Tensor, batch: LossBatch) -> str | None:
    bad = (~answer.detach().isfinite()).nonzero().flatten().tolist()
    inputs = (batch.clean_target(), batch.clean_residual().detach(), *batch.ratio())
    if not bad or not all(bool(tensor.isfinite().all()) for tensor in inputs):
        return None
    return f"got NaN or infinity for molecules {bad[:8]} from finite inputs"


def _versions(batch: LossBatch) -> dict[str, int]:
    """In-place changes so far of every tensor in the batch."""
    return {name: tensor._version for name, tensor in _tensors(batch) if not tensor.is_inference()}


def _tensors(batch: LossBatch) -> Iterator[tuple[str, Tensor]]:
    for field in dataclasses.fields(batch):
        value = getattr(batch, field.name)
        if isinstance(value, Tensor):
            yield field.name, value
