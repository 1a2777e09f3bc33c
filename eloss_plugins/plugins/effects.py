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
    Random states of torch and numpy are looked at only when they were loaded before: until
    then nothing has been drawn from them.
    """
    states = [(state, state.read()) for state in _states()]
    had_torch = "torch" in sys.modules
    changed: list[str] = []
    try:
        with redirect_stdout(sys.stderr):
            yield changed
    finally:
        if not had_torch:
            states += _torch_as_it_comes(sys.modules.get("torch"))
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
    yield _default_dtype(torch)


def _default_dtype(torch: Any) -> _State:
    return _State("torch's default dtype", torch.get_default_dtype, torch.set_default_dtype)


def _torch_as_it_comes(torch: Any) -> Iterator[tuple[_State, Any]]:
    """What a block must leave of a torch that it was the first to load, and how it comes."""
    if hasattr(torch, "get_default_dtype"):
        yield _default_dtype(torch), torch.float32


def _directory() -> str | None:
    try:
        return os.getcwd()
    except OSError:
        return None


def _change_directory(before: str | None) -> None:
    if before is not None:
        with suppress(OSError):
            os.chdir(before)
