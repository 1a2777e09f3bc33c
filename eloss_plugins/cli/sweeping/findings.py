"""What a search found, in sentences that the numbers alone decide."""

from collections.abc import Sequence
from math import log

from eloss_plugins.cli.sweeping.holding import Held
from eloss_plugins.cli.sweeping.results import COMPLETE, FAILED, PRUNED, Row
from eloss_plugins.cli.sweeping.space import Span, short, text_of


def findings(held: Held, rows: Sequence[Row]) -> list[str]:
    """The outcome in sentences, the most important one first."""
    best = rows[0]
    finished = [row for row in rows if row.state in (COMPLETE, PRUNED, FAILED)]
    counted = ", ".join(
        f"{sum(row.state == state for row in rows)} {state}"
        for state in (COMPLETE, PRUNED, FAILED)
        if any(row.state == state for row in rows)
    )
    values = ", ".join(f"{name} {text_of(short(v))}" for name, v in best.point.items())
    value = held.objective.text(best.value)
    said = [f"Best of {len(finished)} trials ({counted}): {value} with {values}."]
    presets = [row for row in rows if row.preset and row.value is not None]
    if len({row.value for row in rows if row.value is not None}) == 1 and len(finished) > 1:
        said.append(
            "All values are equal: nothing was found. Train longer, make more molecules, or choose "
            "an --objective that moves sooner, such as nll."
        )
    elif best.preset:
        said.append("The best trial is the tuned preset itself.")
    elif presets:
        which = "tuned preset" if len(presets) == 1 else f"best of {len(presets)} tuned presets"
        said.append(f"The {which} came to {held.objective.text(presets[0].value)}.")
    said += _doubts(rows)
    said += [f"{name} is best at the end of its range; a wider one may do better."
             for name in _at_the_edge(held, best)]  # fmt: skip
    return said


def _doubts(rows: Sequence[Row]) -> list[str]:
    """How many trials the rates of stable molecules do not tell from the best one."""
    low, high = _interval(rows[0])
    level = [
        row
        for row in rows[1:]
        if row.value is not None and _interval(row)[0] <= high and low <= _interval(row)[1]
    ]
    values = {row.value for row in rows if row.value is not None}
    if "molecule_stability" not in rows[0].facts or not level or len(values) == 1:
        return []
    return [
        f"Stable molecules do not tell it from {len(level)} of the other trials: the 95 % "
        "intervals overlap. More --samples, longer runs and other seeds would."
    ]


def notes(held: Held, rows: Sequence[Row]) -> list[str]:
    """How the trials were made, and what to keep in mind."""
    plan = held.study.plan
    said = [
        "Whatever is not searched was the same in all trials, seed and sampling noise included. "
        "The objective reads what the models make or their own validation, never the training "
        "loss, whose scale differs between losses, laws and weights.",
        "One seed a trial: train the best few again with other seeds before they are believed.",
    ]
    if held.objective.name == "stability":
        said.append(
            "stability is the rate of stable molecules, and of stable atoms divided by the square "
            f"root of the {plan.common.samples} molecules: atoms decide where chance could."
        )
    if plan.pruner != "none":
        by = "molecules at checkpoints" if plan.curve_samples else "validations"
        said.append(f"Runs that fell behind by their {by} were stopped ({plan.pruner} pruner).")
    said += [f"Trial {row.trial} failed: {row.failure}" for row in rows if row.state == FAILED]
    return said


def _at_the_edge(held: Held, best: Row) -> list[str]:
    """Names whose best value lies within the outer twentieth of their range."""
    return [
        name
        for name, domain in held.study.plan.space.items()
        if isinstance(domain, Span) and name in best.point
        if not 0.05 <= _part(domain, float(best.point[name])) <= 0.95
    ]


def _part(domain: Span, value: float) -> float:
    low, high = domain.low, domain.high
    if domain.log:
        low, high, value = log(low), log(high), log(value)
    return (value - low) / (high - low)


def _interval(row: Row) -> tuple[float, float]:
    low, high = row.facts.get("molecule_stability", {}).get("interval95", (0.0, 1.0))
    return low, high
