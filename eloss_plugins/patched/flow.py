"""Flow-matching trainers, patched or by a slot: a loss bound with its time weight."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from torch import Tensor

from eloss_plugins import host
from eloss_plugins.patched.ending import one_sentence, say
from eloss_plugins.patched.lightning_guard import step_guard
from eloss_plugins.patched.loss import PatchedLoss
from eloss_plugins.patched.settings import say_settings
from eloss_plugins.position_loss.first_flow_batch import check_convention

DATA_AT = 1


class FlowLoss:
    """A loss of positions that hands the time weight on with each call.

    Args:
        loss: the bound loss and its checks.
        time_weight: `own` or `paper`.
    """

    def __init__(self, loss: PatchedLoss, time_weight: str) -> None:
        self.loss = loss
        self.time_weight = time_weight

    @property
    def name(self) -> str:
        """The loss as the user writes it."""
        return self.loss.name

    def __call__(self, *, training: bool, **scene: Any) -> Tensor:
        """The position loss of each molecule, `(molecules,)`.

        Args:
            training: whether it is trained on, which observers are told.
            scene: the arguments of the trainer's adapter by name.
        """
        scene = {"time_weight": self.time_weight, **scene}
        if training:
            return self.loss(training=True, **scene)
        with one_sentence():
            return self.loss.bound(**scene)

    def watch(self, trainer: Any) -> None:
        """Leave out the steps of a Lightning trainer that are not finite; see `lightning_guard`."""
        with one_sentence():
            # first, so that what others do to gradients they do not do to those of a bad step
            trainer.callbacks.insert(0, step_guard(self.loss.guard))


def bind(
    target: str, loss: str, options: str | Mapping[str, Any], time_weight: str
) -> FlowLoss | None:
    """The loss as the trainer `target` calls it, None for `none`; prints what was resolved.

    Args:
        target: `semlaflow` or `tabasco`.
        loss: registered name.
        options: its settings.
        time_weight: `own` or `paper`.
    """
    with one_sentence():
        check_convention(DATA_AT, time_weight)
        bound = host.bind(target, loss, options)
    if bound is None:
        return None
    say_settings(bound, None, "")
    say(f"time weight: {time_weight}")
    return FlowLoss(PatchedLoss(bound), time_weight)
