"""Reading and checking the weights of an upstream checkpoint."""

import pickle
import warnings
from collections.abc import Mapping
from pathlib import Path

import torch
from torch import Tensor, nn

from eloss_plugins.errors import Refused
from eloss_plugins.trainers.upstreams import placeholders

WRAPPER = "module."  # put before every key by torch.nn.DataParallel
SHOWN = 10  # names listed in a message; the rest are counted
HEADERS = {
    b"version https://git-lfs": "a Git LFS pointer: fetch the file itself with `git lfs pull`",
    b"<": "a web page: the download went wrong",
    b"\x93NUMPY": "a numpy array: it holds no weights",
}


def read_state(path: Path) -> dict[str, Tensor]:
    """The state dict in `path`, on the CPU, without `DataParallel`'s prefix.

    Raises:
        Refused: not a state dict, damaged, or more than tensors.
    """
    return as_state(read_plain(path), str(path))


def read_plain(path: Path) -> object:
    """What torch saved in `path`, on the CPU: tensors, numbers, texts and plain containers.

    A file that holds code is refused unread.

    Raises:
        Refused: no such file, damaged, or more than that.
    """
    _refuse_lookalikes(path)
    try:
        return _load_tensors(path)
    except pickle.UnpicklingError as error:
        raise Refused(f"{path} was not loaded: it is damaged or holds more than tensors") from error
    except Exception as error:  # a damaged file raises nearly anything
        reason = " ".join(str(error).split()) or type(error).__name__
        raise Refused(f"{path} is damaged or not a checkpoint ({reason[:200]})") from error


def as_state(state: object, source: str) -> dict[str, Tensor]:
    """`state` as names to tensors, without `DataParallel`'s prefix.

    Raises:
        Refused: it is something else.
    """
    if not isinstance(state, Mapping) or not all(isinstance(v, Tensor) for v in state.values()):
        raise Refused(f"{source} holds no state dict: expected names mapped to tensors")
    return {str(name).removeprefix(WRAPPER): value for name, value in state.items()}


def load_state(model: nn.Module, state: Mapping[str, Tensor], source: str = "checkpoint") -> None:
    """Copy `state` into `model`, all of it or nothing.

    Args:
        model: a `Diffusion`.
        state: names to tensors.
        source: what to call it in messages.

    Raises:
        Refused: names missing or unexpected, shapes that differ, or weights not finite.
    """
    own = model.state_dict()
    problems = [
        _listed("missing", sorted(own.keys() - state.keys())),
        _listed("unexpected", sorted(state.keys() - own.keys())),
        _listed("of another shape", _other_shapes(own, state)),
        _listed("not finite", [name for name in own if name in state and _broken(state[name])]),
    ]
    found = [problem for problem in problems if problem]
    if found:
        raise Refused(f"{source} does not fit the model, nothing was loaded: {'; '.join(found)}")
    model.load_state_dict(dict(state))


def _load_tensors(path: Path) -> object:
    with warnings.catch_warnings(), torch.serialization.safe_globals(placeholders.SAFE):
        warnings.simplefilter("ignore")  # torch's guesses about a file that it then refuses
        return torch.load(path, map_location="cpu", weights_only=True)


def _refuse_lookalikes(path: Path) -> None:
    if not path.is_file():
        raise Refused(f"{path} is not a file; expected a checkpoint such as generative_model.npy")
    with path.open("rb") as stream:
        head = stream.read(32)
    if not head:
        raise Refused(f"{path} is empty")
    for start, meaning in HEADERS.items():
        if head.startswith(start):
            raise Refused(f"{path} is {meaning}")


def _listed(what: str, names: list[str]) -> str:
    if not names:
        return ""
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{len(names)} {what}: {', '.join(names[:SHOWN])}{more}"


def _other_shapes(own: Mapping[str, Tensor], state: Mapping[str, Tensor]) -> list[str]:
    return [
        f"{name} (expected {tuple(own[name].shape)}, got {tuple(state[name].shape)})"
        for name in own
        if name in state and own[name].shape != state[name].shape
    ]


def _broken(value: Tensor) -> bool:
    return value.is_floating_point() and not bool(value.isfinite().all())
