"""Kills a run at every system call of a save, resumes it, compares it with one that ran through.

Run as a script with a scratch folder; prints one JSON object. A process of its own, because each
kill is a fork of it.
"""

import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

# A forked child has none of its parent's threads, and would wait for OpenMP's for good.
os.environ["OMP_NUM_THREADS"] = "1"

CALLS = ("open", "write", "fsync", "close", "replace", "unlink", "mkdir")
BUFFER_BYTES = 1024  # so that one save has many writes
FORKED_ERROR = 3


def die_at(count: int) -> None:
    """From now on, the `count`-th call of any of `CALLS` kills this process before it happens."""
    left = [count]

    def counted(original: Callable) -> Callable:
        def call(*arguments, **options):
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return original(*arguments, **options)

        return call

    for name in CALLS:
        setattr(os, name, counted(getattr(os, name)))


def forked(work: Callable[[], None]) -> int:
    """Exit status of a child that does `work`: 0, or minus the signal that ended it."""
    child = os.fork()
    if child == 0:
        try:
            work()
        except BaseException as problem:
            print(repr(problem), file=sys.stderr)
            os._exit(FORKED_ERROR)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def killed_in_save(out: Path, count: int, run: Callable[..., None]) -> int:
    """Train on in `out`; the next save dies at its `count`-th system call."""
    from eloss_plugins import atomic_write
    from eloss_plugins.trainers import checkpoint

    save = checkpoint.save

    def dying(*arguments):
        atomic_write.BUFFER_BYTES = BUFFER_BYTES
        die_at(count)
        return save(*arguments)

    def work() -> None:
        checkpoint.save = dying
        run(out, 3)

    return forked(work)


def sweep(root: Path) -> dict[str, int]:
    from eloss_plugins.progress import quiet
    from eloss_plugins.trainers.loop import train
    from trainers.tiny_run import assert_same, config, newest, parts

    def run(out: Path, steps: int) -> None:
        with quiet():
            settings = {"checkpoint_every": 1, "keep_last": 1, "valid_molecules": 0}
            train(config(out, steps=steps, **settings), resume=True, parts=parts())

    run(root / "whole", 4)
    run(root / "two", 2)
    points = lost = 0
    while True:
        out = root / f"kill-{points}"
        shutil.copytree(root / "two", out)
        if killed_in_save(out, points + 1, run) != -signal.SIGKILL:
            break
        points += 1
        resumed = forked(partial(run, out, 4))
        try:
            assert_same(newest(out), newest(root / "whole"))
        except AssertionError as problem:
            print(points, problem, file=sys.stderr)
            resumed = FORKED_ERROR
        leftovers = [p for p in (out / "checkpoints").iterdir() if p.name.startswith(".")]
        lost += bool(resumed or leftovers)
        shutil.rmtree(out)
    return {"points": points, "lost": lost}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    print(json.dumps(sweep(Path(sys.argv[1]))))
