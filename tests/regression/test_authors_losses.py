"""Our position losses and training objective against what the paper's authors' fork recorded."""

from collections.abc import Callable

import pytest
import records
import torch
from eloss_plugins.adapters.edm import bind_trainer
from torch import Tensor
from torch.testing import assert_close
from upstream_models import VARIANTS, molecules, our_model

from eloss_plugins import host
from eloss_plugins.core import (
    Bonds,
    Constant,
    Energy,
    Exponential,
    Inverse,
    InverseSquare,
    Kabsch,
    LennardJones,
    LossBatch,
    Mae,
    Mse,
    StiffnessLaw,
)
from eloss_plugins.core.losses import PositionLoss
from eloss_plugins.hookspecs import BindOptions
from eloss_plugins.trainers.diffusion.draw import Draw
from eloss_plugins.trainers.molecule_noise import centred

RECORD = records.load("authors_losses")
ERRORS = records.under("errors", RECORD)
TRAINING = records.under("training", RECORD)
CLOSE = {"rtol": 1e-5, "atol": 1e-5}
CHANNELS = 9  # 3 positions, 5 types, 1 charge: the divisor of the authors' squared errors
WEIGHT = 0.05

LAWS: dict[str, StiffnessLaw] = {
    "constant": Constant(),
    "inv_dist": Inverse(prefactor=5.0, epsilon=1e-5),
    "inv_dist2": InverseSquare(prefactor=16.0, epsilon=1e-5),
    "exp_dist": Exponential(prefactor=42.0),
    "lj": LennardJones(bonded=9.0, well_depth=0.125, epsilon=1e-5),
}


@pytest.fixture
def batch():
    return molecules((5, 9, 2, 7), padding=1, seed=3)


@pytest.fixture
def loss_batch(batch) -> LossBatch:
    """The recorded prediction, as data prediction, with features scaled by 4 and 10."""
    ones = torch.ones(len(batch.mask))
    return LossBatch(
        target=batch.positions,
        residual=ERRORS["predicted"] - batch.positions,
        signal=ones,
        noise=ones,
        mask=batch.mask,
        bonds=bond_list(ERRORS["bonds"]),
        features=torch.cat([batch.one_hot / 4, batch.charges / 10], dim=-1),
    )


def bond_list(orders: Tensor) -> Bonds:
    molecule, first, second = orders.triu(1).nonzero().unbind(1)
    start = molecule * orders.shape[1]
    return Bonds(torch.stack([start + first, start + second]), orders[molecule, first, second])


@pytest.mark.parametrize("mode", LAWS)
@pytest.mark.parametrize("distances", ["positions", "features"])
def test_energy_equals_the_authors(loss_batch, mode, distances):
    energy = Energy(LAWS[mode], reduction="per_atom", distances=distances)
    assert_close(energy(loss_batch), ERRORS[f"{mode}/{distances}"], **CLOSE)


def test_bond_orders_as_stiffness_equal_the_authors(loss_batch):
    def orders(pairs):
        return pairs.bond_orders.to(pairs.distances.dtype)

    energy = Energy(orders, reduction="per_atom")
    assert_close(energy(loss_batch), ERRORS["bonds/positions"], **CLOSE)


@pytest.mark.parametrize(("name", "loss"), [("kabsch", Kabsch), ("mae", Mae)])
def test_aligned_and_absolute_errors_equal_the_authors(loss_batch, name, loss):
    slots = loss_batch.target.shape[1]
    ours = loss(reduction="sum")(loss_batch) / (CHANNELS * slots)
    assert_close(ours, ERRORS[name], **CLOSE)


def padded(loss: type[PositionLoss], slots: int) -> PositionLoss:
    """A loss over the authors' divisor: all slots, padding included, times all channels."""
    return loss(reduction="sum", weight=WEIGHT / (CHANNELS * slots))


def training_loss(position_loss: Callable[..., Tensor] | None) -> Tensor:
    """Our training loss for the recorded weights, molecules, steps and noise."""
    batch = molecules((4, 9, 6, 2), padding=1, seed=4)
    model = our_model(VARIANTS["gnn"])
    model.load_state_dict(records.under("weights", TRAINING), strict=False)
    model.position_loss = position_loss
    positions = centred(TRAINING["positions"], batch.mask)
    features = TRAINING["features"] * batch.mask.unsqueeze(-1)
    draw = Draw(TRAINING["step"].squeeze(1), torch.cat([positions, features], dim=-1))
    return model.losses_at(batch, draw)["loss"]


@pytest.mark.parametrize(("mode", "loss"), [("mse", Mse), ("kabsch", Kabsch)])
def test_training_loss_equals_the_authors(mode, loss):
    bound = bind_trainer("gdm", BindOptions(padded(loss, slots=10), mode))
    assert_close(training_loss(bound), TRAINING[f"loss/{mode}"], **CLOSE)


def test_the_authors_preset_gives_the_authors_training_loss():
    bound = host.bind("gdm", "energy", f"preset=authors-edm,weight={WEIGHT}")
    assert_close(training_loss(bound), TRAINING["loss/energy"], **CLOSE)
