"""What importing a plugin may not change: random states, defaults, the working directory."""

import os
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stdout, suppress
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class _State:
    what: str
    read: Callable[[], Any]
    restore: Callable[[Any], object]


@contextmanager
def contained() -> Iterator[list[str]]:
    """Runs a plugin's code so that nothing of it leaks into training.

    Yields a list that, after the block, names what was changed; those changes are
    undone. What the block prints goes to standard error, so that `--json` stays JSON.
    torch and numpy are looked at only when they were loaded before.
    """
    states = [(state, state.read()) for state in _states()]
    changed: list[str] = []
    try:
        with redirect_stdout(sys.stderr):
            yield changed
    finally:
        for state, before in states:
            if state.read() != before:
                state.restore(before)
                changed.append(state.what)


def _states() -> Iterator[_State]:
    yield _State("the working directory", _directory, _change_directory)
    yield _State("Python's random state", random.getstate, random.setstate)
    yield from _numpy_states(sys.modules.get("numpy"))
    yield from _torch_states(sys.modules.get("torch"))


def _numpy_states(numpy: Any) -> Iterator[_State]:
    if hasattr(numpy, "random"):
        yield _State(
            "numpy's random state",
            lambda: [
                getattr(part, "tolist", lambda p=part: p)() for part in numpy.random.get_state()
            ],
            lambda before: numpy.random.set_state(tuple(before)),
        )


def _torch_states(torch: Any) -> Iterator[_State]:
    if not hasattr(torch, "get_rng_state"):
        return
    yield _State(
        "torch's random state",
        lambda: torch.get_rng_state().tolist(),
        lambda before: torch.set_rng_state(torch.tensor(before, dtype=torch.uint8, device="cpu")),
    )
    yield _State("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype)


def _directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        return None


def _change_directory(before: str | None) -> None:
    if before is not None:
        with suppress(OSError):
            os.chdir(before)
