"""The learning rate of a step: a rise, then one of several courses to the end of the run."""

import math
from collections.abc import Callable, Mapping

Course = Callable[[float], float]

COURSES: Mapping[str, Course] = {
    "constant": lambda progress: 1.0,
    "linear": lambda progress: 1.0 - progress,
    "cosine": lambda progress: 0.5 * (1.0 + math.cos(math.pi * progress)),
}
"""Share of the peak rate by progress, 0 after the rise to 1 at the end. EDM's is constant."""


def rate_factor(step: int, total: int, *, warmup: int, course: str) -> float:
    """Share of the peak learning rate that step number `step` takes, in (0, 1].

    It depends on the step alone, so a resumed run takes the same rates as an uninterrupted one.

    Args:
        step: 0 for the first.
        total: steps of the whole run.
        warmup: steps of the linear rise.
        course: one of `COURSES`.
    """
    if step < warmup:
        return (step + 1) / (warmup + 1)
    return COURSES[course]((step - warmup) / max(total - warmup, 1))
