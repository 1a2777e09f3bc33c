"""The lines that EDM's patch set inserts, on a toy of EDM's shape, against recorded numbers."""

import importlib
import math

import pytest
import records
import torch
from patch_sets import toys
from torch import Tensor
from torch.testing import assert_close
from upstream_models import ELEMENTS, molecules

from eloss_plugins import host
from eloss_plugins.patched.loss import PatchedLoss
from eloss_plugins.position_loss.first_batch import ANY_UNIT

ERRORS = records.under("errors", records.load("authors_losses"))
PREDICTED = ERRORS["predicted"]
WEIGHT = 0.05
LAST_GAMMA = 4.0  # of the toy
LAWS = {
    "constant": "constant",
    "inv_dist": "inverse",
    "inv_dist2": "inverse-square",
    "exp_dist": "exponential",
}


@pytest.fixture
def energies(tmp_path, monkeypatch):
    """From options to the energy of the recorded prediction as the patched model takes it."""
    toy = toys.patched(tmp_path / "toy")
    with toys.imported_from(toy):
        module = importlib.import_module("equivariant_diffusion.en_diffusion")
    monkeypatch.setenv(ANY_UNIT, "1")
    return lambda options: energy_in(module.EnVariationalDiffusion(6), options)


def energy_in(model: torch.nn.Module, options: str) -> Tensor:
    """What the recorded prediction costs in `model`, at its last step, without the time weight."""
    batch = molecules((5, 9, 2, 7), padding=1, seed=3)
    node_mask = batch.mask.unsqueeze(-1).float()
    model.T = 1  # so that the last step is the only one
    ratio = math.exp(-LAST_GAMMA / 2)  # alpha / sigma
    eps = model.noise(node_mask)
    net_out = eps.clone()
    net_out[..., :3] += ratio * (batch.positions - PREDICTED)  # (z - alpha x_hat) / sigma
    model.noise = lambda _: eps
    model.phi = lambda *_: net_out
    model.position_loss = PatchedLoss(host.bind("gdm", "energy", options), ELEMENTS)
    features = {"categorical": batch.one_hot, "integer": batch.charges}
    return 2 * model.train()(batch.positions, features, node_mask) / ratio**2


@pytest.mark.parametrize("mode", LAWS)
def test_the_authors_preset_gives_the_authors_energy(energies, mode):
    found = energies(f"preset=authors-edm,stiffness={LAWS[mode]}")
    assert_close(found, WEIGHT * ERRORS[f"{mode}/features"], rtol=1e-5, atol=1e-5)


def test_distances_over_positions_alone_give_the_authors_other_energy(energies):
    found = energies("preset=authors-edm,distances=positions")
    assert_close(found, WEIGHT * ERRORS["exp_dist/positions"], rtol=1e-5, atol=1e-5)


def test_the_papers_preset_gives_the_papers_formula(energies):
    assert_close(energies("preset=paper"), torch.tensor(formula()), rtol=1e-5, atol=1e-5)


def formula() -> list[float]:
    """Eq. 7 with k = exp(-d), in plain Python."""
    batch = molecules((5, 9, 2, 7), padding=1, seed=3)
    sums = []
    for true, guessed, real in zip(batch.positions, PREDICTED, batch.mask, strict=True):
        atoms = range(int(real.sum()))
        total = 0.0
        for i in atoms:
            for j in range(i):
                d = math.dist(true[i].tolist(), true[j].tolist())
                d_hat = math.dist(guessed[i].tolist(), guessed[j].tolist())
                total += math.exp(-d) * (d - d_hat) ** 2
        sums.append(total)
    return sums
