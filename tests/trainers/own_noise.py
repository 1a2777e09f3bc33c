"""Noise that belongs to the molecule, so that it does not matter which process trains on it."""

import dataclasses
from dataclasses import replace

import torch
from torch.nn.functional import pad

from eloss_plugins.trainers.spec import TrainerSpec

WIDTH = 11  # atoms to which each molecule is padded for a draw; no other length is equal to it


def with_own_noise(spec: TrainerSpec) -> TrainerSpec:
    """`spec` with a model and an augmentation whose random numbers are the molecules' own."""

    def make(*given, **options):
        model = spec.make(*given, **options)
        kind = type(model)
        model.__class__ = type(kind.__name__, (kind,), {"draw": by_molecule(kind.draw)})
        return model

    augment = None if spec.augment is None else by_molecule(spec.augment)
    return replace(spec, make=make, augment=augment)


def seed_of_all(seed: int, _rank: int, step: int = 0) -> int:
    """In place of `session.noise_seed`: every rank draws alike, and molecules seeds from that."""
    return 1 + seed + step


def by_molecule(function):
    """`function` of (..., batch), called with each molecule alone and a seed of its own."""

    def called(*given, **options):
        *before, batch = given
        salt = int(torch.randint(2**30, ()))
        outer = torch.get_rng_state()
        made = []
        for row, place in enumerate(batch.index.tolist()):
            torch.manual_seed(salt + place)
            made.append(function(*before, alone(batch, row), **options))
        torch.manual_seed(salt)
        common = function(*before, alone(batch, 0), **options)
        torch.set_rng_state(outer)
        return joined(made, common, batch.mask.shape[1])

    return called


def alone(batch, row):
    """One molecule of `batch`, padded to `WIDTH`."""
    return replace(
        batch,
        **{
            field.name: widened(value[row : row + 1], batch.mask.shape[1])
            for field in dataclasses.fields(batch)
            if (value := getattr(batch, field.name)) is not None
        },
    )


def widened(values, atoms):
    """Zeros behind the dimensions of atoms: the second, and the third of a matrix of bonds."""
    if values.dim() == 1:
        return values
    more = WIDTH - atoms
    is_matrix = values.dim() == 3 and values.shape[1] == values.shape[2] == atoms
    if is_matrix and values.shape[2] != 3:
        return pad(values, (0, more, 0, more))
    return pad(values, (0, more)) if values.dim() == 2 else pad(values, (0, 0, 0, more))


def joined(parts, common, atoms):
    """Draws of single molecules as one of a batch; what is no tensor is as in `common`."""
    if isinstance(common, torch.Tensor):
        values = torch.cat(parts)
        for place, length in enumerate(values.shape):
            values = values.narrow(place, 0, atoms) if place and length == WIDTH else values
        return values
    if not dataclasses.is_dataclass(common):
        return common
    names = [field.name for field in dataclasses.fields(common)]
    return type(common)(
        *(joined([getattr(p, n) for p in parts], getattr(common, n), atoms) for n in names)
    )
