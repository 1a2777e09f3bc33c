"""JODO learns, and goes on where it stopped."""

from dataclasses import replace
from functools import partial

import numpy as np
import pytest
import torch

from eloss_plugins.data.bond_list import BondList
from eloss_plugins.trainers import jodo
from eloss_plugins.trainers.loop import train
from eloss_plugins.trainers.parts import Parts
from trainers import tiny_run
from trainers.jodo_model.toys import SIZES, bonded_batch, toy_model

SPEC = replace(jodo.SPEC, config=replace(SIZES, layers=1, dropout=0.1))
config = partial(tiny_run.config, trainer="jodo")


def parts() -> Parts:
    """The molecules of `tiny_run` as chains of single bonds."""
    listed = []
    for molecule in tiny_run.molecules():
        size = len(molecule)
        pairs = np.stack([np.arange(size - 1), np.arange(1, size)], axis=1)
        bonds = BondList(pairs, np.ones(size - 1), size)
        charges = np.zeros(size, dtype=np.int64)
        listed.append(replace(molecule, bonds=bonds, formal_charges=charges))
    return Parts(SPEC, tiny_run.data(listed))


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    out = tmp_path_factory.mktemp("whole") / "run"
    train(config(out), parts=parts())
    return out


@pytest.mark.parametrize("stop", [1, 5, 7])
def test_resumed_equals_uninterrupted(stop, tmp_path, uninterrupted):
    train(config(tmp_path / "run", steps=stop, valid_every=0), parts=parts())
    torch.manual_seed(99)  # the second sitting starts from another state of the world
    train(config(tmp_path / "run"), resume=True, parts=parts())
    tiny_run.assert_same(tiny_run.newest(tmp_path / "run"), tiny_run.newest(uninterrupted))


@pytest.mark.slow
def test_training_on_one_molecule_lowers_the_loss():
    batch, model = bonded_batch((5,) * 8, padding=0), toy_model()
    one = replace(
        batch,
        **{n: getattr(batch, n)[:1].expand_as(getattr(batch, n)) for n in
           ("positions", "one_hot", "charges", "bonds", "formal_charges")},
    )  # fmt: skip
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-3)
    torch.manual_seed(0)
    seen = []
    for _ in range(300):
        optimizer.zero_grad()
        loss = model.training_losses(one)["loss"].mean()
        loss.backward()
        optimizer.step()
        seen.append(loss.item())
    assert np.mean(seen[-50:]) < 0.65 * np.mean(seen[:20])
