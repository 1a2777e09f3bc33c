"""Mean and spread of a number over seeds."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, sqrt
from statistics import fmean, stdev

STUDENT_T_975 = (
    *(12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228),
    *(2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086),
)
"""0.975 quantiles of Student's t for 1 to 20 degrees of freedom; the last serves beyond, where it
is too wide by less than 7 %."""


@dataclass(frozen=True)
class Spread:
    """A number over seeds.

    Attributes:
        values: one for each seed.
    """

    values: tuple[float, ...]

    @property
    def mean(self) -> float:
        """Their mean."""
        return fmean(self.values)

    @property
    def deviation(self) -> float | None:
        """Their sample standard deviation; None for a single seed."""
        return stdev(self.values) if len(self.values) > 1 else None

    def interval(self) -> tuple[float, float]:
        """Student's 95 % interval of the mean; everything for a single seed."""
        if self.deviation is None:
            return -inf, inf
        freedom = min(len(self.values) - 1, len(STUDENT_T_975))
        half = STUDENT_T_975[freedom - 1] * self.deviation / sqrt(len(self.values))
        return self.mean - half, self.mean + half


def apart(first: Sequence[float], second: Sequence[float]) -> bool:
    """Whether every number of one lies above every number of the other."""
    return min(first) > max(second) or min(second) > max(first)
