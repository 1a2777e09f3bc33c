"""The module that Fabric wraps: augmentation and losses behind one forward."""

from dataclasses import replace

import torch
from torch import Tensor, nn

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers.generator import Generator
from eloss_plugins.trainers.spec import Augment


class Sealed:
    """A batch that Fabric cannot look into.

    Fabric casts every float tensor among a module's arguments to bfloat16 under bf16-mixed. For
    positions that is an error of 0.01 angstrom a bond before anything is computed; autocast
    inside the network is what is wanted.
    """

    def __init__(self, batch: Batch) -> None:
        self.batch = batch


class TrainingModule(nn.Module):
    """Losses of an augmented batch.

    Args:
        model: its parameters are trained.
        augment: applied to every batch, or None.
    """

    def __init__(self, model: Generator, augment: Augment | None) -> None:
        super().__init__()
        self.model = model
        self.augment = augment

    def forward(self, sealed: Sealed) -> dict[str, Tensor]:
        """The model's losses of the batch in `sealed`, `(molecules,)` each."""
        batch = sealed.batch
        if self.augment is not None:
            batch = self.augment(batch)
        return self.model.training_losses(batch)


def to_device(batch: Batch, device: torch.device, dtype: torch.dtype) -> Batch:
    """`batch` on `device`, its floats as `dtype`."""
    return replace(
        batch,
        bonds=None if batch.bonds is None else batch.bonds.to(device, dtype),
        formal_charges=(
            None if batch.formal_charges is None else batch.formal_charges.to(device, dtype)
        ),
        positions=batch.positions.to(device, dtype),
        one_hot=batch.one_hot.to(device, dtype),
        charges=batch.charges.to(device, dtype),
        mask=batch.mask.to(device),
        index=batch.index.to(device),
    )
