"""The EDM adapter: what it translates, what it refuses, and that every loss goes through it."""

from dataclasses import replace

import pytest
import torch
from eloss_plugins.adapters.edm import TARGETS, EdmPositionLoss, bind_trainer
from toy_batches import toy_batch, toy_model

from eloss_plugins import host
from eloss_plugins.core import Energy, LossBatch
from eloss_plugins.core.bonds import Bonds
from eloss_plugins.errors import PluginError, UsageError
from eloss_plugins.hookspecs import BindOptions


class Recorder:
    """A loss that keeps what it was given."""

    def __call__(self, batch: LossBatch) -> torch.Tensor:
        self.batch = batch
        return batch.residual.square().sum((1, 2))


def scene() -> dict[str, torch.Tensor]:
    """Arguments as at EDM's loss: alpha and sigma (molecules, 1, 1), mask (molecules, atoms)."""
    batch = toy_batch()
    torch.manual_seed(1)
    real = batch.mask.unsqueeze(-1)
    return {
        "prediction": torch.randn_like(batch.positions) * real,
        "noise": torch.randn_like(batch.positions) * real,
        "positions": batch.positions,
        "alpha": torch.tensor([0.8, 0.6, 1.0]).view(-1, 1, 1),
        "sigma": torch.tensor([0.6, 0.8, 0.0]).view(-1, 1, 1),
        "mask": batch.mask,
    }


def test_the_residual_is_the_error_of_the_noise():
    loss, given = Recorder(), scene()
    EdmPositionLoss(loss)(**given, length_scale=2.0)
    assert torch.equal(loss.batch.residual, given["noise"] - given["prediction"])
    assert torch.equal(loss.batch.target, given["positions"])
    assert loss.batch.signal.tolist() == given["alpha"].flatten().tolist()
    assert loss.batch.noise.tolist() == given["sigma"].flatten().tolist()
    assert loss.batch.length_scale == 2.0


def test_residual_signal_and_noise_reconstruct_the_predicted_positions():
    """x_hat = (z - sigma eps_hat) / alpha must be x + (noise / signal) residual."""
    loss, given = Recorder(), scene()
    EdmPositionLoss(loss)(**given)
    alpha, sigma = given["alpha"], given["sigma"]
    noisy = alpha * given["positions"] + sigma * given["noise"]
    expected = (noisy - sigma * given["prediction"]) / alpha
    ratio = (loss.batch.noise / loss.batch.signal).view(-1, 1, 1)
    torch.testing.assert_close(loss.batch.target + ratio * loss.batch.residual, expected)


def test_upstreams_float_mask_means_the_same_as_ours():
    given = scene()
    upstreams = {**given, "mask": given["mask"].unsqueeze(-1).float()}
    loss = EdmPositionLoss(Energy())
    assert torch.equal(loss(**given), loss(**upstreams))


@pytest.mark.parametrize("name", ["features", "numbers"])
def test_optional_tensors_are_handed_on(name):
    loss, given = Recorder(), scene()
    value = {"features": torch.ones(3, 8, 2), "numbers": torch.ones(3, 8, dtype=torch.int64)}[name]
    EdmPositionLoss(loss)(**given, **{name: value})
    assert getattr(loss.batch, name) is value


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("positions", lambda x: x[0], r"`positions` must be \(molecules, atoms, 3\); got \(8, 3\)"),
        ("noise", lambda x: x[:, :-1], r"`noise` must have the shape of `positions`"),
        ("prediction", lambda x: x.repeat(1, 1, 3), r"got \(3, 8, 9\)"),
        ("alpha", lambda x: x[:1], r"`alpha` must hold one number for each of 3 molecules"),
        ("sigma", lambda x: x * float("nan"), r"`sigma` must be finite"),
        ("mask", lambda x: x.T, r"`mask` must be bool of shape \(3, 8\)"),
        ("mask", lambda x: 0.5 * x.float(), r"`mask` must hold zeros and ones only"),
        ("positions", lambda x: x + 1.0, r"mean at the origin"),
        ("mask", lambda x: ~x, r"mean at the origin"),
    ],
)
def test_what_does_not_look_like_edm_is_refused_in_one_sentence(name, change, message):
    given = scene()
    if name == "mask":
        given["positions"] = given["positions"] + 0.1 * ~given["mask"].unsqueeze(-1)
    given[name] = change(given[name])
    with pytest.raises(UsageError, match=message) as caught:
        EdmPositionLoss(Recorder())(**given)
    assert "\n" not in str(caught.value)


def test_only_the_first_call_is_checked():
    loss, given = EdmPositionLoss(Recorder()), scene()
    loss(**given)
    loss(**{**given, "positions": given["positions"] + 1.0})


def test_a_call_that_was_refused_is_checked_again():
    loss, given = EdmPositionLoss(Recorder()), scene()
    for _ in range(2):
        with pytest.raises(UsageError):
            loss(**{**given, "positions": given["positions"] + 1.0})


