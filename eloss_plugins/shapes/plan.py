"""What is run: every loss at every angle, at every number of vertices, with every seed."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from math import pi

from eloss_plugins.errors import UsageError
from eloss_plugins.shapes.losses import Contender
from eloss_plugins.shapes.polygon import Task
from eloss_plugins.shapes.training import Run, Training

ANGLES = (0.0, pi / 8, pi / 4, pi / 2, 3 * pi / 4, pi)
VERTEX_COUNTS = (5, 10, 20, 50, 100, 200)

RATES = (1e-3, 3e-3, 1e-2, 3e-2, 1e-1)
"""Learning rates that a sweep tries: the paper's range."""

SWEEP_ANGLE = 0.0
"""Losses that are blind to turns learn the same at every angle; others have their best here."""

SWEEP_SEEDS = (999_983, 999_979, 999_961)
"""None of those compared."""


@dataclass(frozen=True)
class Plan:
    """A whole experiment.

    Attributes:
        contenders: the losses.
        seeds: of the runs of each loss.
        angles: theta of the augmentation, radian.
        vertices: N at all angles.
        vertex_counts: N of the runs at the largest angle; empty for none.
        training: of all runs.
        counts_batch_size: polygons in a step of the runs over N, where the largest polygons have
            as many pairs as a hundred of those with 20 vertices.
        sweep: find the learning rates first.
        timing: numbers of vertices at which a step is timed; empty for none.

    Raises:
        UsageError: something that no run can have.
    """

    contenders: tuple[Contender, ...]
    seeds: tuple[int, ...] = (0, 1, 2)
    angles: tuple[float, ...] = ANGLES
    vertices: int = 20
    vertex_counts: tuple[int, ...] = VERTEX_COUNTS
    training: Training = field(default_factory=Training)
    counts_batch_size: int = 16
    sweep: bool = False
    timing: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        labels = [contender.label for contender in self.contenders]
        if len(set(labels)) != len(labels):
            raise UsageError(f"expected different losses; got {', '.join(labels)}")
        taken = set(SWEEP_SEEDS) & set(self.seeds)
        if self.sweep and taken:
            raise UsageError(f"seed {min(taken)} is the sweep's; compare other seeds")
        for count in (self.vertices, *self.vertex_counts, *self.timing):
            Task(count)
        for angle in self.angles:
            Task(self.vertices, angle)
        replace(self.training, batch_size=self.counts_batch_size)


def angle_runs(plan: Plan, contenders: Sequence[Contender]) -> list[Run]:
    """The runs over theta."""
    tasks = [Task(plan.vertices, angle) for angle in plan.angles]
    return list(_all(contenders, tasks, plan.training, plan.seeds))


def count_runs(plan: Plan, contenders: Sequence[Contender]) -> list[Run]:
    """The runs over N, at the largest angle."""
    tasks = [Task(count, max(plan.angles)) for count in plan.vertex_counts]
    training = replace(plan.training, batch_size=plan.counts_batch_size)
    return list(_all(contenders, tasks, training, plan.seeds))


def sweep_runs(plan: Plan) -> list[Run]:
    """The runs that find the learning rates: the same rates and seeds for each loss."""
    tried = [replace(c, learning_rate=rate) for c in plan.contenders for rate in RATES]
    return list(_all(tried, [Task(plan.vertices, SWEEP_ANGLE)], plan.training, SWEEP_SEEDS))


def _all(
    contenders: Sequence[Contender],
    tasks: Sequence[Task],
    training: Training,
    seeds: Sequence[int],
) -> Iterator[Run]:
    for contender in contenders:
        settled = replace(contender, learning_rate=contender.rate)
        for task in tasks:
            yield from (Run(settled, task, training, seed) for seed in seeds)
