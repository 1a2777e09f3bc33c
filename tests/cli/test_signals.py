"""Signals to a training process: it saves, says so, and goes on later."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from .conftest import TINY

PATIENCE = 120.0  # seconds, on a busy machine
TRAIN = ("train", "gdm", "--out=run", "--steps=100000", "--log-every=5", *TINY)
pytestmark = pytest.mark.slow


@contextmanager
def started(*words: str) -> Iterator[subprocess.Popen[str]]:
    """`eloss` as a process, gone at the end whatever happens."""
    process = subprocess.Popen(
        [sys.executable, "-m", "eloss_plugins.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )
    with process:
        try:
            yield process
        finally:
            process.kill()


def wait_until(condition, process: subprocess.Popen[str]) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < end, "the process did not get that far"
        time.sleep(0.05)


def steps(folder: str = "run") -> int:
    file = Path(folder) / "metrics.jsonl"
    return file.read_text().count('"train"') if file.exists() else 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_the_run_goes_on_later(eloss, number, code):
    with started(*TRAIN) as process:
        wait_until(lambda: steps() >= 2, process)
        process.send_signal(number)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert "saved in run" in out
    assert "Traceback" not in err
    reached = int(out.split("step ")[1].split()[0])
    goal = str(reached + 2)
    answer = eloss("train", "gdm", "--out=run", "--resume", "--json", f"--steps={goal}")
    assert json.loads(answer.out)["step"] == reached + 2, answer.err


def test_of_two_processes_one_saves_and_both_end():
    with started(*TRAIN, "--devices=2", "--data=bundled-tiny") as process:
        wait_until(lambda: steps() >= 2, process)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert out.count("saved in run") == 1
    assert len(list(Path("run", "checkpoints").glob("*.pt"))) == 1
    assert "Traceback" not in err


def test_an_early_interrupt_leaves_nothing_behind():
    with started(*TRAIN) as process:
        time.sleep(0.4)  # within the imports
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE)
    assert process.returncode in (130, -signal.SIGINT)  # the latter before main() has begun
    assert not Path("run", "checkpoints").exists()
