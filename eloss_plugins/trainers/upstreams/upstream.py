"""What a codebase is whose checkpoints go in and out."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eloss_plugins.trainers.generator import Generator
from eloss_plugins.trainers.spec import TrainerSpec


@dataclass(frozen=True)
class Wanted:
    """How a checkpoint is to be read.

    Attributes:
        averaged: the moving average of the weights, where the checkpoint has one.
        settings: of the model, `preset` among them, where the checkpoint does not say them.
    """

    averaged: bool = True
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Trained:
    """A trained model and what is known of it.

    Attributes:
        spec: the reference trainer that it corresponds to.
        config: its sizes, of the trainer's type.
        elements: atomic numbers in the order of its types.
        model: in evaluation mode.
        step: optimizer steps done; 0 where nobody says.
        remarks: sentences for the user: what was assumed, what is how.
    """

    spec: TrainerSpec
    config: Any
    elements: tuple[int, ...]
    model: Generator
    step: int = 0
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Exported:
    """What was written.

    Attributes:
        files: the files.
        remarks: how upstream loads them.
    """

    files: tuple[Path, ...]
    remarks: tuple[str, ...] = ()


class Upstream(ABC):
    """A codebase whose checkpoints go in and out.

    Attributes:
        name: on the command line.
        trainers: names of the reference trainers that it corresponds to.
    """

    name: str
    trainers: tuple[str, ...]

    @abstractmethod
    def recognises(self, path: Path) -> bool:
        """Whether `path` has the form of its checkpoints."""

    @abstractmethod
    def read(self, path: Path, wanted: Wanted) -> Trained:
        """The model in a checkpoint; no code in it is run.

        Raises:
            Refused: missing, damaged, unsafe, or not of a model that there is here.
            UsageError: settings that the checkpoint contradicts.
        """

    @abstractmethod
    def files(self, path: Path) -> tuple[Path, ...]:
        """The files that `write` makes at `path`."""

    @abstractmethod
    def write(self, path: Path, trained: Trained) -> Exported:
        """Write a checkpoint that upstream loads.

        Raises:
            Refused: the model has a setting or elements that upstream has not.
        """
