"""Training on several devices from the command line: how it starts, who talks, how it ends."""

import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from pages import code, page

from eloss_plugins.trainers import journal

from .conftest import TINY
from .test_signals import PATIENCE, started, steps, wait_until

TRAIN = ("train", "gdm", "--out=run", "--data=bundled-tiny", *TINY)
SHORT = ("--data=bundled-tiny", "--steps=4", "--log-every=2", *TINY[:-1])
FOLDERS = ("runs/plain", "runs/torchrun")
ENTRY = str(Path(sys.executable).with_name("eloss"))
TORCHRUN = (sys.executable, "-m", "torch.distributed.run")
SECOND = {"RANK": "1", "LOCAL_RANK": "1", "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2"}


def run(*words):
    return subprocess.run(
        words,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
    )


def losses(folder):
    return [line["loss"] for line in journal.read(Path(folder, "metrics.jsonl")) if "loss" in line]


@pytest.mark.slow
def test_started_as_documented_runs_are_the_same_and_one_process_talks():
    plain, torchrun = documented()
    answers = [run(ENTRY, *plain[1:], *SHORT), run(*TORCHRUN, *torchrun[1:], *SHORT)]
    for answer, folder in zip(answers, FOLDERS, strict=True):
        assert answer.returncode == 0, answer.stderr
        assert answer.stdout == f"Trained 4 steps; the run is in {folder}\n"
        assert answer.stderr.count("loss: energy") == answer.stderr.count("Next: ") == 1
        assert json.loads(Path(folder, "config.json").read_text())["config"]["devices"] == 2
    assert losses(FOLDERS[0]) == losses(FOLDERS[1])
    assert len(losses(FOLDERS[0])) == 2


def documented():
    """The words of the two commands in docs/training.md that start two processes."""
    section = page("docs/training.md").partition("## More than one device")[2]
    return [shlex.split(line) for line in code(section, "bash")[0].splitlines()]


@pytest.mark.slow
def test_where_one_process_is_killed_the_first_says_so_and_the_run_goes_on(eloss):
    with started(*TRAIN, "--steps=100000", "--checkpoint-every=2", "--devices=2") as process:
        wait_until(lambda: list(Path("run").glob("checkpoints/*.pt")), process)
        os.kill(follower_of(process.pid), signal.SIGKILL)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 5
    assert [line for line in err.splitlines() if line.startswith("eloss")] == [
        "eloss: process 2 of 2 was killed (SIGKILL; the system does that when memory runs out). "
        "The last checkpoint is kept: run again with --resume"
    ]
    told = eloss("train", "gdm", "--out=run", "--resume", "--devices=1")
    assert told.code == 3
    assert "devices: 2 -> 1" in told.err
    goal = f"--steps={reached() + 2}"
    alone = eloss("train", "gdm", "--out=run", "--resume", "--devices=1", "--allow-change", goal)
    assert alone.code == 0, alone.err


@pytest.mark.slow
def test_after_the_first_process_the_others_end(tmp_path):
    with started(*TRAIN, "--steps=100000", "--log-every=2", "--devices=2") as process:
        wait_until(lambda: steps() >= 2, process)
        other = follower_of(process.pid)
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 143, err
    assert out.count("saved in run") == 1
    assert not Path(f"/proc/{other}").exists()


def follower_of(parent: int) -> int:
    """The process that `parent` has started."""
    return int(Path(f"/proc/{parent}/task/{parent}/children").read_text().split()[0])


def reached() -> int:
    return max(int(path.stem.split("-")[1]) for path in Path("run", "checkpoints").glob("*.pt"))


def test_another_number_than_was_started_is_refused(eloss, monkeypatch):
    for name, value in (SECOND | {"RANK": "0", "LOCAL_RANK": "0"}).items():
        monkeypatch.setenv(name, value)
    answer = eloss(*TRAIN, "--devices=3")
    assert answer.code == 2
    assert answer.err.startswith("loss: none")
    assert "expected 3 devices, as asked for; got 2 processes from torchrun" in answer.err


def test_the_second_process_leaves_errors_of_all_to_the_first(eloss, monkeypatch):
    for name, value in SECOND.items():
        monkeypatch.setenv(name, value)
    answer = eloss("train", "gmd")
    assert (answer.code, answer.out, answer.err) == (2, "", "")


def test_the_number_that_was_started_is_shown_as_a_setting(eloss, monkeypatch):
    for name, value in (SECOND | {"RANK": "0"}).items():
        monkeypatch.setenv(name, value)
    shown = json.loads(eloss("train", "gdm", "--show-config", "--json").out)
    assert shown["devices"]["value"] == 2


def test_more_devices_than_there_are_is_one_sentence(monkeypatch):
    import torch

    from eloss_plugins.errors import EnvironmentProblem
    from eloss_plugins.trainers.processes.devices import check_there

    monkeypatch.setattr(torch.cuda, "device_count", lambda: 1)
    with pytest.raises(EnvironmentProblem, match="expected 2 cuda devices .* torch finds 1"):
        check_there("cuda", 2)
