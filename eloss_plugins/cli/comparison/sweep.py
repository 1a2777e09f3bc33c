"""The sweep: each loss tries the same learning rates and the same factors on its own weight."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eloss_plugins.cli.comparison.plan import Common, Entrant, Grid, Job, Plan, job
from eloss_plugins.cli.comparison.results import Score, score_of
from eloss_plugins.metrics.rate import Rate

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
    """For each label the candidate whose molecules are stable most often; of equals, whose atoms.

    Equal are the candidates whose 95 % intervals overlap that of the best: a short run makes few
    stable molecules, and one more of them says nothing. The criterion reads generated molecules
    alone: it knows nothing of any loss. A candidate whose run failed loses; if all failed, the
    entrant stays as it was.
    """
    scored: dict[str, list[tuple[Score, Entrant]]] = {}
    for trial in tried:
        mine = scored.setdefault(trial.entrant.label, [])
        if (score := score_of(trial.job)) is not None:
            mine.append((score, trial.candidate))
    entered = {trial.entrant.label: trial.entrant for trial in tried}
    return {label: _leader(mine) if mine else entered[label] for label, mine in scored.items()}


def _leader(scored: Sequence[tuple[Score, Entrant]]) -> Entrant:
    leading = max((score.molecules for score, _ in scored), key=_value)
    level = [pair for pair in scored if pair[0].molecules.overlaps(leading)]
    return max(level, key=lambda pair: _value(pair[0].atoms))[1]


def _value(rate: Rate) -> float:
    return rate.value if rate.denominator else 0.0


def record(tried: Sequence[Trial], winners: Mapping[str, Entrant]) -> list[dict[str, object]]:
    """Every point of the sweep, for the report."""
    return [
        {
            "loss": trial.entrant.label,
            "learning_rate": trial.candidate.learning_rate,
            "options": dict(trial.candidate.options),
            "score": _figures(score_of(trial.job)),
            "chosen": winners[trial.entrant.label] == trial.candidate,
        }
        for trial in tried
    ]


def _figures(score: Score | None) -> tuple[float, float] | None:
    return None if score is None else (_value(score.molecules), _value(score.atoms))


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
