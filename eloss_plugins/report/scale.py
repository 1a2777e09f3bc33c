"""Axes: limits, round ticks, and their place on the paper."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, floor, log10

ROOM = 0.05
"""Free space at either end, as a part of the whole."""

MOST_STEPS = 7
"""An axis has at most as many steps between ticks, and at least 2."""

STEEP = 30.0
"""Positive numbers that span more than this factor get a logarithmic axis."""


@dataclass(frozen=True)
class Scale:
    """A mapping of numbers to places.

    Attributes:
        low: the number at `start`.
        high: the number at `end`.
        start: a place, such as a pixel.
        end: another.
        logarithmic: equal factors are equal lengths.
    """

    low: float
    high: float
    start: float
    end: float
    logarithmic: bool = False

    def place(self, value: float) -> float:
        """Where `value` lies; beyond the limits it is held at them."""
        low, high = self._transformed(self.low), self._transformed(self.high)
        clipped = min(max(value, self.low), self.high)
        part = (self._transformed(clipped) - low) / (high - low)
        return self.start + part * (self.end - self.start)

    def ticks(self) -> list[float]:
        """A few round numbers within the limits."""
        return _powers(self.low, self.high) if self.logarithmic else _steps(self.low, self.high)

    def _transformed(self, value: float) -> float:
        return log10(value) if self.logarithmic else value


def scale_for(values: Sequence[float], start: float, end: float) -> Scale:
    """A scale that holds `values` with a little room; logarithmic where they span decades."""
    if values and min(values) > 0 and max(values) / min(values) > STEEP:
        return Scale(min(values) / 1.1, max(values) * 1.1, start, end, logarithmic=True)
    return even_scale(values, start, end)


def even_scale(values: Sequence[float], start: float, end: float) -> Scale:
    """A scale with equal steps that holds `values` with a little room."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = ROOM * (high - low) or ROOM * max(abs(high), 1.0)
    return Scale(low - room, high + room, start, end)


def tick_text(value: float) -> str:
    """A tick's number, short."""
    if value and not 1e-3 <= abs(value) < 1e5:
        return f"{value:.0e}".replace("e+0", "e").replace("e-0", "e-")
    return f"{value:.6g}"


def _steps(low: float, high: float) -> list[float]:
    rough = (high - low) / MOST_STEPS
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [i * step for i in range(ceil(low / step), floor(high / step) + 1)]


def _powers(low: float, high: float) -> list[float]:
    powers = range(floor(log10(low)), ceil(log10(high)) + 1)
    factors = (1, 2, 5) if high / low < 1e3 else (1,)
    ticks = [factor * 10.0**power for power in powers for factor in factors]
    return [tick for tick in ticks if low <= tick <= high]
