"""A run that begins with the weights of another."""

from dataclasses import replace

import pytest
import torch
from torch.testing import assert_close

from eloss_plugins.data.dataset import DataSet
from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.loop import train
from eloss_plugins.trainers.parts import Parts
from eloss_plugins.trainers.run_folder import RunFolder
from trainers import tiny_run

STILL = 1e-30  # a learning rate at which weights stay where they are
SIZES = {"layers": 1, "features": 8, "timesteps": 10}


@pytest.fixture
def first(tmp_path) -> str:
    """A run of twelve steps whose sizes are not the trainer's own."""
    train(tiny_run.config(tmp_path / "first", model=SIZES), parts=tiny_run.parts())
    return str(tmp_path / "first")


def later(tmp_path, first: str, **changes) -> TrainConfig:
    changes = {"steps": 1, "learning_rate": STILL, "start_from": first} | changes
    return tiny_run.config(tmp_path / "later", **changes)


def test_model_and_average_begin_with_the_average_of_the_run(tmp_path, first):
    train(later(tmp_path, first), parts=tiny_run.parts())
    found = tiny_run.newest(tmp_path / "later")
    expected = dict(tiny_run.newest(first)["ema"])
    assert all(torch.equal(value, expected[name]) for name, value in found["model"].items())
    assert_close(dict(found["ema"]), expected)
    assert found["identity"]["config"]["start_from"] == first


def test_the_sizes_are_those_of_the_run(tmp_path, first):
    parts = replace(tiny_run.parts(), spec=replace(tiny_run.SPEC, config=tiny_run.SPEC.config))
    train(later(tmp_path, first), parts=parts)
    model = tiny_run.newest(tmp_path / "later")["identity"]["config"]["model"]
    assert {name: model[name] for name in SIZES} == SIZES


def test_a_resumed_run_needs_the_first_no_more(tmp_path, first):
    started = later(tmp_path, first, steps=5)
    train(started, parts=tiny_run.parts())
    saved = TrainConfig.from_json(tiny_run.newest(tmp_path / "later")["identity"]["config"])
    RunFolder(tmp_path / "first").clear()
    result = train(replace(saved, steps=8), resume=True, parts=tiny_run.parts())
    assert result.step == 8


@pytest.mark.parametrize(
    ("changes", "error", "cause"),
    [
        ({"model": {"features": 9}}, Refused, "of another shape"),
        ({"model": {"preset": "tiny"}}, UsageError, "leave out the model preset tiny"),
        ({"start_from": "nowhere"}, UsageError, "nowhere has none"),
    ],
)
def test_what_does_not_fit_is_refused(tmp_path, first, changes, error, cause):
    with pytest.raises(error, match=cause):
        train(later(tmp_path, first, **changes), parts=tiny_run.parts())


def test_another_network_is_refused(tmp_path, first):
    from eloss_plugins.trainers import edm

    parts = Parts(edm.SPEC, tiny_run.data())
    with pytest.raises(Refused, match="is a run of gdm, whose weights do not fit edm"):
        train(later(tmp_path, first, trainer="edm"), parts=parts)


def test_other_elements_are_refused(tmp_path, first):
    whole = tiny_run.data()
    swapped = DataSet(whole.name, whole.molecules, whole.splits, (6, 1, 8))
    with pytest.raises(Refused, match=r"on the elements \[1, 6, 8\], the data have \[6, 1, 8\]"):
        train(later(tmp_path, first), parts=Parts(tiny_run.SPEC, swapped))


def test_a_refused_start_keeps_the_run_that_would_be_overwritten(tmp_path, first):
    train(tiny_run.config(tmp_path / "later", steps=2, model=SIZES), parts=tiny_run.parts())
    before = dict(tiny_run.newest(tmp_path / "later")["ema"])
    with pytest.raises(Refused, match="of another shape"):
        train(later(tmp_path, first, model={"features": 9}), overwrite=True, parts=tiny_run.parts())
    after = dict(tiny_run.newest(tmp_path / "later")["ema"])
    assert all(torch.equal(value, after[name]) for name, value in before.items())
