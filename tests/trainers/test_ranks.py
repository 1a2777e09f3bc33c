"""Two processes on the CPU: they decide alike, and neither waits for ever."""

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from eloss_plugins.trainers import journal
from eloss_plugins.trainers.diffusion.model import Diffusion
from eloss_plugins.trainers.loop import train
from trainers.own_noise import draw_by_molecule
from trainers.rank_harness import parts_for
from trainers.tiny_run import assert_same, config, newest

HARNESS = Path(__file__).with_name("rank_harness.py")
SCENARIOS = 7  # of the harness, each with a port of its own


def first_free_port():
    """The first of `SCENARIOS` free ports in a row.

    Below the ports that systems give to outgoing connections: one of those, taken by another test
    between this look and the rank's, would leave the ranks waiting for each other.
    """
    start = 20_000 + os.getpid() % 1000 * 10
    for first in range(start, 32_000, SCENARIOS):
        if all(is_free(first + place) for place in range(SCENARIOS)):
            return first
    raise OSError("no free ports")


def is_free(port):
    with socket.socket() as listener:
        return listener.connect_ex(("127.0.0.1", port)) != 0


def start(rank, port, arguments):
    environment = {
        **os.environ,
        "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2",
        "GROUP_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
        "TORCHELASTIC_RUN_ID": "test", "OMP_NUM_THREADS": "1",
    }  # fmt: skip
    command = [sys.executable, str(HARNESS), *map(str, arguments)]
    return subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def two_ranks(*arguments):
    """What each rank printed."""
    port = first_free_port()
    processes = [start(rank, port, arguments) for rank in (0, 1)]
    ends = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], ends
    return [json.loads(out.splitlines()[-1]) for out, _ in ends]


def train_lines(folder):
    return [line for line in journal.read(folder / "metrics.jsonl") if line["kind"] == "train"]


def assert_equals_one_process(folder, alone, monkeypatch):
    """Mean over molecules, not over ranks: a bad molecule leaves them with unequal counts."""
    monkeypatch.setattr(Diffusion, "draw", draw_by_molecule)
    settings = config(alone, steps=10, valid_every=5, log_every=1)
    train(settings, parts=parts_for("own-noise"))
    pairs = zip(train_lines(folder), train_lines(alone), strict=True)
    for found, expected in pairs:
        for key in ("loss", "position", "grad_norm"):
            assert found[key] == pytest.approx(expected[key], rel=1e-6), (found["step"], key)
    assert train_lines(alone)[-1]["skipped"] == 2


@pytest.mark.slow
def test_two_ranks_decide_alike_stop_together_and_resume_exactly(tmp_path, monkeypatch):
    """One test, because most of its time goes into starting the two processes."""
    first, second = two_ranks(tmp_path)
    failures = [rank.pop("raises") for rank in (first, second)]
    assert first == second
    assert [d for d in first["one-bad"]["dropped"] if d] == [[3], [3]]  # once in each epoch
    assert first["one-bad"]["error"] is None
    assert first["all-bad"]["error"][0] == "Refused"
    assert newest(tmp_path / "b")["step"] == 3
    assert_same(newest(tmp_path / "run"), newest(tmp_path / "whole"))
    assert_equals_one_process(tmp_path / "d", tmp_path / "alone", monkeypatch)
    for failure in failures:  # of a plugin, on rank 1 alone
        assert failure["error"][0] == "PluginError"
        assert failure["error"][1].startswith("step 3: loss `brittle` of plugin `spring:spring`")
        assert len(failure["dropped"]) == 2
    assert failures[0]["weights"] == failures[1]["weights"]
