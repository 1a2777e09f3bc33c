"""How far predicted spins are from a ground state, for each spin glass and over all."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.spins.descent import descended
from eloss_plugins.spins.problem_set import ProblemSet, energies

EXACT = 1e-9
"""A gap of energy that is rounding: sums of couplings on the grid have none at all."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Judged:
    """One number for each spin glass, `(systems,)` each.

    Attributes:
        gap: E(predicted) - E(ground state), not negative.
        settled: the gap when single spins have been turned as long as that lowers the energy.
        relative: the gap over |E(ground state)|.
        overlap: share of spins that agree with the ground state, up to the global sign: 0.5 to 1.
        exact: 1 where the energy is the ground state's, whichever state it is.
    """

    gap: Numbers
    settled: Numbers
    relative: Numbers
    overlap: Numbers
    exact: Numbers


def judged(test: ProblemSet, spins: NDArray[Any]) -> Judged:
    """Compare predicted spins `(systems, sites)` with the ground states."""
    gap = gaps(test, spins)
    agreeing = (spins == test.spins).mean(axis=1)
    return Judged(
        gap=gap,
        settled=gaps(test, descended(test.lattice, test.couplings, spins)),
        relative=gap / np.abs(test.energies),
        overlap=np.maximum(agreeing, 1 - agreeing),
        exact=(gap < EXACT).astype(np.float64),
    )


def gaps(test: ProblemSet, spins: NDArray[Any]) -> Numbers:
    """`(systems,)` energies of spins `(systems, sites)` above those of the ground states."""
    return energies(test.lattice, test.couplings, spins) - test.energies


def spins_of(logits: NDArray[Any]) -> NDArray[np.int8]:
    """The likelier value of each spin; +1 at a logit of 0."""
    return np.where(np.asarray(logits) < 0, -1, 1).astype(np.int8)


def random_spins(test: ProblemSet, seed: int) -> NDArray[np.int8]:
    """`(systems, sites)` fair coins."""
    generator = np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, 1])))
    return np.asarray(2 * generator.integers(0, 2, test.spins.shape) - 1, np.int8)


@dataclass(frozen=True)
class Measure:
    """A mean over spin glasses and seeds.

    Attributes:
        mean: over all.
        error: standard error, of spin glasses and of seeds together.
        spread: standard deviation over spin glasses, of their means over the seeds.
        seeds: the mean with each seed.
    """

    mean: float
    error: float
    spread: float
    seeds: tuple[float, ...]


def measure(values: Sequence[Numbers]) -> Measure:
    """The mean of `(systems,)` numbers with each seed, and how sure it is.

    The variance of the mean is var over spin glasses / systems + var of the seeds' means / seeds;
    one seed alone says nothing about the second.
    """
    table = np.stack(list(values))
    seeds, systems = table.shape
    of_glasses = table.mean(axis=0)
    means = table.mean(axis=1)
    spread = float(of_glasses.std(ddof=1)) if systems > 1 else 0.0
    of_seeds = float(means.var(ddof=1)) if seeds > 1 else 0.0
    error = sqrt(spread**2 / systems + of_seeds / seeds)
    return Measure(float(table.mean()), error, spread, tuple(float(it) for it in means))


def measures(runs: Sequence[Judged]) -> dict[str, Measure]:
    """Each quantity of `Judged` over the runs of one loss with several seeds."""
    names = ("gap", "settled", "relative", "overlap", "exact")
    return {name: measure([getattr(run, name) for run in runs]) for name in names}


def to_json(found: dict[str, Measure]) -> dict[str, Any]:
    """As plain values."""
    return {name: asdict(one) for name, one in found.items()}
