import pytest
import torch
from torch.testing import assert_close
from toy_batches import toy_batch, toy_model

from eloss_plugins.trainers.diffusion.noise_levels import alpha, sigma, transition
from eloss_plugins.trainers.diffusion.sampling import reverse_step, walk
from trainers.diffusion.test_model import knowing_model

SIZES = torch.tensor([3, 6, 1])


@pytest.mark.parametrize("name", ["edm", "gdm"])
def test_samples_are_centred_masked_and_of_the_sizes_asked_for(name):
    torch.manual_seed(0)
    made = toy_model(name, timesteps=20).sample(SIZES)
    positions, index, charges, mask = made.positions, made.elements, made.numbers, made.mask
    assert mask.sum(1).tolist() == SIZES.tolist()
    assert positions.shape == (3, 6, 3)
    assert positions[~mask].abs().max() == 0
    assert index[~mask].abs().max() == charges[~mask].abs().max() == 0
    assert positions.sum(1).abs().max() < 1e-3 * positions.abs().max()
    assert 0 <= index.min() <= index.max() < 5


def test_one_seed_gives_one_set_of_samples():
    model = toy_model(timesteps=10)
    torch.manual_seed(4)
    first = model.sample(SIZES)
    torch.manual_seed(4)
    again = model.sample(SIZES)
    names = ("positions", "elements", "numbers", "mask")
    assert all(torch.equal(getattr(first, name), getattr(again, name)) for name in names)


@pytest.mark.parametrize("steps", [None, 20])
def test_a_network_that_knows_the_molecule_samples_it(steps):
    batch = toy_batch((5, 5), padding=0)
    torch.manual_seed(0)
    made = knowing_model(batch).sample(torch.tensor([5, 5]), steps=steps)
    assert_close(made.positions, batch.positions, rtol=0, atol=5 * 0.0032)  # five sigma_0
    assert torch.equal(made.elements, batch.one_hot.argmax(-1))
    assert torch.equal(made.numbers, batch.charges.squeeze(-1).long())


def test_without_charges_all_types_can_be_sampled():
    torch.manual_seed(0)
    model = toy_model("gdm", timesteps=3, include_charges=False)
    made = model.sample(torch.full((40,), 6))
    assert set(made.elements.unique().tolist()) == {0, 1, 2, 3, 4}
    assert made.numbers.abs().max() == 0


def test_reverse_step_is_the_gaussian_posterior_given_the_data():
    """q(z_s | z_t, x) from products of Gaussians, precision by precision."""
    gamma_s, gamma_t = torch.tensor([-2.0, -1.9], dtype=torch.float64)
    clean, noise = torch.randn(2, 1, 4, 9, dtype=torch.float64)
    noisy = alpha(gamma_t) * clean + sigma(gamma_t) * noise
    move = transition(gamma_s, gamma_t)
    precision = 1 / sigma(gamma_s) ** 2 + move.signal**2 / move.variance
    pull = alpha(gamma_s) * clean / sigma(gamma_s) ** 2 + move.signal * noisy / move.variance
    still = reverse_step(noisy, noise, torch.zeros_like(noise), gamma_s, gamma_t)
    assert_close(still, pull / precision)
    moved = reverse_step(noisy, noise, torch.ones_like(noise), gamma_s, gamma_t)
    assert_close(moved - still, precision.rsqrt().expand_as(still))


def test_walk_takes_every_step_down_to_the_data():
    assert walk(3, None) == [(2, 3), (1, 2), (0, 1)]
    assert walk(10, 3) == [(7, 10), (3, 7), (0, 3)]
    assert walk(4, 99) == walk(4, None)


def test_progress_is_told_after_each_step():
    seen = []
    toy_model(timesteps=4).sample(SIZES, on_step=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_molecule_that_diverges_keeps_its_nan_and_spares_the_others():
    model = toy_model("gdm", timesteps=5)
    network = model.dynamics.forward

    def broken(noisy, time, mask):
        return network(noisy, time, mask).index_fill(0, torch.tensor([1]), float("nan"))

    model.dynamics.forward = broken
    made = model.sample(SIZES)
    assert made.positions[1][made.mask[1]].isnan().all()
    assert made.positions[[0, 2]].isfinite().all()
    assert made.elements.dtype == made.numbers.dtype == torch.int64
