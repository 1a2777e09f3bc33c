"""One run: a network learns polygons with one loss, and is judged."""

import time
from dataclasses import dataclass, field

import torch
from torch import Tensor

from eloss_plugins.core.loss_batch import LossBatch
from eloss_plugins.core.prediction_types import data
from eloss_plugins.errors import UsageError
from eloss_plugins.host import BoundLoss
from eloss_plugins.shapes.losses import Contender, bound
from eloss_plugins.shapes.network import Mlp
from eloss_plugins.shapes.polygon import Polygons, Task, draw, even_radii
from eloss_plugins.shapes.quality import Quality, judge
from eloss_plugins.trainers.rate import COURSES, rate_factor

JUDGED = 1000
"""Radii, evenly over their range, at which a network is judged."""

DRAWN_RADII = (1.0, 3.0, 5.0)
"""Radii of the polygons that a figure shows."""


@dataclass(frozen=True)
class Training:
    """How long and how a network learns; the same for every loss.

    Attributes:
        samples: polygons of the training set.
        steps: of Adam.
        batch_size: polygons in a step.
        course: of the learning rate, `constant`, `linear` or `cosine`, to the last step.
        warmup: steps in which it rises first; a network that starts at the full rate may lose
            its ReLU units, and then says the same polygon for every radius.

    Raises:
        UsageError: a batch larger than the set, or an unknown course.
    """

    samples: int = 20_000
    steps: int = 1000
    batch_size: int = 128
    course: str = "linear"
    warmup: int = 100

    def __post_init__(self) -> None:
        if self.batch_size > self.samples:
            raise UsageError(
                f"a batch of {self.batch_size} does not fit into {self.samples} samples"
            )
        if self.course not in COURSES:
            raise UsageError(f"the course must be one of {', '.join(COURSES)}; got {self.course}")


@dataclass(frozen=True)
class Run:
    """Everything that decides one run.

    Attributes:
        contender: the loss.
        task: what is learnt.
        training: how.
        seed: of data, order and first weights.
    """

    contender: Contender
    task: Task
    training: Training = field(default_factory=Training)
    seed: int = 0


@dataclass(frozen=True)
class Result:
    """What became of a run.

    Attributes:
        quality: of its polygons.
        loss: mean over the last tenth of the steps.
        seconds: wall time of the training.
        cpu_seconds: of this process during it.
        drawn: `(radii, vertices, 2)` polygons for `DRAWN_RADII`, to look at.
    """

    quality: Quality
    loss: float
    seconds: float
    cpu_seconds: float
    drawn: tuple[tuple[tuple[float, float], ...], ...]


def train(run: Run) -> Result:
    """Train and judge; equal runs give equal qualities on one machine.

    Raises:
        UsageError: an unknown loss or option.
        Refused: a plugin that does not load, or fails.
    """
    began, cpu = time.perf_counter(), time.process_time()
    network = Mlp(run.task.vertices, run.seed)
    losses = _learn(network, run)
    seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - cpu
    with torch.no_grad():
        radius = even_radii(JUDGED)
        quality = judge(network(radius), radius)
        drawn = network(torch.tensor(DRAWN_RADII))
    last = losses[-max(1, len(losses) // 10) :]
    return Result(quality, sum(last) / len(last), seconds, cpu_seconds, _as_tuples(drawn))


def _learn(network: Mlp, run: Run) -> list[float]:
    """The training loop; the loss of each step."""
    training = run.training
    generator = torch.Generator().manual_seed(run.seed)
    polygons = draw(run.task, training.samples, generator)
    loss = bound(run.contender)
    optimiser = torch.optim.Adam(network.parameters(), lr=run.contender.rate)
    losses = []
    for step, chosen in enumerate(batches(training, generator)):
        factor = rate_factor(step, training.steps, warmup=training.warmup, course=training.course)
        optimiser.param_groups[0]["lr"] = run.contender.rate * factor
        part = Polygons(polygons.radius[chosen], polygons.vertices[chosen])
        losses.append(take_step(network, loss, optimiser, part))
    return losses


def batches(training: Training, generator: torch.Generator) -> list[Tensor]:
    """Numbers of the samples of each step: one order after the other, none twice in one."""
    a_pass = training.samples // training.batch_size
    found: list[Tensor] = []
    while len(found) < training.steps:
        order = torch.randperm(training.samples, generator=generator)
        found += order[: a_pass * training.batch_size].reshape(a_pass, -1).unbind()
    return found[: training.steps]


def take_step(
    network: Mlp, loss: BoundLoss, optimiser: torch.optim.Optimizer, polygons: Polygons
) -> float:
    """One step of the optimiser; the loss before it."""
    prediction = network(polygons.radius)
    target = polygons.vertices
    batch = LossBatch(target, *data(prediction, target, like=polygons.radius))
    value = loss(batch).mean()
    optimiser.zero_grad()
    value.backward()  # type: ignore[no-untyped-call]
    optimiser.step()
    return float(value.detach())


def _as_tuples(polygons: Tensor) -> tuple[tuple[tuple[float, float], ...], ...]:
    """With four decimals: enough to draw."""
    return tuple(
        tuple((round(x, 4), round(y, 4)) for x, y in polygon) for polygon in polygons.tolist()
    )
