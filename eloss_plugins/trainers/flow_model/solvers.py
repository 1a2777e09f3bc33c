"""Following a field from noise to molecules, in steps of one length or of the solver's own.

The independent variable is s = 1 - r, from 0 at the noise to 1 at the data. Euler's method asks
the field at r = 1, 1 - h, ..., h, never at the data. The other methods are torchdiffeq's; they
stop at the least noise level of training, from where one step of Euler's goes to the data.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from torch import Tensor

from eloss_plugins.errors import Refused
from eloss_plugins.trainers.generator import OnStep

Solver = Literal["euler", "midpoint", "rk4", "bosh3", "dopri5", "dopri8"]
ADAPTIVE = frozenset({"bosh3", "dopri5", "dopri8"})
MOST_STEPS = 2_000  # of an adaptive solver; a smooth field takes tens

Field = Callable[[Tensor, float], Tensor]
"""(molecules on their way, noise level r) -> d x / d s, of the same shape."""


@dataclass(frozen=True)
class Course:
    """How to integrate.

    Attributes:
        solver: the method.
        steps: of a method with equal steps; calls of `on_step` for any.
        least: noise level from where methods other than Euler's make their last step.
        relative_tolerance: of an adaptive method.
        absolute_tolerance: of an adaptive method.
    """

    solver: Solver
    steps: int
    least: float
    relative_tolerance: float
    absolute_tolerance: float


@torch.no_grad()
def integrate(
    field: Field, noise: Tensor, mask: Tensor, course: Course, on_step: OnStep | None = None
) -> Tensor:
    """Molecules at r = 0, `(molecules, atoms, columns)`, NaN where the field was not finite.

    Molecules are integrated together; one whose field is not finite is held where it is, and
    does not change the others. An adaptive method takes the steps that the hardest molecule
    needs.

    Args:
        field: where to go.
        noise: `(molecules, atoms, columns)`, at r = 1.
        mask: `(molecules, atoms)` bool.
        course: how.
        on_step: called `course.steps` times: after each step, or each like part of the time.

    Raises:
        Refused: an adaptive method cannot meet its tolerance.
    """
    safe = _Safe(field, len(noise), noise.device)
    ticks = _Ticks(course.steps, on_step)
    if course.solver == "euler":
        state = _euler(safe, noise, ticks)
    elif course.solver in ADAPTIVE:
        state = _adaptive(safe, noise, mask, course, ticks)
    else:
        state = _equal_steps(safe, noise, course, ticks)
    return state.masked_fill(~safe.finite.view(-1, 1, 1) & mask.unsqueeze(-1), math.nan)


class _Safe:
    """A field that is zero for molecules where it is not finite, and remembers them."""

    def __init__(self, field: Field, molecules: int, device: torch.device):
        self.field = field
        self.finite = torch.ones(molecules, dtype=torch.bool, device=device)

    def __call__(self, state: Tensor, level: float) -> Tensor:
        found = self.field(state, level)
        self.finite &= found.isfinite().flatten(1).all(1)
        return found.where(self.finite.view(-1, 1, 1), 0.0)


class _Ticks:
    """Calls `on_step` up to so many times as the integration goes on."""

    def __init__(self, count: int, on_step: OnStep | None):
        self.count = count
        self.on_step = on_step
        self.done = 0

    def reach(self, done: int) -> None:
        """Make up for the calls up to number `done`."""
        while self.done < min(done, self.count):
            self.done += 1
            if self.on_step is not None:
                self.on_step(self.done, self.count)


def _euler(field: _Safe, state: Tensor, ticks: _Ticks) -> Tensor:
    steps = ticks.count
    for done in range(steps):
        state = state + field(state, (steps - done) / steps) / steps
        ticks.reach(done + 1)
    return state


def _equal_steps(field: _Safe, state: Tensor, course: Course, ticks: _Ticks) -> Tensor:
    from torchdiffeq import odeint

    flow = _Timed(field, course.least)
    grid = torch.linspace(0, 1 - course.least, course.steps + 1, dtype=torch.float64)
    grid = grid.to(state.device, _time_type(state))
    for done in range(course.steps):
        state = odeint(flow, state, grid[done : done + 2], method=course.solver)[-1]
        ticks.reach(done + 1)
    return state + course.least * field(state, course.least)


def _adaptive(field: _Safe, state: Tensor, mask: Tensor, course: Course, ticks: _Ticks) -> Tensor:
    from torchdiffeq import odeint

    flow = _Told(field, course.least, ticks)
    ends = torch.tensor([0.0, 1 - course.least], device=state.device, dtype=_time_type(state))
    try:
        state = odeint(
            flow,
            state,
            ends,
            method=course.solver,
            rtol=course.relative_tolerance,
            atol=course.absolute_tolerance,
            # without a place to step at it would overshoot, to beyond the data
            options={
                "norm": _Hardest(mask),
                "step_t": ends[1:],
                "max_num_steps": MOST_STEPS,
                "dtype": ends.dtype,
            },
        )[-1]
    except AssertionError as problem:
        raise Refused(
            f"the solver {course.solver} cannot follow this model within its tolerances"
            f" ({problem}): raise relative_tolerance and absolute_tolerance, train longer, or"
            " take solver=euler"
        ) from problem
    ticks.reach(course.steps)
    return state + course.least * field(state, course.least)


def _time_type(state: Tensor) -> torch.dtype:
    """float64 but on devices that have none."""
    return state.dtype if state.device.type == "mps" else torch.float64


class _Timed:
    """A field as torchdiffeq calls it; s beyond the end by rounding is the end."""

    def __init__(self, field: _Safe, least: float):
        self.field = field
        self.least = least

    def __call__(self, time: Tensor, state: Tensor) -> Tensor:
        return self.field(state, max(1 - float(time), self.least))


class _Told(_Timed):
    """The same, and torchdiffeq tells it about each step, which becomes progress."""

    def __init__(self, field: _Safe, least: float, ticks: _Ticks):
        super().__init__(field, least)
        self.ticks = ticks

    def callback_accept_step(self, time: Tensor, _state: Tensor, step: Tensor) -> None:
        """Report the share of the time that is behind."""
        share = float(time + step) / (1 - self.least)
        # the last tick is left for the end
        self.ticks.reach(min(int(share * self.ticks.count), self.ticks.count - 1))


class _Hardest:
    """The largest root mean square over the molecules: each must meet the tolerance.

    Args:
        mask: `(molecules, atoms)` bool.
    """

    def __init__(self, mask: Tensor):
        self.mask = mask

    def __call__(self, values: Tensor) -> Tensor:
        inside = values.masked_fill(~self.mask.unsqueeze(-1), 0.0)
        numbers = self.mask.sum(1).clamp(min=1) * values.shape[-1]
        worst: Tensor = (inside.abs().square().sum((1, 2)) / numbers).max().sqrt()
        return worst
