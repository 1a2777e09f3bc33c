"""Adapter for flow matching: velocities or endpoints, data at t = 0 or t = 1, padded or flat.

For training code that calls a loss itself (target `flow-matching`). Nothing about a trainer is
guessed: it says where its data stand, and by giving a true velocity that it predicts one. Length
scale: the caller's. Mask: one for real atoms. What it takes: `position_loss.flow.FlowPositionLoss`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from eloss_plugins.hookspecs import BindOptions, hookimpl
from eloss_plugins.position_loss.flow import FlowPositionLoss

if TYPE_CHECKING:
    from torch import Tensor

TARGET = "flow-matching"


@hookimpl
def bind_trainer(target: str, options: BindOptions) -> Callable[..., Tensor] | None:
    """The position loss as flow-matching code calls it, for the target `flow-matching`."""
    if target != TARGET:
        return None
    return FlowPositionLoss(options.loss, find_bonds=options.uses_bonds)
