"""Half precision with a gradient scaler, on the CPU: overflows are its business, and it resumes."""

from dataclasses import replace

import pytest
import torch
from lightning_fabric import Fabric
from lightning_fabric.plugins.precision import MixedPrecision

from eloss_plugins.trainers import journal
from eloss_plugins.trainers.loop import train
from eloss_plugins.trainers.processes import devices
from trainers.tiny_run import assert_same, config, newest, parts


@pytest.fixture(autouse=True)
def scaled(monkeypatch):
    def launch(_config):
        scaler = torch.amp.GradScaler("cpu")
        precision = MixedPrecision("16-mixed", "cpu", scaler)
        return Fabric(accelerator="cpu", devices=1, plugins=[precision])

    monkeypatch.setattr(devices, "_launch", launch)


def times(factor):
    def loss(prediction, *_args, **_options):
        return prediction.square().sum((1, 2)) * factor

    return replace(parts(), loss=loss)


def test_resumed_equals_uninterrupted(tmp_path):
    train(config(tmp_path / "whole"), parts=parts())
    train(config(tmp_path / "run", steps=4), parts=parts())
    train(config(tmp_path / "run"), resume=True, parts=parts())
    assert newest(tmp_path / "run")["precision"]["scale"] > 0
    assert_same(newest(tmp_path / "run"), newest(tmp_path / "whole"))


def test_an_overflow_lowers_the_scale_and_blames_nobody(tmp_path):
    result = train(config(tmp_path, steps=10, batch_size=20), parts=times(100.0))
    state = newest(tmp_path)
    assert result.masked == 0
    assert 1 < state["precision"]["scale"] < 65536
    assert state["streak"]["length"] == 0


def test_a_gradient_that_no_scale_saves_stops_the_run_in_the_end(tmp_path):
    settings = config(tmp_path, steps=18, batch_size=20, non_finite_limit=0, valid_every=0)
    result = train(settings, parts=times(1e9))
    events = [line for line in journal.read(tmp_path / "metrics.jsonl") if line["kind"] == "event"]
    assert result.masked > 0
    assert 10 < events[0]["step"] < 20  # from 65536 to 1 takes 16 halvings
    assert all(torch.isfinite(value).all() for value in newest(tmp_path)["model"].values())
