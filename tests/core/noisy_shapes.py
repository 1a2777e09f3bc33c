"""Shapes turned at random and noised, for the propositions on scores and variances."""

import torch

from eloss_plugins.core import proper_rotation
from eloss_plugins.equivariance import random_rotations


def centred(positions):
    return positions - positions.mean(-2, keepdim=True)


def noisy(shape, alpha, sigma, count):
    """z = alpha R y + sigma eps with R uniform and eps of zero centre of mass."""
    generator = torch.Generator().manual_seed(0)
    rotation = random_rotations(count, dimensions=shape.shape[-1])
    noise = centred(torch.randn(count, *shape.shape, generator=generator, dtype=torch.float64))
    return alpha * shape @ rotation.mT + sigma * noise


def turned_onto(noised, shape):
    """The minimiser of the energy that is nearest to z: the shape, turned onto it."""
    return shape @ proper_rotation(noised.mT @ shape).mT


def planar_shape():
    return centred(torch.tensor([[0.0, 0.0], [1.4, 0.0], [1.9, 1.1], [-0.6, 1.3]]).double())
