"""TABASCO: what its configuration names, resolved.

Upstream: carlosinator/tabasco, commit 35d5ed8, `FlowMatchingModel._compute_loss`. Length scale:
2.0. Time: t in (0, 1), data at 1. Mask: 1 for padding there, for real atoms here. Parametrization:
clean positions.
"""

from collections.abc import Mapping
from typing import Any

from eloss_plugins.errors import UsageError
from eloss_plugins.patched import flow
from eloss_plugins.patched.ending import one_sentence

NO_LOSS = "the slot model.interdist_loss without a loss is model.interdist_loss=null; got `none`"


def bind(
    target: str, loss: str, options: str | Mapping[str, Any], time_weight: str
) -> flow.FlowLoss:
    """The loss of the slot; see `flow.bind`."""
    bound = flow.bind(target, loss, options, time_weight)
    with one_sentence():
        if bound is None:
            raise UsageError(NO_LOSS)
    return bound
