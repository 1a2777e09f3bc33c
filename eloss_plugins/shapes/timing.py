"""Wall time of a training step, dense and sparse, against the number of vertices."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

import torch

from eloss_plugins.progress import progress
from eloss_plugins.shapes.losses import Contender, bound
from eloss_plugins.shapes.network import Mlp
from eloss_plugins.shapes.polygon import Task, draw
from eloss_plugins.shapes.training import take_step

SIZES = (30, 300, 3000, 30_000)

MOST_PAIRS = 5_000_000
"""The complete graph is timed up to here: a step holds some 200 bytes for each pair."""

REPEATS = 5
ENOUGH_SECONDS = 4.0
"""Steps that are timed, of which the median counts; slow ones end it sooner. One comes before."""

DENSE = Contender("energy", "energy")
SPARSE = Contender("sparse energy", "energy", {"edges": "random-regular", "edges.pool": "4"})
"""Drawn from few graphs, as it is their use that is timed."""


@dataclass(frozen=True)
class Timed:
    """Seconds of a step.

    Attributes:
        label: `energy` for all pairs, `sparse energy` for six a vertex.
        vertices: of the one polygon of the step.
        seconds: median; network, loss, gradient and optimiser.
    """

    label: str
    vertices: int
    seconds: float


def time_steps(sizes: Sequence[int]) -> tuple[Timed, ...]:
    """Time both energies at every size where they fit, on one polygon."""
    jobs = [(contender, size) for size in sizes for contender in (DENSE, SPARSE)]
    jobs = [(c, size) for c, size in jobs if c is SPARSE or size * (size - 1) // 2 <= MOST_PAIRS]
    found = []
    with progress("time of a step", len(jobs), hidden=not jobs) as task:
        for contender, size in jobs:
            found.append(Timed(contender.label, size, step_seconds(contender, size)))
            task.advance(1)
    return tuple(found)


def step_seconds(contender: Contender, vertices: int) -> float:
    """Median wall time of a step on one polygon."""
    network, loss = Mlp(vertices, seed=0), bound(contender)
    optimiser = torch.optim.Adam(network.parameters(), lr=1e-3)
    polygon = draw(Task(vertices), 1, torch.Generator().manual_seed(0))
    take_step(network, loss, optimiser, polygon)
    seconds: list[float] = []
    while len(seconds) < REPEATS and sum(seconds) < ENOUGH_SECONDS:
        began = time.perf_counter()
        take_step(network, loss, optimiser, polygon)
        seconds.append(time.perf_counter() - began)
    return median(seconds)
