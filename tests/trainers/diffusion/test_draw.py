import pytest
import torch
from torch.testing import assert_close
from toy_batches import toy_batch

from eloss_plugins.trainers.diffusion.draw import Draw
from eloss_plugins.trainers.molecule_noise import centred, molecule_noise


def test_noise_has_no_centre_of_mass_and_nothing_in_padding():
    mask = toy_batch().mask
    torch.manual_seed(0)
    noise = molecule_noise(mask, 6)
    assert noise.shape == (*mask.shape, 9)
    assert noise[~mask].abs().max() == 0
    assert noise[..., :3].sum(1).abs().max() < 1e-5


def test_centred_noise_has_the_variance_of_its_subspace():
    torch.manual_seed(0)
    noise = molecule_noise(torch.ones(20_000, 4, dtype=torch.bool), 1)
    assert noise[..., :3].var().item() == pytest.approx(3 / 4, rel=0.02)
    assert noise[..., 3:].var().item() == pytest.approx(1, rel=0.02)


def test_positions_are_drawn_before_features():
    mask = torch.ones(2, 3, dtype=torch.bool)
    torch.manual_seed(1)
    noise = molecule_noise(mask, 2)
    torch.manual_seed(1)
    positions, features = torch.randn(2, 3, 3), torch.randn(2, 3, 2)
    assert_close(noise[..., :3], positions - positions.mean(1, keepdim=True))
    assert torch.equal(noise[..., 3:], features)


def test_one_atom_and_no_atom_are_centred_without_nan():
    mask = torch.tensor([[True, False], [False, False]])
    assert torch.equal(centred(torch.ones(2, 2, 3), mask), torch.zeros(2, 2, 3))


def test_selected_draws_are_those_of_the_kept_molecules():
    draw = Draw(torch.arange(3), torch.randn(3, 2, 4))
    kept = draw.select(torch.tensor([True, False, True]))
    assert kept.step.tolist() == [0, 2]
    assert torch.equal(kept.noise, draw.noise[[0, 2]])
