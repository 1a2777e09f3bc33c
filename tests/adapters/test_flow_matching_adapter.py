"""Flow matching in code that calls us: A.7 by slow loops, both times, both predictions."""

from dataclasses import replace

import pytest
import torch
from eloss_plugins.adapters.flow_matching import bind_trainer
from flows import energies, flat, flow, perturbed
from torch.testing import assert_close

from eloss_plugins import host
from eloss_plugins.errors import PluginError, UsageError
from eloss_plugins.hookspecs import BindOptions

BOTH = pytest.mark.parametrize("data_at", [0, 1])


@pytest.fixture
def loss() -> host.BoundLoss:
    return host.bind("flow-matching", "energy", "preset=paper")


def weights(given) -> torch.Tensor:
    """1 / t^2 where data stand at 0, 1 / (1 - t)^2 where at 1."""
    return torch.tensor(
        [1 / abs(time - given.data_at) ** 2 for time in given.time.tolist()], dtype=torch.float64
    )


@BOTH
def test_a_velocity_is_weighted_as_in_the_paper(loss, data_at):
    given = flow(data_at)
    guess = perturbed(given.velocity)
    found = loss(
        guess, given.clean, given.time, data_at=data_at, velocity=given.velocity, mask=given.mask
    )
    assert_close(found, weights(given) * energies(given, given.endpoint(guess)))


@BOTH
def test_a_velocity_has_the_same_weight_by_either_name(loss, data_at):
    given = flow(data_at)
    arguments = (perturbed(given.velocity), given.clean, given.time)
    fixed = {"data_at": data_at, "velocity": given.velocity, "mask": given.mask}
    assert torch.equal(loss(*arguments, **fixed), loss(*arguments, **fixed, time_weight="paper"))


@BOTH
@pytest.mark.parametrize("weight", ["own", "paper"])
def test_an_endpoint_is_weighted_as_asked(loss, data_at, weight):
    given = flow(data_at)
    guess = perturbed(given.clean)
    found = loss(
        guess, given.clean, given.time, data_at=data_at, mask=given.mask, time_weight=weight
    )
    factor = weights(given) if weight == "paper" else 1
    assert_close(found, factor * energies(given, guess))


@BOTH
def test_flat_atoms_in_any_order_are_the_same_molecules(loss, data_at):
    given = flow(data_at)
    guess = perturbed(given.clean)
    for weight in ("own", "paper"):
        guesses, clean, batch = flat(given, guess, given.clean)
        found = loss(guesses, clean, given.time, data_at=data_at, batch=batch, time_weight=weight)
        fixed = {"data_at": data_at, "mask": given.mask, "time_weight": weight}
        assert_close(found, loss(guess, given.clean, given.time, **fixed))


def test_flat_velocities_are_the_same_molecules(loss):
    given = flow(1)
    guess = perturbed(given.velocity)
    *atoms, true, batch = flat(given, guess, given.clean, given.velocity)
    found = loss(*atoms, given.time.unsqueeze(1), data_at=1, velocity=true, batch=batch)
    assert_close(found, weights(given) * energies(given, given.endpoint(guess)))


def test_noise_beyond_the_path_cancels(loss):
    """ETFlow: x_t has s sqrt(t (1 - t)) more noise, and the velocity its derivative."""
    given, scale = flow(1), 0.1
    more = perturbed(torch.zeros_like(given.clean), seed=4)
    time = given.time.view(-1, 1, 1)
    root = (time * (1 - time)).sqrt()
    noisy = given.noisy + scale * root * more
    true = given.velocity + scale * (1 - 2 * time) / (2 * root) * more
    guess = perturbed(true)
    end = noisy + (1 - time) * guess - 0.5 * scale * ((1 - time) / time).sqrt() * more
    found = loss(
        guess, given.clean, given.time, data_at=1, velocity=true, mask=given.mask, noisy=noisy
    )
    assert_close(found, weights(given) * energies(given, end))


@BOTH
@pytest.mark.parametrize("predicts", ["velocity", "endpoint"])
def test_at_the_data_value_and_gradient_are_finite(loss, data_at, predicts):
    given = replace(flow(data_at), time=torch.full((4,), float(data_at), dtype=torch.float64))
    true = given.velocity if predicts == "velocity" else given.clean
    guess = perturbed(true).requires_grad_()
    fixed = {"velocity": true} if predicts == "velocity" else {"time_weight": "paper"}
    found = loss(guess, given.clean, given.time, data_at=data_at, mask=given.mask, **fixed)
    found.sum().backward()
    assert found.isfinite().all()
    assert guess.grad.isfinite().all()


