"""Signals: the step is finished, the state is saved, the run can go on."""

import os
import signal
import threading
from dataclasses import replace

import pytest

from eloss_plugins.trainers import checkpoint
from eloss_plugins.trainers.loop import train
from trainers.tiny_run import SPEC, assert_same, config, newest, parts


def signalling(step, *numbers):
    """Parts whose augmentation sends signals to this process in the middle of `step`."""
    calls = []

    def augment(batch):
        calls.append(1)
        if len(calls) == step:
            for number in numbers:
                os.kill(os.getpid(), number)
        return batch

    return replace(parts(), spec=replace(SPEC, augment=augment))


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)]
)
def test_a_signal_finishes_the_step_and_saves(tmp_path, number, code):
    result = train(config(tmp_path), parts=signalling(4, number))
    assert (result.exit_code, result.step, result.complete) == (code, 4, False)
    assert newest(tmp_path)["step"] == 4


def test_an_interrupted_run_goes_on_as_if_nothing_had_happened(tmp_path):
    train(config(tmp_path / "whole"), parts=parts())
    train(config(tmp_path / "run"), parts=signalling(7, signal.SIGINT))
    train(config(tmp_path / "run"), resume=True, parts=parts())
    assert_same(newest(tmp_path / "run"), newest(tmp_path / "whole"))


def test_a_second_interrupt_ends_the_run_at_once(tmp_path):
    with pytest.raises(KeyboardInterrupt):
        train(config(tmp_path), parts=signalling(4, signal.SIGINT, signal.SIGINT))
    assert checkpoint.listed(tmp_path / "checkpoints") == []


def test_an_interrupt_before_the_first_step_leaves_nothing_to_save(tmp_path, monkeypatch):
    opening = "eloss_plugins.trainers.loop.open_run"
    original = train.__globals__["open_run"]

    def interrupted(*arguments):
        os.kill(os.getpid(), signal.SIGINT)
        return original(*arguments)

    monkeypatch.setattr(opening, interrupted)
    result = train(config(tmp_path), parts=parts())
    assert (result.exit_code, result.step) == (130, 0)
    assert checkpoint.listed(tmp_path / "checkpoints") == []


def test_an_interrupt_while_saving_lets_the_save_complete(tmp_path, monkeypatch):
    replacing = os.replace

    def interrupted(*arguments):
        os.kill(os.getpid(), signal.SIGINT)
        os.replace = replacing
        replacing(*arguments)

    original = checkpoint.save

    def save(*arguments):
        monkeypatch.setattr(os, "replace", interrupted)
        monkeypatch.setattr(checkpoint, "save", original)
        return original(*arguments)

    monkeypatch.setattr(checkpoint, "save", save)
    result = train(config(tmp_path), parts=parts())
    assert (result.exit_code, result.step) == (130, 5)
    assert newest(tmp_path)["step"] == 5


def test_usr1_saves_and_goes_on(tmp_path):
    result = train(config(tmp_path, checkpoint_every=100), parts=signalling(4, signal.SIGUSR1))
    saved = [path.name for path in checkpoint.listed(tmp_path / "checkpoints")]
    assert result.complete
    assert saved == ["step-00000012.pt", "step-00000004.pt"]


def test_handlers_are_put_back_after_training(tmp_path):
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    train(config(tmp_path, steps=1), parts=parts())
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_training_in_another_thread_works(tmp_path):
    results = []
    thread = threading.Thread(
        target=lambda: results.append(train(config(tmp_path, steps=2), parts=parts()))
    )
    thread.start()
    thread.join()
    assert results[0].complete
