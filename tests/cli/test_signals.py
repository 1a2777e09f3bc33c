"""Signals to a training process: it saves, says so, and goes on later."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from .conftest import TINY

PATIENCE = 120.0  # seconds, on a busy machine
TRAIN = ("train", "gdm", "--out=run", "--steps=100000", "--log-every=5", *TINY)
pytestmark = pytest.mark.slow


def start(*words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "eloss_plugins.cli", *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def wait_until(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "the process did not get that far"
        time.sleep(0.05)


def steps(folder: str = "run") -> int:
    file = Path(folder) / "metrics.jsonl"
    return file.read_text().count('"train"') if file.exists() else 0


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_saves_and_the_run_goes_on_later(eloss, number, code):
    process = start(*TRAIN)
    wait_until(lambda: steps() >= 2)
    process.send_signal(number)
    out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == code
    assert "saved in run" in out
    assert "Traceback" not in err
    reached = int(out.split("step ")[1].split()[0])
    goal = str(reached + 2)
    answer = eloss("train", "gdm", "--out=run", "--resume", "--json", f"--steps={goal}")
    assert json.loads(answer.out)["step"] == reached + 2, answer.err


def test_an_early_interrupt_leaves_nothing_behind():
    process = start(*TRAIN)
    time.sleep(0.4)  # within the imports
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode in (130, -signal.SIGINT)  # the latter before main() has begun
    assert not Path("run", "checkpoints").exists()
