"""The calls that a trainer makes: bind a loss at the start, observe after a step.

Importing this module is cheap and changes nothing; plugins are loaded by `bind`.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from eloss_plugins.errors import UsageError
from eloss_plugins.hookspecs import BindOptions
from eloss_plugins.plugins import manager, settings
from eloss_plugins.plugins.calling import call
from eloss_plugins.plugins.choice import choose
from eloss_plugins.plugins.loading import Implementation, one_line
from eloss_plugins.plugins.names import normalise, shorten, unknown
from eloss_plugins.plugins.options import Value, join, parse, write
from eloss_plugins.plugins.parts import Parts, plan
from eloss_plugins.plugins.registry import Registration

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from torch import Tensor

NONE = "none"
TUNED = "tuned"
STATEFUL = ("state_dict", "load_state_dict")
"""Methods of a part of a loss that has something to keep between steps."""

_PROVENANCE = ("target", "loss", "plugin", "version", "preset")


@dataclass(frozen=True)
class BoundLoss:
    """A loss in the form that one trainer calls; picklable where its plugin's parts are.

    Attributes:
        function: what the adapter made; called with what is in scope at the trainer's loss.
        title: kind, name, plugin and version, for messages.
        settings: everything that was resolved.
        loss: what was made of the settings, of which the function is the adapter's form.
    """

    function: Callable[..., Tensor]
    title: str
    settings: Mapping[str, Value]
    loss: object = None

    def __call__(self, *args: Any, **kwargs: Any) -> Tensor:
        """What the trainer expects, usually `(molecules,)`.

        Raises:
            PluginError: the plugin failed; the message names it and the cause is kept.
        """
        answer: Tensor = call(self.function, self.title, *args, **kwargs)
        return answer

    def describe(self) -> dict[str, Value]:
        """Everything that was resolved, in order: target, loss, plugin, version, preset,
        then each setting by its full name. Plain values, for the log and the checkpoint.
        """
        return dict(self.settings)

    def prepare(
        self,
        positions: NDArray[np.float64],
        numbers: NDArray[np.int64],
        offsets: NDArray[np.int64],
    ) -> None:
        """Let parts of the loss that want to see the data set before training do so.

        Args:
            positions: `(atoms, 3)` angstrom, clean, all molecules end to end.
            numbers: `(atoms,)` atomic numbers.
            offsets: `(molecules + 1,)`; molecule i owns atoms `offsets[i]:offsets[i + 1]`.
        """
        from eloss_plugins.core.needs import parts_with

        for _, part in parts_with(self.loss, "prepare"):
            part.prepare(positions, numbers, offsets)

    def state_dict(self) -> dict[str, Any]:
        """What must be kept so that a run goes on as if it had not stopped, by part: the random
        numbers of edge sets that draw. Tensors and plain containers; empty for most losses.
        """
        from eloss_plugins.core.needs import parts_with

        return {name: part.state_dict() for name, part in parts_with(self.loss, *STATEFUL)}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict` gave; parts that are not in it stay as they are."""
        from eloss_plugins.core.needs import parts_with

        for name, part in parts_with(self.loss, *STATEFUL):
            if name in state:
                part.load_state_dict(state[name])

    @property
    def options(self) -> str:
        """The text that, given to `bind` with the same loss, makes this loss again."""
        dropped = {name for name in self.settings if name.endswith((".plugin", ".version"))}
        kept = {n: v for n, v in self.settings.items() if n not in dropped and n not in _PROVENANCE}
        return join(kept)


def bind(
    target: str,
    loss: str,
    options: str | Mapping[str, Value] = "",
    plugins: manager.Plugins | None = None,
) -> BoundLoss | None:
    """The loss `loss` for the trainer `target`, resolved once and for all.

    Args:
        target: the trainer as its adapter knows it: `"edm"`, `"gdm"`.
        loss: a registered name, or `dist:name` where two plugins share one.
        options: `"name=value,name=value"` or a mapping. `preset=NAME` gives values that
            the other options override; `preset=tuned` is the trainer's own, and what no
            options at all mean, where there is one; for flow matching they mean
            `preset=balanced`.
        plugins: those to use instead of the installed ones.

    Returns:
        The bound loss, or None for `none`: the trainer keeps its own.

    Raises:
        UsageError: an unknown name or option, a value of a wrong type or out of range.
        Refused: the plugin that was asked for is broken or blocked.
    """
    given = parse(options)
    if normalise(loss) == NONE:
        _refuse_options(given)
        return None
    installed = manager.load() if plugins is None else plugins
    registration = installed.losses.find(loss)
    return _bind(target, registration, given, installed)


