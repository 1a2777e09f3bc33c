"""Hooks through which packages add to eloss-plugins.

A plugin is a module (or an object) named by an entry point of group `eloss`. It
implements any of the hooks below, marked with `eloss_plugins.hookimpl`. Everything is
collected once, when a process starts; a training step calls plain functions.

A plugin may state the hook versions that it was written for in an attribute
`eloss_api`, such as `"1"` or `">=1,<3"`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pluggy

if TYPE_CHECKING:
    from torch import Tensor

    from eloss_plugins.core.loss_batch import LossBatch

API_VERSION = "1"

hookspec = pluggy.HookspecMarker("eloss")
hookimpl = pluggy.HookimplMarker("eloss")

Setting = str | int | float | bool | None


@dataclass(frozen=True)
class BindOptions:
    """What an adapter needs in order to bind a loss to its trainer.

    Attributes:
        loss: maps a `LossBatch` to one number per molecule, `(molecules,)`.
        name: registered name of the loss, for messages.
        settings: everything that was resolved, as `BoundLoss.describe()` returns it.
        uses_bonds: whether the loss wants `LossBatch.bonds`; where the trainer has none, the
            adapter may find them by distance (`chem.batch_bonds`).
    """

    loss: Callable[[LossBatch], Tensor]
    name: str
    settings: Mapping[str, Setting] = field(default_factory=dict)
    uses_bonds: bool = False


@hookspec
def register_losses() -> Mapping[str, Any]:  # type: ignore[empty-body]
    """Losses by name.

    Called once by the plugin manager when it loads. Each value maps a `LossBatch` to
    `(molecules,)`: a frozen dataclass type whose fields are the loss's options, a plain
    function, or `"module:attribute"` that names one and is imported when first used.
    The name `none` is reserved: it leaves the trainer's own loss in place.
    """


@hookspec
def register_discrete_losses() -> Mapping[str, Any]:  # type: ignore[empty-body]
    """Losses over spins by name.

    Called once by the plugin manager when it loads. Each value maps a `SpinBatch`
    (`eloss_plugins.core.discrete`) to `(systems,)`; it is given as a frozen dataclass type,
    a plain function or `"module:attribute"`, as for losses.
    """


@hookspec
def register_stiffness() -> Mapping[str, Any]:  # type: ignore[empty-body]
    """Stiffness laws by name.

    Called once by the plugin manager when it loads. Each value maps `Pairs` to a tensor
    of stiffnesses shaped like `pairs.distances` (angstrom); it is given as a frozen
    dataclass type, a plain function or `"module:attribute"`, as for losses.
    """


@hookspec
def register_edges() -> Mapping[str, Any]:  # type: ignore[empty-body]
    """Edge sets by name.

    Called once by the plugin manager when it loads. Each value maps a `LossBatch` to
    `Edges`, undirected pairs each named once, or to None for all pairs; it is given as
    a frozen dataclass type, a plain function or `"module:attribute"`, as for losses.
    """


@hookspec
def register_trainers() -> Mapping[str, Any]:  # type: ignore[empty-body]
    """Reference trainers by name, for `eloss train`.

    Called once by the plugin manager when it loads. Each value is a `TrainerSpec` or
    `"module:attribute"` that names one and is imported when first used.
    """


@hookspec
def register_upstreams() -> Mapping[str, Any]:  # type: ignore[empty-body]
    """Patch sets for upstream repositories by name, for `eloss patch` and `eloss vendor`.

    Called once by the plugin manager when it loads. Each value is a `PatchSet` of that name
    (`eloss_plugins.patching.patch_set`) or `"module:attribute"` that names one and is imported
    when first used; importing it must not load torch.
    """


@hookspec(firstresult=True)
def bind_trainer(target: str, options: BindOptions) -> Callable[..., Tensor] | None:
    """The position loss in the form that the trainer `target` calls.

    Called by `eloss_plugins.host.bind` once per run, before training, on every plugin
    in order until one answers. The returned callable takes what is in scope at the
    trainer's loss and returns what the trainer expects, usually `(molecules,)`; one
    that must reach worker processes is an instance of a class at module level.
    None means that this plugin does not know `target`.
    """


@hookspec
def after_loss(target: str, step: int, terms: Mapping[str, Any]) -> None:
    """Observe the terms of a loss.

    Called by `eloss_plugins.host.after_loss` after the loss of a step was computed.
    `terms` maps names to detached scalars or `(molecules,)` tensors; they must not be
    changed. An observer that raises is warned about once and not called again.
    """
