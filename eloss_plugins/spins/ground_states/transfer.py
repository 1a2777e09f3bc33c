"""Ground states by a transfer of the least energy from site to site, exact.

Sites are added in their order. The frontier is what has been added and still has neighbours to
come; a table holds the least energy for each of its 2^width states. A site that has met its last
neighbour is minimised out, and the choice kept for the way back. On an open lattice the frontier is
a row, which makes this the row-by-row transfer matrix of statistical mechanics at temperature zero
(Morgenstern and Binder, Phys. Rev. B 22, 288, 1980), and elimination in the sense of Bertele and
Brioschi (Nonserial Dynamic Programming, 1972) on any other graph.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.spins.glass import SpinGlass, Spins

WIDEST = 20
"""Sites in a frontier, beside the one that is added: tables of 2^21 energies, 16 MB."""

Table = NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """What happens with one site.

    Attributes:
        site: the one that is added.
        bonds: number of each bond to a site of the frontier, and that site.
        leaving: sites that have met all their neighbours now.
    """

    site: int
    bonds: tuple[tuple[int, int], ...]
    leaving: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Choice:
    """Of a site that left: its best value, as packed bits, for each state of `frontier`."""

    site: int
    frontier: tuple[int, ...]
    best: NDArray[np.uint8]


def refusal(glass: SpinGlass) -> str | None:
    """A frontier that is too wide."""
    width = min(_width(_steps(glass, order)) for order in _orders(glass))
    if width <= WIDEST:
        return None
    return (
        f"keeps 2^width energies, with a width of at most {WIDEST} sites; this graph has {width}. "
        "Take an open lattice with one side that short, or `milp`"
    )


def ground_state(glass: SpinGlass) -> Spins:
    """`(sites,)` spins of least energy."""
    steps = min((_steps(glass, order) for order in _orders(glass)), key=_width)
    table, frontier, choices = np.zeros(1), list[int](), list[Choice]()
    for step in steps:
        table = np.repeat(table, 2)
        frontier.append(step.site)
        for bond, other in step.bonds:
            _couple(table, glass.values[bond], frontier.index(other), len(frontier))
        for site in step.leaving:
            table, choice = _minimised(table, frontier, site)
            choices.append(choice)
    return _back(choices, glass.num_sites)


def _orders(glass: SpinGlass) -> list[NDArray[np.int64]]:
    """Orders worth trying: along rows, and along columns of a lattice."""
    sites = np.arange(glass.num_sites)
    if glass.lattice is None:
        return [sites]
    return [sites, sites.reshape(glass.lattice.rows, -1).T.ravel()]


def _steps(glass: SpinGlass, order: NDArray[np.int64]) -> list[Step]:
    rank = np.empty(glass.num_sites, np.int64)
    rank[order] = np.arange(glass.num_sites)
    last = rank.copy()  # when a site has met all its neighbours
    bonds: list[list[tuple[int, int]]] = [[] for _ in order]
    for number, (i, j) in enumerate(glass.index.T.tolist()):
        early, late = (i, j) if rank[i] < rank[j] else (j, i)
        bonds[rank[late]].append((number, early))
        last[early] = max(last[early], rank[late])
    leaving: list[list[int]] = [[] for _ in order]
    for site in order.tolist():
        leaving[last[site]].append(site)
    return [Step(int(s), tuple(bonds[k]), tuple(leaving[k])) for k, s in enumerate(order)]


def _width(steps: list[Step]) -> int:
    """The most sites that a frontier has when another is added."""
    width = most = 0
    for step in steps:
        most = max(most, width)
        width += 1 - len(step.leaving)
    return most


def _couple(table: Table, coupling: float, place: int, width: int) -> None:
    """Add -J s s of the last site of the frontier and the one at `place`, in place."""
    view = table.reshape(1 << place, 2, 1 << (width - place - 2), 2)
    for s in (0, 1):
        view[:, s, :, s] -= coupling
        view[:, s, :, 1 - s] += coupling


def _minimised(table: Table, frontier: list[int], site: int) -> tuple[Table, Choice]:
    """The table without `site`, which leaves the frontier, and the choice that was made."""
    place = frontier.index(site)
    view = table.reshape(1 << place, 2, -1)
    best = view[:, 1] < view[:, 0]
    frontier.remove(site)
    choice = Choice(site, tuple(frontier), np.packbits(best))
    return np.minimum(view[:, 0], view[:, 1]).ravel(), choice


def _back(choices: list[Choice], num_sites: int) -> Spins:
    """The spins, from the site that left last to the first."""
    bits = [0] * num_sites
    for choice in reversed(choices):
        state = 0
        for site in choice.frontier:
            state = 2 * state + bits[site]
        bits[choice.site] = int(choice.best[state >> 3]) >> (7 - (state & 7)) & 1
    return np.asarray(2 * np.array(bits) - 1, np.int8)
