"""A rate that never loses its counts."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import nan, sqrt
from typing import Self

Z_95 = 1.959963984540054
"""Standard normal quantile of a two-sided 95 % interval."""


@dataclass(frozen=True)
class Rate:
    """`numerator` of `denominator`.

    Attributes:
        numerator: how many passed.
        denominator: out of how many.
        trials: how many independent trials the denominator is worth; None means as many. Atoms of
            one molecule stand or fall together, so atom rates are worth fewer (`of_clusters`).

    Raises:
        ValueError: the counts are negative or more passed than there were.
    """

    numerator: int
    denominator: int
    trials: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.numerator <= self.denominator:
            raise ValueError(
                f"expected 0 <= numerator <= denominator; got {self.numerator}/{self.denominator}"
            )

    @property
    def value(self) -> float:
        """The fraction; NaN for 0/0."""
        return self.numerator / self.denominator if self.denominator else nan

    def interval(self) -> tuple[float, float]:
        """Wilson's 95 % score interval of the fraction (Wilson, JASA 22, 1927); (0, 1) for 0/0."""
        trials = self.denominator if self.trials is None else self.trials
        if not self.denominator or trials <= 0:
            return 0.0, 1.0
        square = Z_95**2 / trials
        centre = (self.value + square / 2) / (1 + square)
        half = sqrt(square * (self.value * (1 - self.value) + square / 4)) / (1 + square)
        return max(0.0, centre - half), min(1.0, centre + half)

    def overlaps(self, other: Self) -> bool:
        """Whether the two 95 % intervals share a point; 0/0 overlaps everything."""
        low, high = self.interval()
        other_low, other_high = other.interval()
        return low <= other_high and other_low <= high

    def __str__(self) -> str:
        percent = f"{100 * self.value:.1f} %" if self.denominator else "undefined"
        return f"{self.numerator}/{self.denominator} ({percent})"

    @classmethod
    def count(cls, passed: Iterable[bool]) -> Self:
        """The rate of true values."""
        outcomes = [bool(outcome) for outcome in passed]
        return cls(sum(outcomes), len(outcomes))

    @classmethod
    def of_clusters(cls, passed: Sequence[int], sizes: Sequence[int]) -> Self:
        """The rate of atoms that passed, with molecules and not atoms as independent trials.

        The trials are those of a binomial with the variance of the ratio estimator over clusters
        (Cochran, Sampling Techniques, 1977, section 3.12): never more than atoms, and as few as
        molecules when every atom agrees, where the spread says nothing.

        Args:
            passed: atoms that passed in each molecule.
            sizes: atoms of each molecule.
        """
        numerator, denominator = sum(passed), sum(sizes)
        clusters = sum(size > 0 for size in sizes)
        if clusters < 2 or numerator in (0, denominator):
            return cls(numerator, denominator, float(clusters))
        value = numerator / denominator
        spread = sum((p - value * size) ** 2 for p, size in zip(passed, sizes, strict=True))
        variance = clusters / (clusters - 1) * spread / denominator**2
        binomial = value * (1 - value)
        most = float(denominator)
        return cls(numerator, denominator, min(most, binomial / variance) if variance else most)

    @classmethod
    def pooled(cls, rates: Iterable[Self]) -> Self:
        """Counts added up, as over seeds."""
        rates = list(rates)
        trials = None
        if any(rate.trials is not None for rate in rates):
            trials = sum(r.denominator if r.trials is None else r.trials for r in rates)
        numerator = sum(rate.numerator for rate in rates)
        return cls(numerator, sum(rate.denominator for rate in rates), trials)

    def to_json(self) -> dict[str, object]:
        """Counts, value and interval as plain objects; the value of 0/0 is null."""
        return {
            "numerator": self.numerator,
            "denominator": self.denominator,
            "value": self.value if self.denominator else None,
            "interval95": list(self.interval()),
            "trials": self.trials,
        }
