"""The sweep: each loss tries the same learning rates and the same factors on its own weight."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eloss_plugins.cli.comparison.plan import Common, Entrant, Grid, Job, Plan, job
from eloss_plugins.cli.comparison.results import Score, score_of

WEIGHT, PRESET = "weight", "preset"
Resolve = Callable[[Entrant], Mapping[str, object]]  # everything that the options come to


@dataclass(frozen=True)
class Trial:
    """One point of the grid.

    Attributes:
        entrant: the loss as the user named it.
        candidate: the same with a learning rate and a weight.
        job: the short run.
    """

    entrant: Entrant
    candidate: Entrant
    job: Job


def trials(plan: Plan, grid: Grid, folder: Path, resolve: Resolve) -> list[Trial]:
    """The short runs of all losses, their folders below `folder`."""
    settings = {**plan.common.settings, "steps": grid.steps, "epochs": None}
    common = replace(plan.common, settings=settings, samples=grid.samples, curve_samples=0)
    return [
        _trial(common, entrant, candidate, grid.seed, folder)
        for entrant in plan.entrants
        for candidate in candidates(entrant, grid, resolve(entrant))
    ]


def candidates(entrant: Entrant, grid: Grid, resolved: Mapping[str, object]) -> list[Entrant]:
    """The loss at every point of the grid; a loss without weight gets the rates alone."""
    own = resolved.get(WEIGHT)
    if not isinstance(own, int | float):
        return [replace(entrant, learning_rate=rate) for rate in grid.rates]
    options = dict(entrant.options)
    if not options and resolved.get(PRESET):
        options[PRESET] = str(resolved[PRESET])  # without options the preset counts: keep it
    return [
        replace(
            entrant,
            learning_rate=rate,
            options={**options, WEIGHT: f"{factor * own:.6g}"},
        )
        for rate in grid.rates
        for factor in grid.weights
    ]


def best(tried: Sequence[Trial]) -> dict[str, Entrant]:
    """For each label the candidate whose molecules are stable most often, then its atoms.

    The criterion reads generated molecules alone: it knows nothing of any loss. A candidate whose
    run failed loses; if all failed, the entrant stays as it was.
    """
    chosen: dict[str, tuple[Score | None, Entrant]] = {}
    for trial in tried:
        score = score_of(trial.job)
        before, _ = chosen.get(trial.entrant.label, (None, trial.entrant))
        if score is not None and (before is None or score > before):
            chosen[trial.entrant.label] = (score, trial.candidate)
        chosen.setdefault(trial.entrant.label, (None, trial.entrant))
    return {label: candidate for label, (_, candidate) in chosen.items()}


def record(tried: Sequence[Trial], winners: Mapping[str, Entrant]) -> list[dict[str, object]]:
    """Every point of the sweep, for the report."""
    return [
        {
            "loss": trial.entrant.label,
            "learning_rate": trial.candidate.learning_rate,
            "options": dict(trial.candidate.options),
            "score": score_of(trial.job),
            "chosen": winners[trial.entrant.label] == trial.candidate,
        }
        for trial in tried
    ]


def at_the_edge(entrant: Entrant, grid: Grid) -> bool:
    """Whether the chosen rate is the lowest or highest tried: a wider sweep may do better."""
    ends = min(grid.rates), max(grid.rates)
    return len(grid.rates) > 1 and entrant.learning_rate in ends


def _trial(common: Common, entrant: Entrant, candidate: Entrant, seed: int, folder: Path) -> Trial:
    rate, weight = f"{candidate.learning_rate:g}", candidate.options.get(WEIGHT)
    place = f"{entrant.slug}-rate{rate}" + (f"-weight{weight}" if weight else "")
    name = f"sweep: {entrant.label}, rate {rate}" + (f", weight {weight}" if weight else "")
    made = job(common, candidate, seed, folder / place)
    return Trial(entrant, candidate, replace(made, name=name))
