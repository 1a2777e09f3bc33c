"""DPM-Solver for types, charges and bonds, with ancestral sampling of positions: few, large steps.

Types and bonds follow the deterministic solution of the process, whose steps of order 1, 2 and 3
are weighted sums of the state and of the network's clean molecules at up to three times. Positions
are drawn from the reverse process between the same times.

Reference: JODO, arXiv 2305.12347, appendix on fast sampling; Lu et al., DPM-Solver++, arXiv
2211.01095, algorithms 1 and 2 (orders 2 of one and of several steps); DPM-Solver, arXiv 2206.00927
(order 3).
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from eloss_plugins.trainers.generator import OnStep
from eloss_plugins.trainers.jodo_model.ancestral import (
    LAST,
    Predict,
    Reverse,
    levels_at,
    reverse,
    reverse_draw,
)
from eloss_plugins.trainers.jodo_model.noise import position_noise
from eloss_plugins.trainers.jodo_model.schedule import Level, NoiseSchedule
from eloss_plugins.trainers.jodo_model.state import JointState

HIGHEST = 2  # order of a step from the steps before it


@dataclass(frozen=True)
class Weights:
    """A step as a weighted sum.

    Attributes:
        state: of the state that the step starts from.
        predictions: of the network's clean molecules, in the order of the times they were made at.
    """

    state: float
    predictions: tuple[float, ...]

    def of(self, state: Tensor, predictions: Sequence[Tensor]) -> Tensor:
        """The sum."""
        total = self.state * state
        for weight, prediction in zip(self.predictions, predictions, strict=True):
            total = total + weight * prediction
        return total


Levels = Sequence[Level]


def first_order(levels: Levels) -> Weights:
    """From the first of two levels to the last: DDIM."""
    start, end = levels[0], levels[-1]
    return Weights(_kept(start, end), (-_alpha(end) * _phi_1(start, end),))


def second_order(levels: Levels) -> Weights:
    """From the first of three levels to the last, with predictions at the first two."""
    start, middle, end = levels
    whole = -_alpha(end) * _phi_1(start, end)
    slope = 0.5 * whole * _log_step(start, end) / _log_step(start, middle)
    return Weights(_kept(start, end), (whole - slope, slope))


def third_order_middle(levels: Levels) -> Weights:
    """From the first of three levels to the last: the second stage of a step of order 3."""
    start, middle, end = levels
    return _curved(start, middle, end)


def third_order(levels: Levels) -> Weights:
    """From the first of four levels to the last, the prediction at the second left out."""
    start, _, middle, end = levels
    made = _curved(start, middle, end)
    at_start, at_middle = made.predictions
    return replace(made, predictions=(at_start, 0.0, at_middle))


def from_steps_before(levels: Levels) -> Weights:
    """From the second of three levels to the last, with predictions at the first two."""
    before, start, end = levels
    whole = -_alpha(end) * _phi_1(start, end)
    slope = 0.5 * whole * _log_step(start, end) / _log_step(before, start)
    return Weights(_kept(start, end), (-slope, whole + slope))


STAGES: Mapping[int, tuple[Callable[[Levels], Weights], ...]] = {
    1: (first_order,),
    2: (first_order, second_order),
    3: (first_order, third_order_middle, third_order),
}
"""By order of a single step: how each of its stages goes from the start of the step."""


@dataclass(frozen=True)
class DpmSolver:
    """Steps over a schedule.

    Attributes:
        predict: the network.
        schedule: the noise levels.
        mask: `(molecules, atoms)` bool.
        order: 1, 2 or 3; 1 or 2 for steps from those before.
    """

    predict: Predict
    schedule: NoiseSchedule
    mask: Tensor
    order: int

    def single(self, start: JointState, steps: int, on_step: OnStep | None = None) -> JointState:
        """Molecules at time `LAST`, each step with `order` calls of the network of its own.

        Args:
            start: noise.
            steps: how many steps, of `order` calls each.
            on_step: called after each step.
        """
        levels = self._levels(steps * self.order)
        state = start
        for done in range(1, steps + 1):
            passed = levels[(done - 1) * self.order : done * self.order + 1]
            state = self._single_step(state, passed, is_last=done == steps)
            if on_step is not None:
                on_step(done, steps)
        return state

    def multi(self, start: JointState, steps: int, on_step: OnStep | None = None) -> JointState:
        """Molecules at time `LAST`, each step with one call of the network and the one before.

        Args:
            start: noise.
            steps: how many.
            on_step: called after each step.
        """
        levels = self._levels(steps)
        state, predictions = start, [self.predict(start, levels[0])]
        for done in range(1, steps + 1):
            order = min(self.order, done)
            passed = levels[done - order : done + 1]
            weights = (from_steps_before if order == HIGHEST else first_order)(passed)
            move = _reverse(passed[-2], passed[-1], is_last=done == steps)
            state = self._moved(state, state, predictions[-order:], weights, move)
            if done < steps:
                predictions = [predictions[-1], self.predict(state, levels[done])]
            if on_step is not None:
                on_step(done, steps)
        return state

    def _single_step(self, start: JointState, levels: Levels, *, is_last: bool) -> JointState:
        """Over the levels of one step, stage by stage."""
        state = start
        predictions: list[JointState] = []
        for number, stage in enumerate(STAGES[self.order], start=1):
            predictions.append(self.predict(state, levels[number - 1]))
            is_end = is_last and number == self.order
            move = _reverse(levels[number - 1], levels[number], is_last=is_end)
            weights = stage(levels[: number + 1])
            state = self._moved(start, state, predictions, weights, move)
        return state

    def _moved(
        self,
        start: JointState,
        state: JointState,
        predictions: Sequence[JointState],
        weights: Weights,
        move: Reverse,
    ) -> JointState:
        """Types and bonds from `start` by their weights, positions from `state` by a draw."""
        noise = position_noise(self.mask, state.atoms.dtype)
        positions = reverse_draw(state.positions, predictions[-1].positions, noise, move)
        features = weights.of(start.features, [each.features for each in predictions])
        bonds = weights.of(start.bonds, [each.bonds for each in predictions])
        return JointState(torch.cat([positions, features], dim=-1), bonds)

    def _levels(self, steps: int) -> list[Level]:
        times = torch.linspace(self.schedule.end, LAST, steps + 1, dtype=torch.float64)
        return levels_at(self.schedule, times.tolist())


def _reverse(start: Level, end: Level, *, is_last: bool) -> Reverse:
    move = reverse(start, end)
    return replace(move, deviation=0.0) if is_last else move


def _curved(start: Level, middle: Level, end: Level) -> Weights:
    """A step whose slope comes from predictions at its start and at a time between."""
    phi_1, step = _phi_1(start, end), _log_step(start, end)
    slope = _alpha(end) * (phi_1 / step + 1) * step / _log_step(start, middle)
    return Weights(_kept(start, end), (-_alpha(end) * phi_1 - slope, slope))


def _log_step(start: Level, end: Level) -> float:
    """h, by how much log(alpha / sigma) grows."""
    return float(end.half_log_snr - start.half_log_snr)


def _phi_1(start: Level, end: Level) -> float:
    """exp(-h) - 1."""
    return math.expm1(-_log_step(start, end))


def _kept(start: Level, end: Level) -> float:
    return float(end.sigma / start.sigma)


def _alpha(level: Level) -> float:
    return float(level.alpha)
