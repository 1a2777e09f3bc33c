"""Turning clean molecules onto noisy ones."""

import warnings

import torch
from scipy.spatial.transform import Rotation
from torch.testing import assert_close
from toy_batches import toy_batch

from eloss_plugins.equivariance import random_rotations
from eloss_plugins.trainers.jodo_model.alignment import turned_onto
from eloss_plugins.trainers.molecule_noise import molecule_noise


def scene():
    """Clean and noisy molecules of 4, 7, 5 and 2 atoms."""
    torch.manual_seed(2)
    batch = toy_batch((4, 7, 5, 2))
    clean = batch.positions.double()
    return clean, clean + 0.5 * molecule_noise(batch.mask, 0, torch.float64)


def test_a_turned_molecule_is_turned_onto_itself():
    clean, _ = scene()
    turn = random_rotations(len(clean), seed=1)
    moved = clean @ turn.transpose(1, 2)
    assert_close(turned_onto(moved, clean), moved)


def test_the_rotation_is_the_best_proper_one():
    clean, noisy = scene()
    for found, wanted, moving in zip(turned_onto(noisy, clean), noisy, clean, strict=True):
        with warnings.catch_warnings():  # two atoms leave a turn about their axis open
            warnings.simplefilter("ignore", UserWarning)
            best, _ = Rotation.align_vectors(wanted.numpy(), moving.numpy())
        assert_close(found, torch.from_numpy(best.apply(moving.numpy())))


def test_distances_and_handedness_stay():
    clean, noisy = scene()
    mirrored = noisy * torch.tensor([1.0, 1.0, -1.0])
    found = turned_onto(mirrored, clean)
    assert_close(torch.cdist(found, found), torch.cdist(clean, clean))
    volumes = [torch.linalg.det(it[1:3, 1:4] - it[1:3, :1]) for it in (found, clean)]
    assert_close(*volumes)


def test_it_turns_with_the_noisy_molecules_and_forgets_how_the_clean_ones_lay():
    clean, noisy = scene()
    turn = random_rotations(len(clean), seed=4)
    found = turned_onto(noisy, clean)
    assert_close(turned_onto(noisy, clean @ turn), found)
    assert_close(turned_onto(noisy @ turn, clean), found @ turn)


def test_a_molecule_that_is_not_finite_spoils_no_other():
    clean, noisy = scene()
    bad = noisy.clone()
    bad[1, 0] = float("nan")
    found = turned_onto(bad, clean)
    others = [0, 2, 3]
    assert torch.equal(found[others], turned_onto(noisy, clean)[others])
    assert torch.equal(found[1], clean[1])


def test_one_atom_and_none_stay_at_the_origin():
    nothing = torch.zeros(2, 3, 3)
    assert torch.equal(turned_onto(nothing, nothing), nothing)


def test_no_gradient_flows():
    clean, noisy = scene()
    assert not turned_onto(noisy.requires_grad_(), clean).requires_grad
