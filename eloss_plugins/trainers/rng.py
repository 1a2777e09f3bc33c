"""The state of every random number generator that a training step may draw from."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from torch import Tensor

RngState = dict[str, Any]

_DEVICE_STATE: dict[str, tuple[Callable[..., Tensor], Callable[..., None]]] = {
    "cuda": (torch.cuda.get_rng_state, torch.cuda.set_rng_state),
}


def torch_state(device: torch.device) -> tuple[Tensor, Tensor | None]:
    """The state of torch's CPU generator and of the generator of `device`."""
    get, _ = _DEVICE_STATE.get(device.type, (None, None))
    return torch.get_rng_state(), get(device) if get else None


def restore_torch(state: tuple[Tensor, Tensor | None], device: torch.device) -> None:
    """Put back what `torch_state` gave."""
    torch.set_rng_state(state[0])
    _, put = _DEVICE_STATE.get(device.type, (None, None))
    if put and state[1] is not None:
        put(state[1], device)


def capture(device: torch.device) -> RngState:
    """The states of python, numpy and torch, as plain containers and tensors."""
    name, keys, *rest = np.random.get_state(legacy=True)
    host, accelerator = torch_state(device)
    return {
        "python": random.getstate(),
        "numpy": [str(name), torch.from_numpy(np.asarray(keys).astype(np.int64)), *rest],
        "torch": host,
        "device": accelerator,
    }


def restore(state: RngState, device: torch.device) -> None:
    """Put back what `capture` gave."""
    version, words, gauss = state["python"]
    random.setstate((version, tuple(words), gauss))
    name, keys, *rest = state["numpy"]
    np.random.set_state((name, keys.numpy().astype(np.uint32), *rest))
    restore_torch((state["torch"], state["device"]), device)


def seed_all(seed: int) -> None:
    """Seed python, numpy and torch on every device."""
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)


@contextmanager
def isolated(device: torch.device) -> Iterator[None]:
    """Inside, random numbers may be drawn and seeds set; afterwards all is as it was."""
    state = capture(device)
    try:
        yield
    finally:
        restore(state, device)
