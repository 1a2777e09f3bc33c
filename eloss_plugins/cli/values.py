"""Types of flag values; each refuses with a sentence that says what it wants."""

import math
from argparse import ArgumentTypeError
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from eloss_plugins.truth import truth

Value = TypeVar("Value")
Split = Callable[[str, str], tuple[str, str, str]]

LARGEST_COUNT = 10**12
LARGEST_SEED = 2**32 - 1  # numpy's generators take no more
SHOWN = 60  # characters of a wrong value worth repeating


def shown(text: str) -> str:
    """`text` quoted, without control characters, and cut to a readable length."""
    return repr(text if len(text) <= SHOWN else text[: SHOWN - 3] + "...")


def whole_number(text: str, low: int = 0, high: int = LARGEST_COUNT) -> int:
    """A whole number from `low` to `high`."""
    try:
        value = int(text)
    except ValueError:
        raise ArgumentTypeError(f"expected a whole number; got {shown(text)}") from None
    if not low <= value <= high:
        raise ArgumentTypeError(f"expected a whole number from {low} to {high}; got {shown(text)}")
    return value


def count(text: str) -> int:
    """A whole number, at least 1."""
    return whole_number(text, low=1)


def seed(text: str) -> int:
    """A seed that every random generator takes."""
    return whole_number(text, high=LARGEST_SEED)


def number(text: str) -> float:
    """A finite number, written with a point."""
    try:
        value = float(text)
    except ValueError:
        hint = ". Write the decimals after a point" if "," in text else ""
        raise ArgumentTypeError(
            f"expected a number such as 0.03; got {shown(text)}{hint}"
        ) from None
    if not math.isfinite(value):
        raise ArgumentTypeError(f"expected a finite number; got {shown(text)}")
    return value


def positive(text: str) -> float:
    """A finite number above zero."""
    value = number(text)
    if value <= 0:
        raise ArgumentTypeError(f"expected a number above 0; got {shown(text)}")
    return value


def fraction(text: str) -> float:
    """A number from 0 up to, not including, 1."""
    value = number(text)
    if not 0 <= value < 1:
        raise ArgumentTypeError(f"expected a number from 0 to below 1; got {shown(text)}")
    return value


def yes_or_no(text: str) -> bool:
    """A truth value in words: true, yes, on, 1, or false, no, off, 0."""
    said = truth(text)
    if said is None:
        raise ArgumentTypeError(f"expected yes or no; got {shown(text)}")
    return said


def one_of(*names: str) -> Callable[[str], str]:
    """One of some names."""

    def parse(text: str) -> str:
        if text.strip() not in names:
            raise ArgumentTypeError(f"expected {' or '.join(names)}; got {shown(text)}")
        return text.strip()

    return parse


def time_span(text: str) -> float:
    """Seconds: `90`, or with a unit `90s`, `30m`, `2h`, `1.5d`."""
    units = {"s": 1, "m": 60, "h": 3600, "d": 86400}
    value, unit = text.strip(), units.get(text.strip()[-1:])
    return positive(value) if unit is None else positive(value[:-1]) * unit


def word(text: str) -> str:
    """A name: not empty, printable."""
    if not text.strip() or not text.isprintable():
        raise ArgumentTypeError(f"expected a name; got {shown(text)}")
    return text.strip()


def path(text: str) -> Path:
    """A place in the file system; `~` is the home directory."""
    if not text or "\0" in text:
        raise ArgumentTypeError(f"expected a path; got {shown(text)}")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ArgumentTypeError(f"no home directory is known for {shown(text)}") from None


def list_of(
    item: Callable[[str], Value], *, repeats: bool = False
) -> Callable[[str], tuple[Value, ...]]:
    """A comma-separated list of `item`s, each of them once unless `repeats`."""

    def parse(text: str) -> tuple[Value, ...]:
        values = tuple(item(part.strip()) for part in text.split(","))
        if not repeats and len(set(values)) != len(values):
            raise ArgumentTypeError(f"expected each entry once; got {shown(text)}")
        return values

    return parse


def pairs_of(
    item: Callable[[str], Value], *, split: Split = str.partition
) -> Callable[[str], dict[str, Value]]:
    """`name=value,name=value`, each name once; `str.rpartition` splits at the last equals sign."""

    def parse(text: str) -> dict[str, Value]:
        found: dict[str, Value] = {}
        for part in text.split(","):
            name, equals, value = split(part, "=")
            if not equals or not name.strip():
                raise ArgumentTypeError(f"expected name=value,name=value; got {shown(text)}")
            if name.strip() in found:
                raise ArgumentTypeError(f"{name.strip()} is given twice in {shown(text)}")
            found[name.strip()] = item(value.strip())
        return found

    return parse
