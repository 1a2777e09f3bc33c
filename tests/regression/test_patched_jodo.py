"""The lines that JODO's patch set inserts, on a toy of its shape, against recorded numbers."""

import importlib
import math
from types import ModuleType, SimpleNamespace

import pytest
import records
import torch
from patch_sets import toys
from torch import Tensor
from torch.testing import assert_close
from upstream_jodo import LAWS, Scene, scene

from eloss_plugins import host
from eloss_plugins.patched.jodo import ELEMENTS, JodoLoss
from eloss_plugins.patched.loss import PatchedLoss
from eloss_plugins.position_loss.first_batch import ANY_UNIT

RECORD = records.load("jodo_losses")
ENERGIES = records.under("energy", RECORD)
CLOSE = {"rtol": 1e-5, "atol": 1e-5}
OBJECTIVES = pytest.mark.parametrize("objective", ["graph", "node"])


@pytest.fixture
def losses(tmp_path, monkeypatch) -> ModuleType:
    toy = toys.patched(tmp_path / "toy", toys.JODO)
    with toys.imported_from(toy, toys.JODO):
        module = importlib.import_module("losses")
    monkeypatch.setenv(ANY_UNIT, "1")
    return module


def energies(losses: ModuleType, objective: str, options: str) -> Tensor:
    """What the recorded prediction costs in each molecule, no weight and no other loss with it."""
    bound = host.bind("jodo", "energy", options)
    losses.position_loss = JodoLoss(PatchedLoss(bound, ELEMENTS["qm9_with_h"]), 1.0)
    model = SimpleNamespace(pred_data=True, noise_align=True)
    make = getattr(losses, f"get_sde_{objective}_loss_fn")
    loss_fn = make(True, SimpleNamespace(model=model))
    whole = scene()
    parts = [part(whole, place) for place in range(len(whole.pred))]
    return torch.stack([alone(losses, loss_fn, it) for it in parts])


def part(whole: Scene, place: int) -> Scene:
    """One molecule of the scene."""
    names = ("positions", "atom_mask", "one_hot")
    batch = {name: whole.batch[name][place : place + 1] for name in names}
    return Scene(batch, whole.pred[place : place + 1])


def alone(losses: ModuleType, loss_fn, given: Scene) -> Tensor:
    """The objective of one molecule, whose types the network guesses rightly, without noise."""
    x, mask = given.batch["positions"], given.batch["atom_mask"].unsqueeze(-1)
    xh = torch.cat([x, given.batch["one_hot"]], dim=2)
    pred = torch.cat([given.pred[:, :, :3], xh[:, :, 3:]], dim=2)
    one = torch.ones(1)
    losses.noisy = lambda _: (xh, mask, xh, one, one, one)
    return loss_fn(Told(pred), {"bonds": torch.zeros(1, 1)})


class Told(torch.nn.Module):
    def __init__(self, answer: Tensor) -> None:
        super().__init__()
        self.answer = answer

    def forward(self, *_: object) -> Tensor:
        return self.answer


def test_the_scene_is_the_recorded_one():
    assert_close(scene().pred, RECORD["predicted"])


@OBJECTIVES
@pytest.mark.parametrize("mode", LAWS)
def test_the_authors_preset_gives_the_authors_energy(losses, objective, mode):
    found = energies(losses, objective, f"preset=authors-jodo,stiffness={LAWS[mode]}")
    assert_close(found, ENERGIES[mode], **CLOSE)


@OBJECTIVES
def test_the_papers_preset_gives_the_papers_formula(losses, objective):
    found = energies(losses, objective, "preset=paper")
    assert_close(found, torch.tensor(formula(scene())), **CLOSE)


def formula(given: Scene) -> list[float]:
    """Eq. 7 with k = exp(-d), in plain Python."""
    sums = []
    rows = zip(given.batch["positions"], given.pred, given.batch["atom_mask"], strict=True)
    for true, guessed, mask in rows:
        total = 0.0
        for i in range(int(mask.sum())):
            for j in range(i):
                d = math.dist(true[i].tolist(), true[j].tolist())
                d_hat = math.dist(guessed[i, :3].tolist(), guessed[j, :3].tolist())
                total += math.exp(-d) * (d - d_hat) ** 2
        sums.append(total)
    return sums
