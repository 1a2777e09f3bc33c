"""The outcome of an experiment in sentences."""

from math import hypot

from eloss_plugins.spins.experiment import Experiment
from eloss_plugins.spins.metrics import Measure, measures
from eloss_plugins.spins.references import ORDER, SYMMETRIC

APART = 2.0
"""Means are told apart where they differ by more than so many standard errors."""


def findings(held: Experiment) -> list[str]:
    """What came of it, the main thing first."""
    gaps = {one.entry.label: measures(one.runs)["gap"] for one in held.losses}
    best = min(gaps, key=lambda label: gaps[label].mean)
    chance = float(held.chance.gap.mean())
    said = [
        f"{best} comes nearest to the ground states: its predictions lie {gaps[best].mean:.1f} ± "
        f"{gaps[best].error:.1f} above them, fair coins {chance:.1f}."
    ]
    return [*said, *_order(gaps), *_symmetric(gaps), _settled(held)]


def notes(held: Experiment) -> list[str]:
    """What is good to know about the numbers."""
    said = [
        "Every ground state is exact, and its energy was computed anew from its spins when read.",
        "Nothing was chosen by the test set: runs end after their epochs.",
    ]
    if held.plan.couplings == "binary":
        said.append("Couplings of -1 and +1 have many ground states; the data have one of each.")
    if len(held.plan.seeds) == 1:
        said.append("With one seed alone the errors say nothing about other seeds.")
    return said


def _order(gaps: dict[str, Measure]) -> list[str]:
    """Whether the paper's order is there, where all its losses are."""
    if not set(ORDER) <= set(gaps):
        return []
    steps = list(zip(ORDER, ORDER[1:], strict=False))
    listed = ", ".join(f"{name} {gaps[name].mean:.1f}" for name in ORDER)
    if not all(gaps[a].mean > gaps[b].mean for a, b in steps):
        return [f"The gaps do not stand in the paper's order: {listed}."]
    near = [f"{a} and {b}" for a, b in steps if not _ahead(gaps[b], gaps[a])]
    if near:
        return [
            f"The gaps stand in the paper's order: {listed}; but {', '.join(near)} are nearer to "
            f"each other than {APART:g} standard errors, or not in this order with every seed."
        ]
    return [f"The gaps stand in the paper's order: {listed}."]


def _symmetric(gaps: dict[str, Measure]) -> list[str]:
    """How losses that leave the global sign alone do beside the local field."""
    plain = gaps.get("local-field")
    there = [name for name in SYMMETRIC if name in gaps]
    if plain is None or not there:
        return []
    best = min(there, key=lambda name: gaps[name].mean)
    if not _ahead(gaps[best], plain):
        return [
            f"No loss that leaves the global sign alone is ahead of local-field; {best} is next."
        ]
    return [
        f"Of the losses from data that leave the global sign alone, {best} is ahead of "
        f"local-field: {gaps[best].mean:.1f} against {plain.mean:.1f}."
    ]


def _settled(held: Experiment) -> str:
    """What is left where single spins are turned as long as that lowers the energy."""
    left = {one.entry.label: measures(one.runs)["settled"] for one in held.losses}
    best = min(left, key=lambda label: left[label].mean)
    return (
        f"After descent by single spins {best} is nearest, {left[best].mean:.1f} ± "
        f"{left[best].error:.1f} above; fair coins then lie {held.chance.settled.mean():.1f} above."
    )


def _ahead(one: Measure, other: Measure) -> bool:
    """Whether `one` has the smaller gap, beyond their errors and with every seed."""
    apart = other.mean - one.mean > APART * hypot(one.error, other.error)
    return apart and max(one.seeds) < min(other.seeds)
