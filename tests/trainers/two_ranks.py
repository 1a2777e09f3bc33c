"""Two processes that run a harness as one run, on ports that nobody else has."""

import os
import socket
import subprocess
import sys
from pathlib import Path


def first_free_port(count):
    """The first of `count` free ports in a row, one for each run of a harness.

    Below the ports that systems give to outgoing connections: one of those, taken by another test
    between this look and the rank's, would leave the ranks waiting for each other.
    """
    start = 20_000 + os.getpid() % 1000 * 10
    for first in range(start, 32_000, count):
        if all(is_free(first + place) for place in range(count)):
            return first
    raise OSError("no free ports")


def is_free(port):
    with socket.socket() as listener:
        return listener.connect_ex(("127.0.0.1", port)) != 0


def environment(rank, port):
    """What torchrun would set."""
    return {
        **os.environ,
        "RANK": str(rank), "LOCAL_RANK": str(rank), "WORLD_SIZE": "2", "LOCAL_WORLD_SIZE": "2",
        "GROUP_RANK": "0", "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": str(port),
        "TORCHELASTIC_RUN_ID": "test", "OMP_NUM_THREADS": "1",
    }  # fmt: skip


def next_port():
    """The other rank may still hold the store of this port: the next run meets elsewhere."""
    os.environ["MASTER_PORT"] = str(int(os.environ["MASTER_PORT"]) + 1)


def two_ranks(harness, *arguments, runs):
    """What each rank printed, for a harness next to this file that trains `runs` times."""
    port = first_free_port(runs)
    command = [sys.executable, str(Path(__file__).with_name(harness)), *map(str, arguments)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, env=environment(r, port), **pipes) for r in (0, 1)]
    ends = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], ends
    return [out for out, _ in ends]
