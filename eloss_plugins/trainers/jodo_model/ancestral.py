"""Ancestral sampling of atoms and bonds: from noise to molecules, one reverse step at a time."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import pairwise

import torch
from torch import Tensor

from eloss_plugins.trainers.generator import OnStep
from eloss_plugins.trainers.jodo_model.noise import joint_noise
from eloss_plugins.trainers.jodo_model.schedule import Level, NoiseSchedule
from eloss_plugins.trainers.jodo_model.state import JointState

LAST = 1e-3  # latest time but 0 that sampling stops at, whatever the number of steps

Predict = Callable[[JointState, Level], JointState]
"""The clean molecules that the network sees behind noisy ones at a level of scalars."""


@dataclass(frozen=True)
class Reverse:
    """q(z_s | z_t, x) for s < t: mean `kept` z_t + `drawn` x, standard deviation `deviation`."""

    kept: float
    drawn: float
    deviation: float


def reverse(start: Level, end: Level) -> Reverse:
    """The step from t = `start` back to s = `end`, for scalar levels.

    With alpha_ts = alpha_t / alpha_s and sigma_ts^2 = 1 - alpha_ts^2: mean
    alpha_ts sigma_s^2 / sigma_t^2 z_t + alpha_s sigma_ts^2 / sigma_t^2 x, standard deviation
    sigma_ts sigma_s / sigma_t.

    Reference: EDM, arXiv 2203.17003, equation 4.
    """
    forward = torch.exp(start.log_alpha - end.log_alpha)
    variance = -torch.expm1(2 * (start.log_alpha - end.log_alpha))
    share = (end.sigma / start.sigma).square()
    return Reverse(
        float(forward * share),
        float(end.alpha * variance / start.sigma.square()),
        float(torch.sqrt(variance * share)),
    )


def ancestral_step(
    state: JointState, prediction: JointState, noise: JointState, step: Reverse
) -> JointState:
    """A draw from p(z_s | z_t), with the prediction in the place of the clean molecules.

    Args:
        state: z_t.
        prediction: the network's clean molecules.
        noise: standard normal draw.
        step: the numbers of the step.
    """
    return JointState(
        reverse_draw(state.atoms, prediction.atoms, noise.atoms, step),
        reverse_draw(state.bonds, prediction.bonds, noise.bonds, step),
    )


def reverse_draw(noisy: Tensor, clean: Tensor, noise: Tensor, step: Reverse) -> Tensor:
    """`kept` z_t + `drawn` x + `deviation` eps, of whatever shape."""
    return step.kept * noisy + step.drawn * clean + step.deviation * noise


def sample_ancestral(
    predict: Predict,
    schedule: NoiseSchedule,
    start: JointState,
    mask: Tensor,
    *,
    steps: int,
    on_step: OnStep | None = None,
) -> JointState:
    """Molecules at time 0, without the noise of the last step.

    Args:
        predict: the network.
        schedule: the noise levels.
        start: noise.
        mask: `(molecules, atoms)` bool.
        steps: how many; times go evenly from the schedule's end to `LAST`, and then to 0.
        on_step: called after each step.
    """
    state = start
    width, channels = start.features.shape[-1], start.bonds.shape[-1]
    for done, (level, step) in enumerate(_walk(schedule, steps), start=1):
        prediction = predict(state, level)
        noise = joint_noise(mask, width, channels, start.atoms.dtype)
        state = ancestral_step(state, prediction, noise, step)
        if on_step is not None:
            on_step(done, steps)
    return state


def levels_at(schedule: NoiseSchedule, times: list[float]) -> list[Level]:
    """Scalar levels in float64, of which the numbers of a step are made."""
    return [schedule(torch.tensor(time, dtype=torch.float64)) for time in times]


def _walk(schedule: NoiseSchedule, steps: int) -> list[tuple[Level, Reverse]]:
    """The levels to step from, and the numbers of each step."""
    times = torch.linspace(schedule.end, LAST, steps, dtype=torch.float64).tolist()
    levels = levels_at(schedule, [*times, 0.0])
    walk = [reverse(start, end) for start, end in pairwise(levels)]
    walk[-1] = replace(walk[-1], deviation=0.0)
    return list(zip(levels, walk, strict=False))
