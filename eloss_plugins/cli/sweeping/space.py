"""What is searched: ranges and choices by name, as a person writes them."""

import re
from argparse import ArgumentTypeError
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import prod
from typing import Any

from eloss_plugins.cli import values
from eloss_plugins.cli.values import shown

SCALES = {"log": True, "linear": False}
EXAMPLES = "learning_rate=1e-5..1e-2,log or stiffness=exponential|inverse"
Point = Mapping[str, float | int | str]
"""A value for each name of a space."""


@dataclass(frozen=True)
class Span:
    """All numbers from `low` to `high`.

    Attributes:
        low: the least.
        high: the largest.
        log: equal factors are equally likely, instead of equal distances.
        whole: whole numbers alone.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def __str__(self) -> str:
        ends = "..".join(self._end(value) for value in (self.low, self.high))
        return f"{ends},log" if self.log else ends

    def _end(self, value: float) -> str:
        """An end, real numbers written so that they are read as such."""
        text = text_of(value)
        return text if self.whole or set(text) & set(".e") else f"{text}.0"

    def holds(self, value: object) -> bool:
        """Whether `value` lies within."""
        return isinstance(value, int | float) and self.low <= value <= self.high

    @property
    def size(self) -> float:
        """How many values there are; infinite for real numbers."""
        return self.high - self.low + 1 if self.whole else float("inf")

    def all(self) -> Sequence[int | str]:
        """All values of a span of whole numbers."""
        return range(int(self.low), int(self.high) + 1)


@dataclass(frozen=True)
class Choices:
    """Some words or numbers, as they are written."""

    values: tuple[str, ...]

    def __str__(self) -> str:
        return "|".join(self.values)

    def holds(self, value: object) -> bool:
        """Whether `value` is one of them."""
        return value in self.values

    @property
    def size(self) -> float:
        """How many there are."""
        return len(self.values)

    def all(self) -> Sequence[int | str]:
        """All of them."""
        return self.values


Domain = Span | Choices
Space = Mapping[str, Domain]


def parse(text: str) -> dict[str, Domain]:
    """`name=low..high`, with `,log` behind it or not, or `name=this|that`; several after commas.

    Raises:
        ArgumentTypeError: something else.
    """
    found: dict[str, Domain] = {}
    for name, parts in _entries(text):
        if name in found:
            raise ArgumentTypeError(f"{name} is given twice in {shown(text)}")
        found[name] = _span(name, parts) if ".." in parts[0] else _choices(name, parts)
    return found


def text_of(value: object) -> str:
    """A value as runs are given it: numbers with six digits."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def short(value: Any) -> Any:
    """A number with three digits, for people; anything else as it is."""
    return float(f"{value:.3g}") if isinstance(value, float) else value


def size(space: Space) -> float:
    """How many points a space has."""
    return prod(domain.size for domain in space.values())


def points(space: Space) -> list[Point]:
    """All points of a finite space."""
    every: Iterator[tuple[int | str, ...]] = product(*(domain.all() for domain in space.values()))
    return [dict(zip(space, point, strict=True)) for point in every]


def _entries(text: str) -> Iterator[tuple[str, list[str]]]:
    """A piece between commas without an equals sign belongs to the entry before it."""
    entries: list[tuple[str, list[str]]] = []
    for piece in text.split(","):
        name, equals, value = (part.strip() for part in piece.partition("="))
        if equals and name and value:
            entries.append((name, [value]))
        elif entries and piece.strip() and not equals:
            entries[-1][1].append(piece.strip())
        else:
            raise ArgumentTypeError(f"expected {EXAMPLES}; got {shown(text)}")
    yield from entries


def _span(name: str, parts: list[str]) -> Span:
    (ends, *scale) = parts
    if len(scale) > 1 or not set(scale) <= set(SCALES):
        raise ArgumentTypeError(
            f"{name}: expected low..high or low..high,log; got {','.join(parts)}"
        )
    texts = [end.strip() for end in ends.split("..", 1)]
    low, high = (_end(name, end) for end in texts)
    log = bool(scale) and SCALES[scale[0]]
    if low >= high:
        raise ArgumentTypeError(f"{name}: expected the lower end first; got {ends}")
    if log and low <= 0:
        raise ArgumentTypeError(f"{name}: a logarithmic range begins above 0; got {ends}")
    whole = all(re.fullmatch(r"[+-]?\d+", end) for end in texts)
    return Span(int(low), int(high), log, True) if whole else Span(low, high, log)


def _end(name: str, text: str) -> float:
    try:
        return values.number(text)
    except ArgumentTypeError as problem:
        raise ArgumentTypeError(f"{name}: {problem}") from None


def _choices(name: str, parts: list[str]) -> Choices:
    found = tuple(choice.strip() for part in parts for choice in part.split("|"))
    if len(found) < 2 or not all(found) or len(set(found)) < len(found):
        raise ArgumentTypeError(
            f"{name}: expected a range low..high, or two different choices or more; "
            f"got {shown(','.join(parts))}"
        )
    return Choices(found)
