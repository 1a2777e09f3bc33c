"""Long runs hold no more memory than short ones: tensors, Python objects and bytes are counted."""

import gc
import sys
import tracemalloc
from dataclasses import dataclass, replace

import pytest
import torch

from eloss_plugins import host
from eloss_plugins.trainers.loop import train
from tests.trainers.tiny_run import config, parts

STEPS = 1000
SLACK = 10  # objects and tensors that a whole run may add, where a leak adds one a step
SLACK_BYTES = 20_000  # 20 bytes a step: less than the smallest object

pytestmark = pytest.mark.slow

PLUGIN = """
from dataclasses import dataclass
from eloss_plugins import hookimpl

@dataclass(frozen=True)
class Soft:
    width: float = 2.0

    def __call__(self, pairs):
        return (-(pairs.distances / self.width).square()).exp()

@dataclass(frozen=True)
class Square:
    def __call__(self, batch):
        return batch.answer(batch.clean_residual().square().sum((1, 2)))

@hookimpl
def register_stiffness():
    return {"soft": Soft}

@hookimpl
def register_losses():
    return {"square": Square}

last = {}
kept = []

@hookimpl
def after_loss(target, step, terms):
    last.update(terms)
"""
HOARDER = PLUGIN.replace("last.update(terms)", "kept.append(terms)")


@dataclass(frozen=True)
class Census:
    tensors: int
    objects: int
    bytes: int

    @classmethod
    def taken(cls) -> "Census":
        gc.collect()
        alive = gc.get_objects()
        tensors = sum(issubclass(type(thing), torch.Tensor) for thing in alive)
        return cls(tensors, len(alive), tracemalloc.get_traced_memory()[0])

    def grown_since(self, before: "Census") -> "Census":
        return Census(
            self.tensors - before.tensors, self.objects - before.objects, self.bytes - before.bytes
        )


@pytest.fixture(autouse=True)
def _only_what_is_new():
    """What tests of before have left is not counted, nor that it goes in the meantime."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.fixture
def _traced():
    tracemalloc.start()
    yield
    tracemalloc.stop()


def step(loss: host.BoundLoss, weight: torch.nn.Parameter, number: int) -> None:
    """What a trainer does about a loss: sizes change, and every tenth batch has no graph."""
    molecules, atoms = 2 + number % 3, 4 + number % 5
    noise, positions = torch.randn(2, molecules, atoms, 3)
    positions = positions - positions.mean(1, keepdim=True)
    levels = torch.full((molecules,), 0.6), torch.full((molecules,), 0.8)
    mask = torch.ones(molecules, atoms, dtype=torch.bool)
    with torch.set_grad_enabled(number % 10 > 0):
        answer = loss(weight * noise, noise, positions, *levels, mask)
    if answer.requires_grad:
        answer.mean().backward()
        weight.grad = None
    host.after_loss("edm", number, {"position": answer, "loss": answer.mean()})


def growth(loss: host.BoundLoss, steps: int = STEPS) -> Census:
    weight = torch.nn.Parameter(torch.ones(()))
    for number in range(150):
        step(loss, weight, number)
    before = Census.taken()
    for number in range(steps):
        step(loss, weight, number)
    return Census.taken().grown_since(before)


@pytest.mark.parametrize(("loss", "options"), [("energy", "stiffness=soft"), ("square", "")])
@pytest.mark.usefixtures("_traced")
def test_a_thousand_calls_of_a_loss_leave_nothing_behind(site, loss, options):
    site.add("acme", PLUGIN)
    found = growth(host.bind("edm", loss, options))
    assert abs(found.tensors) <= SLACK
    assert found.objects <= SLACK
    assert found.bytes <= SLACK_BYTES


@pytest.mark.usefixtures("_traced")
def test_a_plugin_that_keeps_what_it_is_told_is_seen_by_this_count(site):
    site.add("acme", HOARDER)
    found = growth(host.bind("edm", "mse"), steps=100)
    assert found.tensors >= 200
    assert found.objects >= 300
    assert found.bytes >= 100 * 64


def test_five_hundred_steps_of_training_leave_nothing_behind(site, tmp_path, monkeypatch):
    site.add("acme", PLUGIN)
    told, censuses = host.after_loss, []

    def after_loss(target, step, terms):
        told(target, step, terms)
        if step in (100, 600):
            censuses.append(Census.taken())

    monkeypatch.setattr(host, "after_loss", after_loss)
    bound = host.bind("gdm", "energy", "stiffness=soft")
    settings = {"steps": 600, "log_every": 10, "valid_every": 0, "checkpoint_every": 2000}
    train(config(tmp_path / "run", **settings), parts=replace(parts(), loss=bound))
    assert sys.modules["acme"].last["loss"].isfinite()
    found = censuses[1].grown_since(censuses[0])
    assert abs(found.tensors) <= SLACK
    assert found.objects <= SLACK
