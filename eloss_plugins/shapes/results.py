"""What runs came to: kept as JSON, and brought together over seeds."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eloss_plugins.shapes.quality import Quality
from eloss_plugins.shapes.training import Result, Run
from eloss_plugins.slug import slug


@dataclass(frozen=True)
class Measured:
    """A run and what became of it."""

    run: Run
    result: Result


@dataclass(frozen=True)
class Spot:
    """One number at one place, over seeds.

    Attributes:
        x: the place: an angle, a number of vertices.
        mean: over seeds.
        low: the least of them.
        high: the greatest.
    """

    x: float
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class Series:
    """One loss over a range of places, rising."""

    label: str
    spots: tuple[Spot, ...]

    def at(self, x: float) -> Spot | None:
        """The spot at one place; None if it was not measured there."""
        return next((spot for spot in self.spots if spot.x == x), None)


def over(
    measured: Sequence[Measured], x: Callable[[Run], float], y: Callable[[Quality], float]
) -> tuple[Series, ...]:
    """A number of every loss over places, means and ranges over seeds.

    Args:
        measured: all runs, of the losses in their order.
        x: the place of a run.
        y: the number.
    """
    labels = list(dict.fromkeys(one.run.contender.label for one in measured))
    return tuple(
        Series(label, _spots([one for one in measured if one.run.contender.label == label], x, y))
        for label in labels
    )


def _spots(
    mine: Sequence[Measured], x: Callable[[Run], float], y: Callable[[Quality], float]
) -> tuple[Spot, ...]:
    values: dict[float, list[float]] = {}
    for one in mine:
        values.setdefault(x(one.run), []).append(y(one.result.quality))
    return tuple(_spot(place, values[place]) for place in sorted(values))


def _spot(place: float, values: Sequence[float]) -> Spot:
    if any(math.isnan(value) for value in values):
        return Spot(place, math.nan, math.nan, math.nan)
    return Spot(place, sum(values) / len(values), min(values), max(values))


def run_name(run: Run) -> str:
    """What tells runs of one plan apart, fit for a file."""
    label = slug(run.contender.label)
    task, batch = run.task, run.training.batch_size
    rate = f"{run.contender.rate:g}"
    return f"{label}-n{task.vertices}-a{task.angle:.5f}-b{batch}-r{rate}-s{run.seed}"


def to_json(result: Result) -> dict[str, Any]:
    """Plain values; what is not finite becomes None where it is written."""
    return asdict(result)


def from_json(found: Mapping[str, Any]) -> Result:
    """What `to_json` gave, back from a file.

    Raises:
        KeyError, TypeError: it is something else.
    """
    quality = Quality(**{name: _number(value) for name, value in found["quality"].items()})
    drawn = tuple(tuple((_number(x), _number(y)) for x, y in ring) for ring in found["drawn"])
    loss, seconds = _number(found["loss"]), float(found["seconds"])
    return Result(quality, loss, seconds, float(found["cpu_seconds"]), drawn)


def finite(measured: Iterable[Measured]) -> bool:
    """Whether every run's polygons are finite."""
    return not any(math.isnan(one.result.quality.fidelity) for one in measured)


def _number(value: float | None) -> float:
    return math.nan if value is None else float(value)
