"""The patched JODO and our trainer `jodo`: same weights, molecules and draws, the same loss.

Needs ELOSS_JODO, torch_geometric and torch_scatter. Only the patching starts a process.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
import upstream_joint
from torch.testing import assert_close
from upstream_joint import Upstream

from eloss_plugins import host, plugins
from eloss_plugins.data.batch import Batch
from eloss_plugins.data.collate import collate
from eloss_plugins.data.elements import Elements
from eloss_plugins.data.load import load
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.data.perception import perceive_all
from eloss_plugins.patched.jodo import ELEMENTS, BondScale, JodoLoss
from eloss_plugins.patched.loss import PatchedLoss
from eloss_plugins.trainers.jodo_model.draw import JointDraw
from eloss_plugins.trainers.jodo_model.noise import joint_noise

from .conftest import needs

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]  # of torch_geometric

QM9 = ELEMENTS["qm9_with_h"]
CONFIG = upstream_joint.VARIANTS["default"]
TIMES = (0.1, 0.25, 0.4, 0.6, 0.8, 0.95)  # where float32 serves upstream too
CLOSE = {"rtol": 1e-5, "atol": 1e-5}


def registered(kind: str) -> list[str]:
    return [it.name for it in getattr(plugins.load(), kind).entries if it.source.is_own]


LOSSES = [
    "none",
    *registered("losses"),
    *(f"energy:stiffness={name}" for name in registered("stiffness")),
    *(f"energy:edges={name}" for name in registered("edges")),
    "energy:gram=0.5",
    "energy:preset=authors-jodo,stiffness=inverse",
    "energy:edges=bonds,stiffness=lennard-jones",
]


@pytest.fixture(scope="module")
def upstream(patched_jodo: Path) -> Upstream:
    needs("JODO's network", "torch_geometric", "torch_scatter")
    return upstream_joint.upstream_of(patched_jodo)


@pytest.fixture(scope="module")
def batch() -> Batch:
    """Real molecules of QM9's elements with their bonds."""
    whole = load("bundled").molecules
    listed = [it for it in whole if set(it.numbers.tolist()) <= set(QM9)]
    chosen = MoleculeSet.from_molecules(listed[:: len(listed) // len(TIMES)][: len(TIMES)])
    found = perceive_all(chosen)
    stated = replace(chosen, bonds=found.bonds, formal_charges=found.formal_charges)
    return collate(stated, np.arange(len(stated)), Elements(QM9))


@pytest.fixture(scope="module")
def draws(batch: Batch) -> dict[bool, JointDraw]:
    """With the coin on either side."""
    random = torch.random.get_rng_state()
    torch.manual_seed(8)
    noise = joint_noise(batch.mask, len(QM9) + 1, CONFIG.bond_channels, torch.float32)
    torch.random.set_rng_state(random)
    return {coin: JointDraw(torch.tensor(TIMES), noise, coin) for coin in (False, True)}


def bound(said: str) -> host.BoundLoss | None:
    """A loss of its own for each side, so that edge sets that draw begin alike."""
    loss, _, options = said.partition(":")
    return host.bind("jodo", loss, options)


@pytest.mark.parametrize("coin", [False, True], ids=["alone", "conditioned"])
@pytest.mark.parametrize("said", LOSSES)
def test_the_loss_of_each_molecule_is_the_patched_jodos(upstream, batch, draws, said, coin):
    theirs, ours = bound(said), bound(said)
    patched = theirs and JodoLoss(PatchedLoss(theirs, QM9), CONFIG.norm_values[0], BondScale())
    upstream.losses.position_loss = patched
    expected = upstream_joint.upstream_losses(upstream, CONFIG, batch, draws[coin])
    found = upstream_joint.our_model(CONFIG, ours).losses_at(batch, draws[coin])
    assert_close(found["loss"], expected, **CLOSE)
    assert found["finite"].all()
    assert said == "none" or not torch.equal(found["position"], torch.zeros(len(TIMES)))
