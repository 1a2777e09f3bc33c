"""What the patched JODO computes, with its own `losses.py`; needs ELOSS_JODO and torch alone."""

import math

import pytest
import records
import torch
from torch import Tensor
from torch.testing import assert_close
from upstream_jodo import LAWS, losses_of, objective, scene, settings

from eloss_plugins import host
from eloss_plugins.patched.jodo import ELEMENTS, JodoLoss
from eloss_plugins.patched.loss import PatchedLoss
from eloss_plugins.position_loss.first_batch import ANY_UNIT

RECORD = records.load("jodo_losses")
LOSSES = records.under("loss", RECORD)
CLOSE = {"rtol": 1e-5, "atol": 1e-5}
BONDS = pytest.mark.parametrize("bonds", [True, False], ids=["graph", "node"])


@pytest.fixture(autouse=True)
def _recorded_times_and_molecules(monkeypatch):
    """Random positions are no angstrom."""
    monkeypatch.setenv(ANY_UNIT, "1")
    monkeypatch.setattr(torch, "rand", lambda *_, **__: RECORD["times"].clone())


def bound(options: str, loss: str = "energy") -> JodoLoss:
    made = host.bind("jodo", loss, options)
    return JodoLoss(PatchedLoss(made, ELEMENTS["qm9_with_h"]), 1.0)


@pytest.mark.parametrize("mode", LAWS)
def test_the_authors_preset_gives_the_authors_training_loss(patched_jodo, mode):
    losses = losses_of(patched_jodo)
    losses.position_loss = bound(f"preset=authors-jodo,stiffness={LAWS[mode]}")
    assert_close(objective(losses, settings()), LOSSES[mode], **CLOSE)


def test_the_authors_squared_error_is_upstreams_and_ours(jodo, patched_jodo):
    config = settings(align=False)
    assert_close(objective(losses_of(jodo), config), LOSSES["mse"], **CLOSE)
    losses = losses_of(patched_jodo)
    losses.position_loss = bound("", "mse")
    assert_close(objective(losses, config), LOSSES["mse"], **CLOSE)


@BONDS
def test_without_a_plugin_the_objective_is_upstreams(jodo, patched_jodo, bonds):
    found, expected = (
        seeded(lambda it=it: objective(losses_of(it), settings(), bonds=bonds))
        for it in (patched_jodo, jodo)
    )
    assert torch.equal(found, expected)


def seeded(made) -> Tensor:
    torch.manual_seed(3)
    return made()


@BONDS
def test_the_papers_preset_gives_the_papers_formula(patched_jodo, bonds):
    losses, loss, seen = losses_of(patched_jodo), bound("preset=paper"), {}

    def watched(pred, align_pos, *others):
        seen.update(positions=align_pos, found=loss(pred, align_pos, *others))
        return seen["found"]

    losses.position_loss = watched
    objective(losses, settings(), bonds=bonds)
    assert_close(seen["found"], torch.tensor(formula(seen["positions"])), **CLOSE)


def formula(positions: Tensor) -> list[float]:
    """Eq. 7 with k = exp(-d), in plain Python, for the target that the objective compares with."""
    given, sums = scene(), []
    for true, guessed, mask in zip(positions, given.pred, given.batch["atom_mask"], strict=True):
        total = 0.0
        for i in range(int(mask.sum())):
            for j in range(i):
                d = math.dist(true[i].tolist(), true[j].tolist())
                d_hat = math.dist(guessed[i, :3].tolist(), guessed[j, :3].tolist())
                total += math.exp(-d) * (d - d_hat) ** 2
        sums.append(total)
    return sums
