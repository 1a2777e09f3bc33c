"""Ground states of periodic lattices by matching, with a search over the seams of the torus, exact.

A least set of bonds that joins the frustrated plaquettes is a ground state for one of the four
boundary conditions of a torus, periodic or antiperiodic along each axis (the extended ground state
of Thomas and Middleton, Phys. Rev. B 76, 220406, 2007); a bound for the one that was asked for. It
is that one if spins come back to themselves around the torus along two seams, one row and one
column. Else some bond of a seam that is odd must be the other way round: branches in which the
bonds before it stay as they are and it is turned, each with a bound by matching again. The branch
of least bound goes first, so that the first one whose seams are both even is a ground state.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.spins.glass import SpinGlass, Spins
from eloss_plugins.spins.ground_states import joining, planar
from eloss_plugins.spins.ground_states.planar import Bits
from eloss_plugins.spins.lattice import Lattice


@dataclass(frozen=True, eq=False)
class Problem:
    """A periodic spin glass: couplings that are negative, their weights, frustrated plaquettes."""

    lattice: Lattice
    negative: Bits
    weights: NDArray[np.int64]
    odd: NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class Branch:
    """Bonds that are fixed to be unsatisfied or not, and the least set that keeps to that."""

    fixed: Bits
    unsatisfied: Bits
    bound: int


def refusal(glass: SpinGlass) -> str | None:
    """Lattices that are no torus."""
    if glass.lattice is not None and glass.lattice.boundary != "periodic":
        return "takes periodic lattices alone; take `matching` or `transfer`"
    return planar.refusal(glass)


def ground_state(glass: SpinGlass) -> Spins:
    """`(sites,)` spins of least energy."""
    weights = planar.whole_weights(glass)
    assert glass.lattice is not None
    assert weights is not None
    negative = glass.values < 0
    odd = planar.frustrated(glass.lattice, negative)
    best = _search(Problem(glass.lattice, negative, weights, odd))
    return planar.spins_of(glass.lattice, negative ^ best)


def _search(problem: Problem) -> Bits:
    """The unsatisfied bonds of a ground state, by best-first search."""
    nothing = np.zeros(len(problem.weights), np.bool_)
    waiting, number = list[tuple[int, int, Branch]](), 0
    branch: Branch | None = _branch(problem, nothing, nothing)
    while branch is not None:
        seam = _odd_seam(problem, branch)
        if seam is None:
            return branch.unsatisfied
        for child in _children(problem, branch, seam):
            number += 1
            heapq.heappush(waiting, (child.bound, number, child))
        branch = heapq.heappop(waiting)[2]
    raise AssertionError("the torus has a ground state")


def _odd_seam(problem: Problem, branch: Branch) -> NDArray[np.int64] | None:
    """A seam around which the spins would not come back to themselves."""
    differing = branch.unsatisfied ^ problem.negative
    odd = [seam for seam in seams(problem.lattice) if differing[seam].sum() % 2]
    # the seam with fewer open bonds has fewer branches
    return min(odd, key=lambda seam: int((~branch.fixed[seam]).sum()), default=None)


def _children(problem: Problem, branch: Branch, seam: NDArray[np.int64]) -> Iterator[Branch]:
    fixed = branch.fixed.copy()
    for bond in seam[~branch.fixed[seam]]:
        fixed[bond] = True
        turned = branch.unsatisfied & fixed
        turned[bond] = ~turned[bond]
        child = _branch(problem, fixed.copy(), turned)
        if child is not None:
            yield child


def _branch(problem: Problem, fixed: Bits, unsatisfied: Bits) -> Branch | None:
    """The least set with `unsatisfied` among the bonds `fixed`; None where there is none."""
    odd = problem.odd ^ planar.frustrated(problem.lattice, unsatisfied)
    ends = planar.dual(problem.lattice)
    try:
        rest = joining.least_join(ends, problem.weights, odd, ~fixed)
    except ValueError:
        return None
    whole = rest | unsatisfied
    return Branch(fixed, whole, int(problem.weights[whole].sum()))


@lru_cache(maxsize=8)
def seams(lattice: Lattice) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Numbers of the bonds along the first row and along the first column."""
    across = lattice.right.shape[1]
    return (
        np.flatnonzero(lattice.right[0] < lattice.columns),
        across + np.flatnonzero(lattice.down[0] % lattice.columns == 0),
    )