def bind_discrete(
    loss: str, options: str | Mapping[str, Value] = "", plugins: manager.Plugins | None = None
) -> BoundLoss:
    """The loss over spins `loss`, resolved once and for all.

    Args:
        loss: a registered name, or `dist:name` where two plugins share one.
        options: `"name=value,name=value"` or a mapping.
        plugins: those to use instead of the installed ones.

    Returns:
        A function of a `SpinBatch` that gives `(systems,)`.

    Raises:
        UsageError: an unknown name or option, a value of a wrong type or out of range.
        Refused: the plugin that was asked for is broken or blocked.
    """
    from eloss_plugins.discrete_contract import CheckedDiscreteLoss

    installed = manager.load() if plugins is None else plugins
    registration = installed.discrete_losses.find(loss)
    tree = plan(registration, {}, {})
    made = settings.build(tree, settings.resolve(tree, parse(options)))
    source = registration.source
    provenance = {"loss": registration.name, "plugin": source.name, "version": source.version}
    described = provenance | settings.describe(tree, made)
    return BoundLoss(CheckedDiscreteLoss(made, tree.title()), tree.title(), described, made)


def check(loss: str) -> None:
    """Refuse a loss that cannot be bound, before anything heavy is imported or read.

    Raises:
        UsageError: an unknown name, or one that two plugins registered.
        Refused: the plugin that was asked for is broken or blocked.
    """
    if normalise(loss) != NONE:
        manager.load().losses.find(loss)


def after_loss(target: str, step: int, terms: Mapping[str, Any]) -> None:
    """Tell observers the terms of a loss; returns at once when nobody listens.

    Args:
        target: the trainer, as for `bind`.
        step: optimizer step.
        terms: scalars or `(molecules,)` tensors; observers get them detached.
    """
    observers = manager.observers()
    if not observers:
        return
    detached = {name: _detached(value) for name, value in terms.items()}
    for observer in tuple(observers):
        if not _tell(observer, target, step, detached):
            observers.remove(observer)


def _bind(
    target: str, registration: Registration, given: Mapping[str, Value], installed: manager.Plugins
) -> BoundLoss:
    from eloss_plugins.contract import CheckedLoss
    from eloss_plugins.core.needs import uses_bonds
    from eloss_plugins.core.presets import BALANCED, UNTUNED

    presets = partial(_preset, target, registration)
    default = BALANCED.name if target in UNTUNED else TUNED
    chosen = choose(registration, given, _parts(installed), presets, default)
    loss = settings.build(chosen.tree, chosen.values)
    described = _provenance(target, registration, chosen.preset)
    described |= settings.describe(chosen.tree, loss)
    checked = CheckedLoss(loss, chosen.tree.title())
    options = BindOptions(checked, registration.name, described, uses_bonds(loss))
    bound = installed.bind_trainer(target, options)
    if bound is None:
        raise UsageError(_no_adapter(target, installed))
    source, function = bound
    return BoundLoss(function, f"The adapter for `{target}` of {source}", described, loss)


def _parts(installed: manager.Plugins) -> Parts:
    from eloss_plugins.core.edges import EdgeSet
    from eloss_plugins.core.stiffness import StiffnessLaw

    return {StiffnessLaw: installed.stiffness, EdgeSet: installed.edges}


def _preset(
    target: str, registration: Registration, name: str, given: Mapping[str, Value]
) -> Mapping[str, Value] | None:
    """Options of the preset `name` for a built-in loss; None where it has none."""
    from eloss_plugins.core.presets import PRESETS, tuned

    known = {normalise(preset): preset for preset in PRESETS}
    if name not in {*known, TUNED}:
        raise UsageError(unknown("preset", name, [*PRESETS, TUNED]))
    if not registration.source.is_own:
        return None
    law = normalise(write(given["stiffness"])) if "stiffness" in given else None
    if name != TUNED:
        return PRESETS[known[name]].options(registration.name, law)
    found = tuned(target, registration.name, law)
    return found.options if found else None


def _provenance(target: str, registration: Registration, preset: str | None) -> dict[str, Value]:
    source = registration.source
    found = {"target": target, "loss": registration.name, "plugin": source.name}
    return {**found, "version": source.version, "preset": preset}


def _refuse_options(given: Mapping[str, Value]) -> None:
    if given:
        raise UsageError(
            f"Loss `none` keeps the trainer's own loss and takes no options; got {join(given)}"
        )


def _no_adapter(target: str, installed: manager.Plugins) -> str:
    binders = ", ".join(binder.source.name for binder in installed.binders) or "none"
    missing = "; ".join(f"{m.source} was not loaded: {m.cause}" for m in installed.not_loaded)
    tail = f" {missing}." if missing else ""
    return f"No adapter binds a loss to `{shorten(target)}`; asked: {binders}.{tail}"


def _detached(value: Any) -> Any:
    return value.detach() if hasattr(value, "detach") else value


def _tell(observer: Implementation, target: str, step: int, terms: Mapping[str, Any]) -> bool:
    """Tell one observer; false, and a warning, when it raises: watching never stops a run."""
    try:
        observer(target=target, step=step, terms=dict(terms))
    except Exception as error:
        warnings.warn(
            f"{observer.source} raised in after_loss at step {step} and is not called again: "
            f"{one_line(error)}",
            manager.PluginWarning,
            stacklevel=3,
        )
        return False
    return True