def test_a_nan_molecule_is_no_error_and_spares_the_others():
    given = scene()
    expected = EdmPositionLoss(Energy())(**given)
    positions = given["positions"].clone()
    positions[1, 0] = float("nan")
    found = EdmPositionLoss(Energy())(**{**given, "positions": positions})
    assert not found[1].isfinite()
    assert torch.equal(found[[0, 2]], expected[[0, 2]])


@pytest.mark.parametrize("target", TARGETS)
def test_the_hook_answers_for_its_targets(target):
    assert isinstance(bind_trainer(target, BindOptions(Recorder(), "x")), EdmPositionLoss)


def test_the_hook_leaves_other_targets_to_others():
    assert bind_trainer("jodo", BindOptions(Recorder(), "x")) is None


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("name", ["energy", "mse", "mae", "kabsch"])
def test_every_loss_trains_every_trainer_by_name(target, name):
    model = toy_model("edm" if target == "edm" else "gdm")
    model.position_loss = host.bind(target, name)
    found = model.training_losses(toy_batch())
    found["loss"].sum().backward()
    assert found["loss"].isfinite().all()
    assert all(p.grad.isfinite().all() for p in model.parameters())


@pytest.mark.parametrize("target", TARGETS)
def test_none_binds_nothing(target):
    assert host.bind(target, "none") is None


def test_angstrom_not_model_units_reach_the_law():
    """A model in units of 2 angstrom gives the same stiffness as one in angstrom."""
    batch = toy_batch()
    wide = replace(batch, positions=2 * batch.positions)
    found = []
    for norm, molecules in ((1.0, batch), (2.0, wide)):
        model, loss = toy_model(norm_values=(norm, 4.0, 10.0)), Recorder()
        model.position_loss = EdmPositionLoss(loss)
        model.training_losses(molecules)
        found.append((loss.batch.target, loss.batch.length_scale))
    assert torch.equal(found[0][0], found[1][0])
    assert [scale for _, scale in found] == [1.0, 2.0]


BOND_AWARE = [
    "stiffness=lennard-jones,bonded=9",
    "stiffness=lennard-jones,preset=tuned",
    "stiffness=lennard-jones,preset=authors-edm",
    "edges=bonds",
]


@pytest.mark.parametrize("target", TARGETS)
@pytest.mark.parametrize("options", BOND_AWARE)
def test_losses_that_ask_for_bonds_get_them_in_every_trainer(target, options):
    model = toy_model("edm" if target == "edm" else "gdm")
    model.position_loss = host.bind(target, "energy", options)
    found = model.training_losses(toy_batch())
    assert found["loss"].isfinite().all()


def water(**given: object) -> dict[str, object]:
    """Water, whose two bonds are 0.96 angstrom long, in units of 2 angstrom."""
    atoms = torch.tensor([[[0.0, 0.0, 0.0], [0.96, 0.0, 0.0], [-0.24, 0.93, 0.0]]]) / 2
    one = torch.ones(1, 1, 1)
    return {
        "prediction": torch.zeros(1, 3, 3),
        "noise": torch.zeros(1, 3, 3),
        "positions": atoms - atoms.mean(1, keepdim=True),
        "alpha": one,
        "sigma": one,
        "mask": torch.ones(1, 3, dtype=torch.bool),
        "length_scale": 2.0,
        "numbers": torch.tensor([[8, 1, 1]]),
        **given,
    }


def test_bonds_are_found_by_distance_in_angstrom():
    loss = Recorder()
    EdmPositionLoss(loss, find_bonds=True)(**water())
    assert loss.batch.bonds.index.tolist() == [[0, 0], [1, 2]]
    assert loss.batch.bonds.order.tolist() == [1, 1]


def test_bonds_that_are_given_stand():
    loss = Recorder()
    mine = Bonds(torch.tensor([[1], [2]]), torch.tensor([2.0]))
    EdmPositionLoss(loss, find_bonds=True)(**water(bonds=mine))
    assert loss.batch.bonds is mine


def test_nobody_pays_for_bonds_that_no_part_asks_for():
    loss = Recorder()
    EdmPositionLoss(loss)(**water())
    assert loss.batch.bonds is None


def test_a_bonded_stiffness_acts_on_bonds_alone():
    """Water's H-H pair keeps 72 / d**2; its two bonds take the constant."""
    generator = torch.Generator().manual_seed(0)
    given = water(prediction=0.1 * torch.randn(1, 3, 3, generator=generator))
    found = host.bind("edm", "energy", "stiffness=lennard-jones,bonded=5")(**given)
    x = given["positions"][0].double()
    y = x - given["prediction"][0].double()
    stiffness = {(0, 1): 5.0, (0, 2): 5.0, (1, 2): 72 / (2 * (x[1] - x[2]).norm()) ** 2}
    stretch = {(i, j): (y[i] - y[j]).norm() - (x[i] - x[j]).norm() for i, j in stiffness}
    expected = sum(k * stretch[pair] ** 2 for pair, k in stiffness.items())
    assert float(found) == pytest.approx(float(expected), rel=1e-5)


def test_without_elements_the_law_says_that_it_has_no_bonds():
    loss = host.bind("edm", "energy", "edges=bonds")
    with pytest.raises(PluginError, match="needs the bonds of the molecules"):
        loss(**water(numbers=None))
