"""What the numbers of a model's config must be beyond their types."""

import math
from collections.abc import Callable, Mapping
from typing import Any

from eloss_plugins.errors import UsageError

Range = tuple[Callable[[Any], bool], str]
"""Whether a value fits, and what is wanted in words."""

AT_LEAST_ONE: Range = (lambda number: number >= 1, "1 or more")
POSITIVE: Range = (lambda number: 0 < number < math.inf, "positive and finite")
NOT_NEGATIVE: Range = (lambda number: 0 <= number < math.inf, "finite and 0 or more")
ALL_POSITIVE: Range = (
    lambda numbers: all(0 < number < math.inf for number in numbers),
    "positive and finite",
)
ALL_FINITE: Range = (lambda numbers: all(map(math.isfinite, numbers)), "finite")


def check_ranges(config: object, ranges: Mapping[str, Range]) -> None:
    """Refuse a config with a number out of its range.

    Raises:
        UsageError: the setting, what it must be, what it is.
    """
    for name, (fits, wanted) in ranges.items():
        value = getattr(config, name)
        if not fits(value):
            raise UsageError(f"model setting `{name}` must be {wanted}; got {value}")
