"""SemlaFlow, patched: from the trainer's arguments to the loss that its model calls.

Upstream: rssrwn/semla-flow, commit 2f41e57, `semlaflow/train.py`. Length scale: the model's
`coord_scale`. Time: t in (0, 1), data at 1. Mask: 1 for real atoms. Parametrization: clean
positions.
"""

from __future__ import annotations

from argparse import Namespace

from eloss_plugins.errors import UsageError
from eloss_plugins.patched import flow
from eloss_plugins.patched.ending import one_sentence

TARGET = "semlaflow"


def bind(args: Namespace) -> flow.FlowLoss | None:
    """The loss that `args` asks for; prints what was resolved and stores it in `args`.

    Args:
        args: the trainer's; `loss_plugin`, `loss_options` and `loss_time_weight` beside
            upstream's own.

    Returns:
        None for the loss `none`.
    """
    with one_sentence():
        if getattr(args, "distill", False):
            raise UsageError(
                f"--loss-plugin {args.loss_plugin} replaces the coordinates' error of `_loss`;"
                " --distill trains with `_distill_loss`: leave one of them out"
            )
    bound = flow.bind(TARGET, args.loss_plugin, args.loss_options, args.loss_time_weight)
    if bound is not None:
        args.loss_options = bound.loss.bound.options
    return bound
