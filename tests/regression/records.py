"""Records of upstream runs: one compressed file of named arrays."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

FOLDER = Path(__file__).parent


def save(name: str, commit: str, arrays: Mapping[str, Tensor]) -> None:
    """Write `arrays` and the upstream commit that made them."""
    plain = {key: value.detach().cpu().numpy() for key, value in arrays.items()}
    np.savez_compressed(FOLDER / f"{name}.npz", upstream_commit=np.array(commit), **plain)


def load(name: str) -> dict[str, Tensor]:
    with np.load(FOLDER / f"{name}.npz") as file:
        return {key: torch.from_numpy(file[key]) for key in file if key != "upstream_commit"}


def commit_of(name: str) -> str:
    with np.load(FOLDER / f"{name}.npz") as file:
        return str(file["upstream_commit"])


def under(prefix: str, arrays: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The arrays whose name begins with `prefix/`, without it."""
    return {
        k.removeprefix(f"{prefix}/"): v for k, v in arrays.items() if k.startswith(f"{prefix}/")
    }


def named(prefix: str, arrays: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {f"{prefix}/{key}": value for key, value in arrays.items()}


def weights_of(model: torch.nn.Module) -> dict[str, Tensor]:
    """The network's weights alone; schedules have records of their own."""
    return {k: v for k, v in model.state_dict().items() if k.startswith("dynamics.")}


@contextlib.contextmanager
def drawn() -> Iterator[list[Tensor]]:
    """Everything that torch.randn and torch.randint return within the block, in order."""
    draws: list[Tensor] = []
    originals = {name: getattr(torch, name) for name in ("randn", "randint")}

    def recording(name: str):  # noqa: ANN202
        def draw(*args: object, **kwargs: object) -> Tensor:
            draws.append(originals[name](*args, **kwargs))
            return draws[-1]

        return draw

    for name in originals:
        setattr(torch, name, recording(name))
    try:
        yield draws
    finally:
        for name, original in originals.items():
            setattr(torch, name, original)


@contextlib.contextmanager
def first_step_zero() -> Iterator[None]:
    """Within the block torch.randint's first number is 0, so that step 0 occurs."""
    original = torch.randint

    def draw(*args: object, **kwargs: object) -> Tensor:
        steps = original(*args, **kwargs)
        steps[0] = 0
        return steps

    torch.randint = draw
    try:
        yield
    finally:
        torch.randint = original
