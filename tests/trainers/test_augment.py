import torch
from torch.testing import assert_close
from toy_batches import toy_batch

from eloss_plugins.data.batch import Batch
from eloss_plugins.trainers import edm, gdm, gdm_aug
from eloss_plugins.trainers.augment import random_rotations, rotated


def distances(batch: Batch) -> torch.Tensor:
    return (batch.positions.unsqueeze(2) - batch.positions.unsqueeze(1)).norm(dim=-1)


def test_random_rotations_are_proper():
    torch.manual_seed(0)
    turns = random_rotations(50, like=torch.zeros(1, dtype=torch.float64))
    product = turns @ turns.transpose(1, 2)
    assert_close(product, torch.eye(3, dtype=torch.float64).expand(50, 3, 3))
    assert_close(torch.linalg.det(turns), torch.ones(50, dtype=torch.float64))


def test_random_rotations_are_uniform():
    """Haar measure: entries average to 0, their squares to 1/3, the trace's square to 1."""
    torch.manual_seed(0)
    turns = random_rotations(40_000, like=torch.zeros(1))
    assert turns.mean(0).abs().max() < 0.015
    assert_close(turns.square().mean(0), torch.full((3, 3), 1 / 3), rtol=0, atol=0.01)
    trace = turns.diagonal(dim1=1, dim2=2).sum(-1)
    assert_close(trace.square().mean(), torch.tensor(1.0), rtol=0, atol=0.03)


def test_rotated_molecules_keep_their_distances_and_all_else():
    batch = toy_batch()
    torch.manual_seed(0)
    turned = rotated(batch)
    assert_close(distances(turned), distances(batch), rtol=0, atol=1e-4)
    assert not torch.allclose(turned.positions, batch.positions)
    for name in ("one_hot", "charges", "mask", "index"):
        assert torch.equal(getattr(turned, name), getattr(batch, name))
    assert turned.positions[~batch.mask].abs().max() == 0


def test_gdm_aug_alone_rotates():
    assert gdm_aug.SPEC.augment is rotated
    assert gdm.SPEC.augment is edm.SPEC.augment is None