def test_the_weight_of_an_endpoint_is_bounded(loss):
    given = replace(flow(1), time=torch.ones(4, dtype=torch.float64))
    guess = perturbed(given.clean)
    found = loss(guess, given.clean, given.time, data_at=1, mask=given.mask, time_weight="paper")
    assert_close(found, 1e6 * energies(given, guess))


def test_a_lower_bound_is_an_option_of_the_loss():
    given = flow(1)
    loss = host.bind("flow-matching", "energy", "preset=paper,maximal_weight=4")
    guess = perturbed(given.velocity)
    found = loss(
        guess, given.clean, given.time, data_at=1, velocity=given.velocity, mask=given.mask
    )
    capped = weights(given).clamp_max(4)
    assert_close(found, capped * energies(given, given.endpoint(guess)))


def test_the_law_sees_angstrom():
    given, unit = flow(1, scale=2.0), 2.0
    loss = host.bind("flow-matching", "energy", "preset=paper")
    guess = perturbed(given.clean)
    found = loss(guess, given.clean, given.time, data_at=1, mask=given.mask, length_scale=unit)
    assert_close(found, energies(given, guess, unit))


def test_garbage_in_padding_counts_for_nothing(loss):
    given = flow(1)
    guess = perturbed(given.clean)
    padding = ~given.mask.unsqueeze(-1)
    spoilt = [value.masked_fill(padding, float("nan")) for value in (guess, given.clean)]
    found, expected = (
        loss(*values, given.time, data_at=1, mask=given.mask)
        for values in (spoilt, (guess, given.clean))
    )
    assert torch.equal(found, expected)


def test_no_options_mean_the_preset_balanced():
    assert host.bind("flow-matching", "energy").describe()["preset"] == "balanced"


def test_bonds_are_found_for_laws_that_ask():
    given = flow(1)
    loss = host.bind("flow-matching", "energy", "edges=bonds,stiffness=constant")
    numbers = torch.where(given.mask, 6, 0)
    guess = perturbed(given.clean)
    found = loss(guess, given.clean, given.time, data_at=1, mask=given.mask, numbers=numbers)
    assert found.sum() > 0


def test_other_targets_are_left_to_others():
    assert bind_trainer("edm", BindOptions(lambda batch: batch.target, "mine")) is None


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"data_at": 2}, "`data_at` must be 0 or 1"),
        ({"time_weight": "papr"}, "`time_weight` must be own or paper; got 'papr'"),
        ({"length_scale": 0.1}, "must be in angstrom"),
        ({"mask": torch.ones(4, 3)}, "`mask` must be bool of shape"),
        ({"time": torch.tensor([0.1])}, "`time` must hold one number for each of 4 molecules"),
        ({"time": torch.tensor([1.0, 7, 900, 3])}, "between 0 and 1; got 1 to 900"),
        ({"velocity": torch.zeros(4, 3)}, "`velocity` must have the shape of `positions`"),
        ({"positions": torch.full((4, 8, 3), float("nan"))}, "`positions` must be finite"),
        ({"positions": torch.ones(4, 8, 3)}, "mean at the origin"),
        ({"batch": torch.zeros(4, dtype=torch.int64)}, r"`positions` must be \(atoms, 3\) beside"),
        ({"data_at": 0}, "approach the clean ones as time goes to 1.*say data_at=1"),
    ],
)
def test_a_first_batch_that_is_off_is_one_sentence(loss, change, words):
    given = flow(1)
    scene = {"prediction": perturbed(given.clean), "positions": given.clean, "time": given.time}
    scene |= {"data_at": 1, "mask": given.mask, "noisy": given.noisy, **change}
    with pytest.raises(UsageError, match=words) as caught:
        loss(**scene)
    assert "\n" not in str(caught.value)


@BOTH
def test_the_right_direction_passes_in_many_batches(data_at):
    for seed in range(20):
        given = flow(data_at, seed=seed)
        loss = host.bind("flow-matching", "energy")
        guess = perturbed(given.clean)
        fixed = {"data_at": data_at, "mask": given.mask, "noisy": given.noisy}
        assert loss(guess, given.clean, given.time, **fixed).isfinite().all()


def test_only_the_first_call_is_checked(loss):
    given = flow(1)
    guess = perturbed(given.clean)
    loss(guess, given.clean, given.time, data_at=1, mask=given.mask)
    loss(guess, given.clean + 1, given.time, data_at=1, mask=given.mask)


def test_a_missing_convention_is_never_guessed(loss):
    given = flow(1)
    with pytest.raises((TypeError, PluginError), match="data_at"):
        loss(given.clean, given.clean, given.time)
