"""A plugin that fails in the middle of a run: who, when, with which molecules, and what is left."""

from dataclasses import replace

import pytest
import torch

from eloss_plugins import host, plugins
from eloss_plugins.errors import PluginError
from eloss_plugins.trainers import checkpoint
from eloss_plugins.trainers.loop import train
from trainers.tiny_run import assert_same, config, newest, parts

STEPS = 12
FAILS_AT = 8
LOSS = """
from eloss_plugins import hookimpl
calls = []

def brittle(batch):
    calls.append(len(calls) + 1)
    if len(calls) == %d:
        raise ZeroDivisionError("the spring broke")
    return batch.residual.square().sum((1, 2)) * batch.mask.any(1)

@hookimpl
def register_losses():
    return {"brittle": brittle}
"""


@pytest.fixture
def brittle(site):
    """Parts of a run with a loss that fails in its eighth call, by name."""
    site.add("spring", LOSS % FAILS_AT, version="2.1")
    plugins.forget()
    return replace(parts(), loss=host.bind("gdm", "brittle"))


def test_the_error_names_plugin_version_step_and_molecules(brittle, tmp_path):
    with pytest.raises(PluginError) as caught:
        train(config(tmp_path, steps=STEPS), parts=brittle)
    text = str(caught.value)
    assert text.startswith(f"step {FAILS_AT}: loss `brittle` of plugin `spring:spring`")
    assert "(version 2.1) failed: ZeroDivisionError: the spring broke" in text
    assert text.count("(mol-") == 4  # the batch
    assert caught.value.exit_code == 3


def test_the_cause_is_kept_for_a_traceback(brittle, tmp_path):
    with pytest.raises(PluginError) as caught:
        train(config(tmp_path, steps=STEPS), parts=brittle)
    problem = caught.value
    while problem.__cause__ is not None:
        problem = problem.__cause__
    assert isinstance(problem, ZeroDivisionError)


def test_the_last_checkpoint_is_from_before_and_the_run_goes_on_exactly(brittle, tmp_path):
    settings = config(tmp_path / "run", steps=STEPS, checkpoint_every=5)
    with pytest.raises(PluginError):
        train(settings, parts=brittle)
    assert newest(tmp_path / "run")["step"] == 5
    train(settings, parts=brittle, resume=True)  # the loss fails only once
    train(config(tmp_path / "whole", steps=STEPS, checkpoint_every=5), parts=brittle)
    assert_same(newest(tmp_path / "run"), newest(tmp_path / "whole"))


def test_a_first_answer_of_a_wrong_shape_stops_before_any_weight_moved(site, tmp_path):
    site.add_loss("faulty", "nothing-at-all")
    plugins.forget()
    with pytest.raises(PluginError, match=r"step 1: .*must return a tensor of shape \(4,\)"):
        train(config(tmp_path), parts=replace(parts(), loss=host.bind("gdm", "nothing-at-all")))
    assert checkpoint.load_newest(tmp_path / "checkpoints") is None


def test_memory_that_runs_out_in_a_plugin_is_not_blamed_on_it(tmp_path):
    def greedy(*_given, **_options):
        raise torch.OutOfMemoryError("no memory")

    with pytest.raises(Exception, match="lower batch_size"):
        train(config(tmp_path), parts=replace(parts(), loss=greedy))
