"""The files in which JODO keeps a run: `checkpoint_N.pth`."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from eloss_plugins.atomic_write import atomic_write
from eloss_plugins.errors import Refused
from eloss_plugins.trainers.upstreams.weights import WRAPPER, as_state, read_plain

ENDING = ".pth"
KEYS = ("model", "ema", "step")
AVERAGES = "shadow_params"  # averaged parameters, a list in the order of the model's
DECAY = 0.999  # of the average, in all of JODO's configurations


@dataclass(frozen=True)
class JodoFile:
    """What a checkpoint of JODO holds beside its optimizer.

    Attributes:
        latest: the network's weights at the last step, by name.
        averaged: their moving average.
        step: optimizer steps done.
    """

    latest: Mapping[str, Tensor]
    averaged: Mapping[str, Tensor]
    step: int


def looks_like_jodo(path: Path) -> bool:
    """Whether it is a file that torch saved under JODO's ending."""
    return path.suffix == ENDING and path.is_file() and zipfile.is_zipfile(path)


def read_file(path: Path) -> JodoFile:
    """The checkpoint in `path`; no code in it is run.

    Raises:
        Refused: no file, damaged, unsafe, or not a checkpoint of JODO.
    """
    found = read_plain(path)
    if not isinstance(found, Mapping) or not set(KEYS) <= set(found):
        raise Refused(
            f"{path} is no checkpoint of JODO: expected a dict with {', '.join(KEYS)}; got "
            f"{_described(found)}"
        )
    if not isinstance(found["step"], int):
        raise Refused(f"{path} is no checkpoint of JODO: its step is {found['step']!r}")
    latest = as_state(found["model"], f"{path} under `model`")
    return JodoFile(latest, _averaged(found["ema"], latest, path), found["step"])


def write_file(path: Path, weights: Mapping[str, Tensor], step: int) -> None:
    """Write a checkpoint that JODO loads; latest and averaged weights are the same.

    The optimizer is one of JODO's before its first step.
    """
    state = {name: value.detach().cpu() for name, value in weights.items()}
    optimizer = torch.optim.AdamW(
        [torch.nn.Parameter(value) for value in state.values()],
        lr=2e-4,
        amsgrad=True,
        weight_decay=1e-12,
    )
    averages = {"decay": DECAY, "num_updates": step, AVERAGES: list(state.values())}
    saved = {
        "optimizer": optimizer.state_dict(),
        "model": {WRAPPER + name: value for name, value in state.items()},
        "ema": averages,
        "step": step,
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    atomic_write(path, lambda stream: torch.save(saved, stream))


def _averaged(ema: Any, latest: Mapping[str, Tensor], path: Path) -> dict[str, Tensor]:
    values = ema.get(AVERAGES) if isinstance(ema, Mapping) else None
    if not isinstance(values, list) or [_shape(v) for v in values] != [
        value.shape for value in latest.values()
    ]:
        raise Refused(
            f"{path} has averaged weights that are not one for each of its {len(latest)} "
            "parameters, in their order and shapes"
        )
    return dict(zip(latest, values, strict=True))


def _shape(value: object) -> object:
    return value.shape if isinstance(value, Tensor) else None


def _described(found: object) -> str:
    if not isinstance(found, Mapping):
        return f"a {type(found).__name__}"
    names = [str(name) for name in found]
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
