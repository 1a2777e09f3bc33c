"""What a training run is asked to do: everything that decides its result, as plain values."""

import dataclasses
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from eloss_plugins.errors import UsageError
from eloss_plugins.trainers.rate import COURSES

PRECISIONS = ("32-true", "bf16-mixed", "16-mixed", "64-true")
ACCELERATORS = ("auto", "cpu", "cuda", "gpu", "mps")
DEFAULT_STEPS = 10_000

Setting = int | float | str | bool


@dataclass(frozen=True)
class TrainConfig:
    """The settings of one run; `None` means that the trainer's own value is taken.

    Attributes:
        trainer: a registered trainer: gdm, gdm-aug, edm, ...
        loss: a registered loss, or none for the trainer's own.
        loss_options: `k=v,k=v` for the loss.
        model: hyper-parameters of the network and noise process that replace the trainer's.
        data: name of a data set, or a path.
        out: the run's folder.
        steps: optimizer steps; 10,000 when neither steps nor epochs are given.
        epochs: passes over the training molecules, instead of `steps`.
        batch_size: molecules in a step, over all devices together.
        learning_rate: of AdamW, at its peak.
        warmup: steps in which the learning rate rises to its peak.
        rate_course: of the learning rate after that: constant, linear or cosine, to 0 at the end.
        seed: of weights, noise and data order.
        precision: 32-true, bf16-mixed, 16-mixed (GPU) or 64-true.
        accelerator: auto, cpu, cuda, gpu or mps.
        devices: how many, each its own process; as many as were started, or 1.
        ema_decay: of the weights' moving average; 0 turns it off.
        clip: whether gradients are clipped by the recent history of their norms.
        size_pool: batches sorted together by molecule size; 1 for the plain shuffle.
        log_every: steps between lines of metrics.jsonl.
        valid_every: steps between validations; 0 for one at the end alone.
        valid_molecules: at most so many molecules in a validation; 0 for none.
        checkpoint_every: steps between checkpoints; there is always one at the end.
        keep_last: checkpoints kept.
        non_finite_limit: batches in a row with a non-finite molecule that stop the run; 0: never.
        start_from: a run, or one of its checkpoints, whose averaged weights this one begins with.
    """

    trainer: str
    loss: str = "none"
    loss_options: str = ""
    model: Mapping[str, Setting] = field(default_factory=dict)
    data: str = "bundled"
    out: str = "runs/run"
    steps: int | None = None
    epochs: int | None = None
    batch_size: int = 64
    learning_rate: float | None = None
    warmup: int = 0
    rate_course: str = "constant"
    seed: int = 0
    precision: str = "32-true"
    accelerator: str = "auto"
    devices: int | None = None
    ema_decay: float = 0.999
    clip: bool = True
    size_pool: int = 1
    log_every: int = 20
    valid_every: int = 500
    valid_molecules: int = 256
    checkpoint_every: int = 500
    keep_last: int = 3
    non_finite_limit: int = 3
    start_from: str | None = None

    def __post_init__(self) -> None:
        _check_types(self)
        for name, lowest in _LOWEST.items():
            _check_at_least(name, getattr(self, name), lowest)
        _check_among("precision", self.precision, PRECISIONS)
        _check_among("accelerator", self.accelerator, ACCELERATORS)
        _check_among("rate_course", self.rate_course, tuple(COURSES))
        _check_pace(self)

    def total_steps(self, batches_per_epoch: int) -> int:
        """The step at which the run is complete."""
        if self.epochs is not None:
            return self.epochs * batches_per_epoch
        return DEFAULT_STEPS if self.steps is None else self.steps

    def to_json(self) -> dict[str, Any]:
        """Plain values that `from_json` turns into an equal configuration."""
        return dataclasses.asdict(self) | {"model": dict(self.model)}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The configuration that `values` describe.

        Raises:
            UsageError: a key that is no setting, or a value that no run can have.
        """
        names = {setting.name for setting in dataclasses.fields(cls)}
        unknown = sorted(set(values) - names)
        if unknown:
            raise UsageError(
                f"expected settings among {', '.join(sorted(names))}; got {', '.join(unknown)}"
            )
        if "trainer" not in values:
            raise UsageError("expected a `trainer`, such as gdm or edm; got none")
        return cls(**values)


_LOWEST: dict[str, int] = {
    "steps": 0,
    "epochs": 0,
    "batch_size": 1,
    "warmup": 0,
    "seed": 0,
    "devices": 1,
    "size_pool": 1,
    "log_every": 1,
    "valid_every": 0,
    "valid_molecules": 0,
    "checkpoint_every": 1,
    "keep_last": 1,
    "non_finite_limit": 0,
}
_OPTIONAL = ("steps", "epochs", "learning_rate", "start_from", "devices")
_TYPES: dict[str, tuple[type, ...]] = {
    **{name: (int,) for name in _LOWEST},
    **dict.fromkeys(("learning_rate", "ema_decay"), (int, float)),
    **dict.fromkeys(
        (
            "trainer",
            "loss",
            "loss_options",
            "data",
            "out",
            "precision",
            "accelerator",
            "rate_course",
            "start_from",
        ),
        (str,),
    ),
    "clip": (bool,),
    "model": (Mapping,),
}


def _check_types(config: TrainConfig) -> None:
    for name, types in _TYPES.items():
        value = getattr(config, name)
        if value is None and name in _OPTIONAL:
            continue
        is_number_as_bool = isinstance(value, bool) and bool not in types
        if not isinstance(value, types) or is_number_as_bool:
            wanted = " or ".join(kind.__name__ for kind in types)
            raise UsageError(f"`{name}` must be {wanted}; got {value!r}")


def _check_at_least(name: str, value: int | None, lowest: int) -> None:
    if value is not None and value < lowest:
        raise UsageError(f"`{name}` must be {lowest} or more; got {value}")


def _check_among(name: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(f"`{name}` must be one of {', '.join(known)}; got {value!r}")


def _check_pace(config: TrainConfig) -> None:
    if config.steps is not None and config.epochs is not None:
        raise UsageError("expected `steps` or `epochs`; got both. Leave one out")
    rate = config.learning_rate
    if rate is not None and not (math.isfinite(rate) and rate > 0):
        raise UsageError(f"`learning_rate` must be positive and finite; got {rate}")
    if not 0 <= config.ema_decay < 1:
        raise UsageError(f"`ema_decay` must be in [0, 1); got {config.ema_decay}")
    if config.precision == "16-mixed" and config.accelerator == "cpu":
        raise UsageError("`precision` 16-mixed needs a GPU; take bf16-mixed on a CPU")
