"""Two processes equal one on the same global batch, for every reference trainer."""

import pytest
import torch

from eloss_plugins.progress import quiet
from eloss_plugins.trainers import journal, session
from eloss_plugins.trainers.loop import train
from trainers.own_noise import seed_of_all
from trainers.rank_equality_harness import STEPS, parts, settings
from trainers.tiny_run import TRAINERS, newest
from trainers.two_ranks import two_ranks

WITHIN = 1e-6
WITHOUT_EFFECT = ("dynamics.gnn.embedding_out.bias", slice(0, 3))
"""Of a plain network: its positions are centred, which takes any bias out. What is left of the
gradient is rounding, and Adam makes whole steps of that."""


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """The folder of all runs of two processes."""
    folder = tmp_path_factory.mktemp("two")
    two_ranks("rank_equality_harness.py", folder, runs=len(TRAINERS) * len(STEPS))
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("precision", STEPS)
@pytest.mark.parametrize("trainer", TRAINERS)
def test_two_processes_equal_one(trainer, precision, trained, tmp_path, monkeypatch):
    monkeypatch.setattr(session, "noise_seed", seed_of_all)
    with quiet():
        train(settings(trainer, precision, tmp_path), parts=parts(trainer))
    two, one = newest(trained / f"{trainer}-{precision}"), newest(tmp_path)
    for weights in ("model", "ema"):
        assert_close(two[weights], one[weights], skipped=precision == "32-true")
    assert two["queue"] == pytest.approx(one["queue"], rel=WITHIN)
    assert one["streak"] == two["streak"]
    assert one["streak"]["masked"] > 0
    assert_same_journal(trained / f"{trainer}-{precision}", tmp_path)


def assert_close(two, one, *, skipped):
    for name, value in one.items():
        assert two[name].dtype == value.dtype
        chosen = slice(None)
        if skipped and name == WITHOUT_EFFECT[0]:
            chosen = slice(WITHOUT_EFFECT[1].stop, None)
        torch.testing.assert_close(two[name][chosen], value[chosen], rtol=0, atol=WITHIN)


def assert_same_journal(two, one):
    pairs = zip(*(journal.read(folder / "metrics.jsonl") for folder in (two, one)), strict=True)
    for found, expected in pairs:
        assert found.keys() == expected.keys()
        for key, value in expected.items():
            wanted = pytest.approx(value, rel=WITHIN) if isinstance(value, float) else value
            assert key == "seconds" or found[key] == wanted, (expected["step"], key)
