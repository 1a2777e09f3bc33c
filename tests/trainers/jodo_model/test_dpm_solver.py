"""The solver against solutions in closed form."""

import math

import pytest
import torch
from torch.testing import assert_close

from eloss_plugins.trainers.jodo_model.ancestral import LAST, levels_at
from eloss_plugins.trainers.jodo_model.dpm_solver import (
    HIGHEST,
    STAGES,
    DpmSolver,
    first_order,
    from_steps_before,
    third_order_middle,
)
from eloss_plugins.trainers.jodo_model.schedule import SCHEDULES, Level
from eloss_plugins.trainers.jodo_model.state import JointState

MASK = torch.ones(1, 2, dtype=torch.bool)
SCHEDULE = SCHEDULES["cosine"]
RUNS = pytest.mark.parametrize(
    ("run", "order"), [("single", 1), ("single", 2), ("single", 3), ("multi", 1), ("multi", 2)]
)


def state(value: float | torch.Tensor) -> JointState:
    ones = torch.ones(1, 2, 5, dtype=torch.float64), torch.ones(1, 2, 2, 2, dtype=torch.float64)
    return JointState(*(value * part for part in ones))


def solved(run: str, order: int, steps: int, predict) -> JointState:
    solver = DpmSolver(lambda _, level: predict(level), SCHEDULE, MASK, order)
    return getattr(solver, run)(state(0.7), steps)


@RUNS
def test_a_constant_prediction_is_followed_exactly(run, order):
    """x_e = (sigma_e / sigma_s) (x_s - alpha_s D) + alpha_e D."""
    first, last = levels_at(SCHEDULE, [SCHEDULE.end, LAST])
    expected = last.sigma / first.sigma * (0.7 - first.alpha * 0.3) + last.alpha * 0.3
    found = solved(run, order, 4, lambda _: state(0.3))
    assert_close(found.features, state(expected).features)
    assert_close(found.bonds, state(expected).bonds)


def level(half_log_snr: float) -> Level:
    twice = torch.tensor(2 * half_log_snr, dtype=torch.float64)
    return Level(torch.sigmoid(twice).sqrt(), torch.sigmoid(-twice).sqrt())


def clean(half_log_snr: float) -> torch.Tensor:
    """A prediction that changes along the way."""
    return torch.tensor(math.sin(half_log_snr), dtype=torch.float64)


def exact(start: float, end: float) -> float:
    """(sigma_e / sigma_s) x_s + sigma_e * integral of exp(lambda) D for x_s = 0.7."""

    def integral(x: float) -> float:
        return math.exp(x) * (math.sin(x) - math.cos(x)) / 2

    ratio = float(level(end).sigma / level(start).sigma)
    return ratio * 0.7 + float(level(end).sigma) * (integral(end) - integral(start))


def by_stages(order: int, steps: int) -> float:
    """From lambda = -2 to 2 in single steps, whose stages are evenly spaced in lambda."""
    value = torch.tensor(0.7, dtype=torch.float64)
    for number in range(steps):
        nodes = [-2 + 4 * (number + part / order) / steps for part in range(order + 1)]
        weights = STAGES[order][-1]([level(node) for node in nodes])
        value = weights.of(value, [clean(node) for node in nodes[:-1]])
    return float(value)


def by_steps_before(steps: int) -> float:
    nodes = [-2 + 4 * number / steps for number in range(steps + 1)]
    value = first_order([level(nodes[0]), level(nodes[1])]).of(
        torch.tensor(0.7, dtype=torch.float64), [clean(nodes[0])]
    )
    for before, start, end in zip(nodes, nodes[1:], nodes[2:], strict=False):
        weights = from_steps_before([level(before), level(start), level(end)])
        value = weights.of(value, [clean(before), clean(start)])
    return float(value)


@pytest.mark.parametrize("order", STAGES)
def test_the_error_of_single_steps_falls_with_their_order(order):
    coarse, fine = (abs(by_stages(order, steps) - exact(-2, 2)) for steps in (20, 40))
    assert fine < 1.1 * coarse / 2**order


def test_the_error_of_steps_from_those_before_falls_with_the_second_order():
    coarse, fine = (abs(by_steps_before(steps) - exact(-2, 2)) for steps in (20, 40))
    assert fine < 1.1 * coarse / 2**HIGHEST


def test_the_middle_stage_of_the_third_order_is_of_the_second():
    def error(step: float) -> float:
        nodes = [-1.0, -1.0 + step / 2, -1.0 + step]
        weights = third_order_middle([level(node) for node in nodes])
        start = torch.tensor(0.7, dtype=torch.float64)
        return abs(float(weights.of(start, [clean(it) for it in nodes[:2]])) - exact(-1, nodes[2]))

    assert error(0.05) < 1.1 * error(0.1) / 2**3  # of one step, one power more


def test_positions_are_drawn_and_the_last_step_adds_no_noise():
    torch.manual_seed(0)
    noisy, again = (solved("single", 2, 3, lambda _: state(0.0)).positions for _ in range(2))
    assert not torch.allclose(noisy, again)
    first, second = (solved("multi", 1, 1, lambda _: state(0.0)).positions for _ in range(2))
    assert torch.equal(first, second)


@pytest.mark.parametrize("order", STAGES)
def test_a_single_step_asks_the_network_as_often_as_its_order(order):
    seen, done = [], []
    solver = DpmSolver(lambda s, level: seen.append(level) or s, SCHEDULE, MASK, order)
    solver.single(state(1.0), 4, lambda *it: done.append(it))
    assert len(seen) == 4 * order
    assert done == [(number, 4) for number in (1, 2, 3, 4)]


@pytest.mark.parametrize("order", [1, 2])
def test_steps_from_those_before_ask_it_once_each(order):
    seen = []
    solver = DpmSolver(lambda s, level: seen.append(level) or s, SCHEDULE, MASK, order)
    solver.multi(state(1.0), 5)
    times = torch.linspace(SCHEDULE.end, LAST, 6, dtype=torch.float64)[:-1]
    assert_close(torch.stack([it.log_snr for it in seen]), SCHEDULE(times).log_snr)
