"""What the training loop and the commands ask of a model that makes molecules."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar

from torch import Tensor, nn

from eloss_plugins.data.batch import Batch

PositionLoss = Callable[..., Tensor]
"""A bound loss in the form of the trainer's adapter; `(molecules,)`."""

OnStep = Callable[[int, int], None]
"""Called with (steps done, steps in all) while molecules are made."""

NLL, ERROR = "nll", "validation_error"


@dataclass(frozen=True)
class Sampled:
    """Molecules as a model made them; padding is zero.

    Attributes:
        positions: `(molecules, atoms, 3)` angstrom, centred; non-finite where it diverged.
        elements: `(molecules, atoms)` int64, places in the tuple of elements.
        mask: `(molecules, atoms)` bool.
        bonds: `(molecules, atoms, atoms)` symmetric bond orders, 1.5 for aromatic; None from a
            model that makes no bonds.
        formal_charges: `(molecules, atoms)` int64; None from a model that makes none.
        numbers: `(molecules, atoms)` int64, atomic numbers from a model that makes them beside the
            elements, which count; None from others.
    """

    positions: Tensor
    elements: Tensor
    mask: Tensor
    bonds: Tensor | None = None
    formal_charges: Tensor | None = None
    numbers: Tensor | None = None


class Generator(nn.Module, ABC):
    """A model that learns from batches of molecules and makes new ones.

    Attributes:
        measure: what `validation` gives: `nll`, a bound on -log p(molecule | number of atoms) in
            nats, or `validation_error`, the model's own squared error whatever the position loss.
    """

    measure: ClassVar[str]

    @property
    @abstractmethod
    def timesteps(self) -> int:
        """Steps from noise to molecules when none are asked for."""

    def forward(self, batch: Batch) -> dict[str, Tensor]:
        """`training_losses`, so that wrappers for devices and ranks find it."""
        return self.training_losses(batch)

    def training_losses(self, batch: Batch) -> dict[str, Tensor]:
        """The training objective at random noise levels; see `losses_at`."""
        return self.losses_at(batch, self.draw(batch))

    @abstractmethod
    def draw(self, batch: Batch) -> Any:
        """The random numbers of one step for `batch`, from torch's global generators."""

    @abstractmethod
    def losses_at(self, batch: Batch, draw: Any) -> dict[str, Tensor]:
        """The training objective for given random numbers, `(molecules,)` each.

        `loss` is what is optimised, `position` its part of positions, `error` the model's own
        squared error whatever the loss, detached; `finite`, bool, is false where prediction or
        loss is not finite. Every molecule's numbers depend on that molecule alone.
        """

    @abstractmethod
    def validation(self, batch: Batch) -> Tensor:
        """`measure` of each molecule, `(molecules,)`; the position loss plays no part."""

    @abstractmethod
    def sample(
        self, num_atoms: Tensor, *, steps: int | None = None, on_step: OnStep | None = None
    ) -> Sampled:
        """New molecules.

        Args:
            num_atoms: `(molecules,)` int64, atoms of each.
            steps: as `sampling_steps` answers; `timesteps` when None.
            on_step: called after each step.
        """

    def sampling_steps(self, asked: int | None) -> int:
        """How many times `sample` calls `on_step` when `asked` steps are wanted."""
        return self.timesteps if asked is None else asked
