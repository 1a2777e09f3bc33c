"""What a reference trainer is: sizes, a model made from them, an augmentation, a target name."""

from collections.abc import Callable, Mapping, Sized
from dataclasses import dataclass, field, fields
from typing import Any, Protocol

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers.generator import Generator, PositionLoss

Augment = Callable[[Batch], Batch]


def never(_config: Any) -> bool:
    """False, for every config."""
    return False


class Make(Protocol):
    """Makes a model with random weights."""

    def __call__(self, config: Any, elements: int, position_loss: PositionLoss | None) -> Generator:
        """The model.

        Args:
            config: sizes, of the type of the trainer's own.
            elements: how many element types it generates.
            position_loss: in place of the trainer's own loss of positions; None keeps that.
        """


@dataclass(frozen=True)
class TrainerSpec:
    """A reference trainer.

    Attributes:
        name: as on the command line.
        target: name that adapters know it by.
        summary: one line for listings.
        make: makes a model from a config.
        config: default sizes: a frozen dataclass, every field with a JSON form.
        presets: named sizes, `paper-qm9` and so on, of the same type.
        augment: applied to each training batch, or None.
        learning_rates: by loss name, for losses that `core.presets` has no number for.
        needs_bonds: whether batches have bonds and formal charges; those of others have none.
        aromatic_bonds: whether a model of a config knows bonds of order 1.5; batches of others
            have single and double ones in turn.
        sampling: fields of the config that say how molecules are made and touch no weight, for
            `eloss sample --sample-options`.

    Raises:
        ValueError: `sampling` names something else.
    """

    name: str
    target: str
    summary: str
    make: Make
    config: Any
    presets: Mapping[str, Any]
    augment: Augment | None = None
    learning_rates: Mapping[str, float] = field(default_factory=dict)
    needs_bonds: bool = False
    aromatic_bonds: Callable[[Any], bool] = never
    sampling: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        strangers = self.sampling and self.sampling - {field.name for field in fields(self.config)}
        if strangers:
            raise ValueError(
                f"`sampling` of the trainer {self.name} must name fields of its config;"
                f" got {', '.join(sorted(strangers))}"
            )

    def build(
        self,
        config: Any,
        elements: Sized | int,
        position_loss: PositionLoss | None = None,
    ) -> Generator:
        """A new model with random weights.

        Args:
            config: sizes.
            elements: those that it generates, or how many there are.
            position_loss: see `Make`.
        """
        count = elements if isinstance(elements, int) else len(elements)
        return self.make(config, count, position_loss)
