"""The loss batch: all that a position loss needs, in one form for every trainer."""

from dataclasses import dataclass

import torch
from torch import Tensor

from eloss_plugins.core.bonds import Bonds
from eloss_plugins.core.checks import (
    check_batch_vector,
    check_mask,
    check_per_atom,
    check_per_molecule,
    check_positions,
    check_same_shape,
)
from eloss_plugins.core.numerics import widest_dtype, working_dtype


@dataclass(frozen=True)
class LossBatch:
    """One step's data and prediction error, padded or flat.

    The prediction is held as its error in the units of the network's own output, `residual`,
    with `prediction - target = (noise / signal) * residual`. The position loss that takes the
    place of a trainer's squared error is then E(prediction, target) / r**2 with
    r = noise / signal, and it is evaluated without ever forming r, 1 / r or the prediction, so it
    stays finite when either is 0. The constructors in `prediction_types` give the three
    quantities.

    Attributes:
        target: `(molecules, atoms, D)` padded or `(atoms, D)` flat clean positions in the units
            of the trainer; D is 1, 2 or 3. No gradient flows through it.
        residual: shape of `target`; carries the gradient of the network.
        signal: `(molecules,)` coefficient of the data, >= 0. No gradient flows through it.
        noise: `(molecules,)` coefficient of the residual, >= 0. No gradient flows through it.
        mask: `(molecules, atoms)` bool, true for real atoms; None when all are. What stands in
            padding is ignored exactly, be it NaN.
        batch: `(atoms,)` int64, the molecule of each atom when flat; need not be sorted, and a
            molecule may have no atom.
        length_scale: angstrom per unit of the coordinates; stiffness laws see angstrom.
        bonds: the bonds, where a law or an edge set asks for them.
        features: `(molecules, atoms, F)` or `(atoms, F)` node features in the trainer's scale.
        numbers: atomic numbers, int64, shape of `target` without its last axis.

    Raises:
        TypeError: a tensor of the wrong type, for example an integer target or a float mask.
        ValueError: shapes that do not fit each other.
    """

    target: Tensor
    residual: Tensor
    signal: Tensor
    noise: Tensor
    mask: Tensor | None = None
    batch: Tensor | None = None
    length_scale: float = 1.0
    bonds: Bonds | None = None
    features: Tensor | None = None
    numbers: Tensor | None = None

    def __post_init__(self) -> None:
        check_positions("target", self.target)
        check_positions("residual", self.residual)
        check_same_shape("residual", self.residual, "target", self.target)
        check_per_molecule("signal", self.signal, self.target)
        check_per_molecule("noise", self.noise, self.target)
        check_same_shape("noise", self.noise, "signal", self.signal)
        check_batch_vector(self.batch, self.target)
        if self.mask is not None:
            check_mask(self.mask, self.target)
        if self.features is not None:
            check_per_atom("features", self.features, self.target, trailing=1)
        if self.numbers is not None:
            check_per_atom("numbers", self.numbers, self.target, trailing=0)

    @property
    def dtype(self) -> torch.dtype:
        """The type of the answer: float32 for low types, float64 kept."""
        return working_dtype(self.target, self.residual)

    @property
    def num_molecules(self) -> int:
        """Molecules in the batch, empty ones included."""
        return self.signal.shape[0]

    @property
    def num_slots(self) -> int:
        """Atoms of the flattened batch, padding included."""
        return self.target.shape[:-1].numel()

    @property
    def dimensions(self) -> int:
        """Coordinates of an atom: 1, 2 or 3."""
        return self.target.shape[-1]

    @property
    def wide(self) -> torch.dtype:
        """The type to compute in: float64 where the device has it.

        A predicted pair of atoms may nearly coincide at any noise level, and its direction then
        loses as many digits as the distance has shrunk. Float64 makes every float32 answer right
        to its last digits at a cost far below that of any network.
        """
        return widest_dtype(self.target)

    def clean_target(self) -> Tensor:
        """`target` in the wide type, without gradient, zero in padding."""
        return self.fill_padding(self.target.detach().to(self.wide))

    def clean_residual(self) -> Tensor:
        """`residual` in the wide type, zero in padding in value and in gradient."""
        return self.fill_padding(self.residual.to(self.wide))

    def ratio(self) -> tuple[Tensor, Tensor]:
        """`signal` and `noise` in the wide type, without gradient."""
        return self.signal.detach().to(self.wide), self.noise.detach().to(self.wide)

    def answer(self, loss: Tensor) -> Tensor:
        """`(molecules,)` loss in the type of the answer."""
        return loss.to(self.dtype)

    def fill_padding(self, per_atom: Tensor) -> Tensor:
        """`(..., atoms, channels)` values with zeros where the mask is false."""
        if self.mask is None:
            return per_atom
        return torch.where(self.mask[..., None], per_atom, torch.zeros_like(per_atom))
