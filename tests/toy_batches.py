"""Small random batches and models for tests of the trainers."""

from dataclasses import replace

import torch

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers import edm, gdm
from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.diffusion.model import Diffusion
from eloss_plugins.trainers.molecule_noise import centred

ELEMENTS = (1, 6, 7, 8, 9)
SIZES = DiffusionConfig(layers=2, features=8, timesteps=50)
SPECS = {"edm": edm.SPEC, "gdm": gdm.SPEC}


def toy_batch(sizes: tuple[int, ...] = (4, 7, 2), padding: int = 1, seed: int = 0) -> Batch:
    """Molecules of random centred positions and random types, zero in padding."""
    random = torch.Generator().manual_seed(seed)
    mask = torch.arange(max(sizes) + padding) < torch.tensor(sizes).unsqueeze(1)
    real = mask.unsqueeze(-1)
    positions = centred(1.5 * torch.randn((*mask.shape, 3), generator=random), mask)
    index = torch.randint(len(ELEMENTS), mask.shape, generator=random)
    one_hot = torch.nn.functional.one_hot(index, len(ELEMENTS)).float() * real
    charges = torch.tensor(ELEMENTS)[index].unsqueeze(-1).float() * real
    return Batch(positions, one_hot, charges, mask, torch.arange(len(sizes)))


def toy_model(name: str = "edm", seed: int = 0, **changes: object) -> Diffusion:
    """A model of 2 layers and 8 features whose position steps are large enough to matter."""
    torch.manual_seed(seed)
    model = SPECS[name].build(replace(SIZES, **changes), ELEMENTS)
    for key, weight in model.named_parameters():
        if key.endswith("coord_mlp.4.weight"):
            weight.data.mul_(30.0)
    return model


def with_garbage(batch: Batch, value: float = float("nan")) -> Batch:
    """The batch with `value` in everything that is padding."""
    padding = ~batch.mask.unsqueeze(-1)
    return replace(
        batch,
        positions=batch.positions.masked_fill(padding, value),
        one_hot=batch.one_hot.masked_fill(padding, value),
        charges=batch.charges.masked_fill(padding, value),
    )
