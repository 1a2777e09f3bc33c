"""Noise that belongs to the molecule, so that it does not matter which process trains on it."""

import torch

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers.diffusion.draw import Draw
from eloss_plugins.trainers.diffusion.model import Diffusion
from eloss_plugins.trainers.molecule_noise import SPACE, centred

MOST_ATOMS = 8


def draw_by_molecule(model: Diffusion, batch: Batch, *, first_step: int = 0) -> Draw:
    """In place of `Diffusion.draw`: step and noise from a generator seeded by the molecule."""
    steps, noises = [], []
    for place in batch.index.tolist():
        generator = torch.Generator().manual_seed(place)
        steps.append(torch.randint(first_step, model.timesteps + 1, (1,), generator=generator))
        noise = torch.randn(MOST_ATOMS, SPACE + model.features, generator=generator)
        noises.append(noise[: batch.mask.shape[1]])
    noise = torch.stack(noises)
    positions = centred(noise[..., :SPACE], batch.mask)
    rest = noise[..., SPACE:] * batch.mask.unsqueeze(-1)
    return Draw(torch.cat(steps), torch.cat([positions, rest], dim=-1))
