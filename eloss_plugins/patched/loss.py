"""A bound loss inside a patched trainer: first-batch checks, validation means, step guard."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Protocol

import torch
from torch import Tensor

from eloss_plugins import host
from eloss_plugins.patched.ending import one_sentence, say
from eloss_plugins.patched.guard import StepGuard
from eloss_plugins.position_loss import first_batch


class Logger(Protocol):
    """As much of wandb as is used."""

    def log(self, values: dict[str, float], /) -> object:
        """Keep numbers by name."""


class PatchedLoss:
    """What a patched trainer calls in place of its own position error.

    Args:
        bound: from `host.bind`.
        elements: atomic number of each column of the trainer's one-hot types; empty if unknown.
    """

    def __init__(self, bound: host.BoundLoss, elements: tuple[int, ...] = ()) -> None:
        self.bound = bound
        self.elements = elements
        self.guard = StepGuard()
        self._steps = 0
        self._seen: list[float] = []
        self._checked = False

    @property
    def name(self) -> str:
        """The loss as the user writes it."""
        return str(self.bound.settings["loss"])

    def __call__(self, *, training: bool, **scene: Any) -> Tensor:
        """The position error of each molecule, `(molecules,)`.

        Args:
            training: whether it is trained on; otherwise it only counts in `report`.
            scene: the arguments of the trainer's adapter by name: `positions`, `mask`,
                `length_scale`, `noise` where there is one, and what else it takes.
        """
        with one_sentence():
            self._check(**scene)
            answer = self.bound(**scene)
        if training:
            self._steps += 1
            host.after_loss(str(self.bound.settings["target"]), self._steps, {"position": answer})
        else:
            self._seen.extend(answer.detach().tolist())
        return answer

    def numbers(self, types: Tensor) -> Tensor | None:
        """Atomic numbers `(molecules, atoms)` of one-hot types `(molecules, atoms, types)`.

        Padding gets some number; None when the trainer's elements are not known.
        """
        if len(self.elements) != types.shape[-1]:
            return None
        return torch.tensor(self.elements, device=types.device)[types.argmax(-1)]

    def skips(self, loss: Tensor, parameters: Iterable[Tensor]) -> bool:
        """Whether the step must be left out, since loss or gradient is not finite; says so.

        To be asked after backward and before anything looks at the gradient.
        """
        with one_sentence():
            fault = self.guard.fault(loss, parameters)
        if fault:
            say(f"left out a step with a {fault}; {self.guard.in_all} so far")
        return fault is not None

    def report(self, partition: str, logger: Logger | None) -> None:
        """Print and log the mean over the molecules seen since the last report.

        Args:
            partition: `Val`, `Test`, as the trainer calls it.
            logger: wandb, which gets `{"Val energy": mean}`; None where the trainer has none.
        """
        if not self._seen:
            return
        mean = math.fsum(self._seen) / len(self._seen)
        self._seen.clear()
        say(f"{partition} {self.name}: {mean:.4f}")
        if logger is not None:
            logger.log({f"{partition} {self.name}": mean})

    def _check(
        self,
        *,
        positions: Tensor,
        mask: Tensor,
        noise: Tensor | None = None,
        length_scale: float = 1.0,
        **_: Any,
    ) -> None:
        """Check the first batch; what an adapter itself stands for, it checks."""
        if self._checked:
            return
        real = first_batch.plain_mask(mask)
        first_batch.check_mask(mask, positions)
        first_batch.check_finite(positions, real)
        if noise is not None:
            first_batch.check_centred(noise, real, name="noise")
        first_batch.check_angstrom(positions, real, length_scale)
        self._checked = True
