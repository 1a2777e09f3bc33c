"""Losses as they enter: by registered name, with the numbers of the paper's experiment."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from eloss_plugins.core.presets import AUTHORS_SHAPES
from eloss_plugins.errors import UsageError
from eloss_plugins.host import NONE, BoundLoss, bind
from eloss_plugins.plugins import manager
from eloss_plugins.plugins.names import normalise

TARGET = "loss-batch"
PRESET = "preset"
LAW = "stiffness"

LEARNING_RATES: Mapping[str, float] = {
    "mse": 3e-2,
    "mae": 3e-2,
    "kabsch": 3e-2,
    "energy": 3e-2,
    "sparse energy": 3e-2,
}
"""Of Adam, by label or else by loss: found by `--sweep`, the same for each; `mae` has mse's."""

OTHER_LEARNING_RATE = 1e-2
"""For a loss that nobody has swept; `--sweep` does it."""


@dataclass(frozen=True)
class Contender:
    """A loss as it enters.

    Attributes:
        label: its name in tables, `energy/stiffness=inverse`.
        loss: registered name.
        options: of the loss, above those of the preset `authors-shapes`.
        learning_rate: of Adam; None for the one in `LEARNING_RATES`.
    """

    label: str
    loss: str
    options: Mapping[str, str] = field(default_factory=dict)
    learning_rate: float | None = None

    @property
    def rate(self) -> float:
        """The learning rate that it runs with."""
        if self.learning_rate is not None:
            return self.learning_rate
        known = LEARNING_RATES.get(self.label, LEARNING_RATES.get(normalise(self.loss)))
        return OTHER_LEARNING_RATE if known is None else known


def bound(contender: Contender) -> BoundLoss:
    """The loss, called with a `LossBatch`; a new one each time, as edge sets count their draws.

    Raises:
        UsageError: an unknown name or option, or `none`: there is no trainer's own loss here.
        Refused: the plugin that was asked for is broken or blocked.
    """
    if normalise(contender.loss) == NONE:
        raise UsageError("Shapes have no loss of their own, so `none` cannot enter; name a loss")
    found = bind(TARGET, contender.loss, options_of(contender))
    assert found is not None
    return found


def options_of(contender: Contender) -> dict[str, str]:
    """The options with the preset `authors-shapes` below, as far as it knows loss and law.

    A law without published numbers keeps its own, with the mean over pairs.
    """
    given = dict(contender.options)
    name = manager.load().losses.find(contender.loss).name
    law = normalise(given[LAW]) if LAW in given else None
    if PRESET in given or name not in AUTHORS_SHAPES.losses:
        return {PRESET: NONE} | given
    if AUTHORS_SHAPES.options(name, law) is not None:
        return {PRESET: AUTHORS_SHAPES.name} | given
    return {PRESET: NONE, "reduction": "mean_pairs"} | given
