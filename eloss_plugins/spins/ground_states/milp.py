"""Ground states of any graph by mixed-integer linear programming, exact.

A variable e_ij = 1 for spins that differ, and one x_i for each spin; H = sum J_ij (2 e_ij - 1).
Every circle of the graph has an even number of bonds across which spins differ, hence the
inequalities sum over F of e - sum over C without F of e <= |F| - 1 for each odd part F of a circle
C (Barahona and Mahjoub, Math. Programming 36, 157, 1986). Those of all circles of three and four
bonds, the plaquettes of a lattice, are given to HiGHS from the beginning; without them it does not
solve in a minute what it solves in seconds with them. Where energies are known to differ by some
step at least, as with couplings of -1 and +1, the search ends when less than that is open.
"""

from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.spins.glass import SpinGlass, Spins

SAFE = 0.99
"""Of the step between energies, for the tolerances of the solver."""

Rows = list[tuple[list[int], list[float], float]]
"""Inequalities: columns, factors, and what their sum is at most."""


def refusal(glass: SpinGlass) -> str | None:
    """Takes every graph, if not always soon."""
    return None


def ground_state(glass: SpinGlass) -> Spins:
    """`(sites,)` spins of least energy.

    Raises:
        EnvironmentProblem: the solver gives up.
    """
    from scipy.optimize import Bounds, LinearConstraint, milp

    pairs, sites = len(glass.values), glass.num_sites
    if not pairs:
        return np.ones(sites, np.int8)
    matrix, most = _constraints(glass)
    upper = np.ones(pairs + sites)
    upper[pairs] = 0  # the first spin stays as it is
    found = milp(
        np.concatenate([2 * glass.values, np.zeros(sites)]),
        integrality=np.ones(pairs + sites),
        bounds=Bounds(0, upper),
        constraints=LinearConstraint(matrix, ub=most),
        options={"mip_rel_gap": _open_share(glass)},
    )
    if found.x is None or found.status != 0:
        raise EnvironmentProblem(f"HiGHS found no ground state: {found.message}")
    return np.asarray(1 - 2 * np.round(found.x[pairs:]), np.int8)


def _open_share(glass: SpinGlass) -> float:
    """The gap between bounds, over the objective, that no energy fits into."""
    largest = abs(glass.values.sum()) + np.abs(glass.values).sum()  # that the objective can be
    return float(SAFE * energy_step(glass) / largest) if largest else 0.0


def energy_step(glass: SpinGlass) -> float:
    """What different energies differ by at least; 0 where couplings are no small whole numbers.

    Turning some spins changes H by 2 J_ij on each bond between them and the others. The number of
    those bonds is even if every site has an even number of bonds.
    """
    whole = np.round(glass.values).astype(np.int64)
    if (whole != glass.values).any() or not whole.any():
        return 0.0
    unit = int(np.gcd.reduce(whole))
    bonds = np.bincount(glass.index[:, whole != 0].ravel())
    all_odd = (whole[whole != 0] // unit % 2 != 0).all()
    return float(4 * unit if all_odd and (bonds % 2 == 0).all() else 2 * unit)


def _constraints(glass: SpinGlass) -> tuple[object, NDArray[np.float64]]:
    from scipy.sparse import csr_array

    rows = [*_of_bonds(glass), *_of_circles(glass)]
    place = np.repeat(np.arange(len(rows)), [len(columns) for columns, _, _ in rows])
    columns = np.concatenate([np.array(row[0], np.int64) for row in rows])
    factors = np.concatenate([np.array(row[1]) for row in rows])
    shape = (len(rows), len(glass.values) + glass.num_sites)
    return csr_array((factors, (place, columns)), shape=shape), np.array([it[2] for it in rows])


def _of_bonds(glass: SpinGlass) -> Rows:
    """For whole x, e = |x_i - x_j|."""
    pairs, rows = len(glass.values), Rows()
    for e, (i, j) in enumerate((glass.index + pairs).T.tolist()):
        rows.append(([i, j, e], [1, -1, -1], 0))
        rows.append(([j, i, e], [1, -1, -1], 0))
        rows.append(([e, i, j], [1, -1, -1], 0))
        rows.append(([e, i, j], [1, 1, 1], 2))
    return rows


def _of_circles(glass: SpinGlass) -> Rows:
    rows = Rows()
    for circle in short_circles(glass.index):
        for size in range(1, len(circle) + 1, 2):
            for odd in combinations(circle, size):
                factors = [1.0 if bond in odd else -1.0 for bond in circle]
                rows.append((circle, factors, size - 1))
    return rows


def short_circles(index: NDArray[np.int64]) -> Iterator[list[int]]:
    """Bonds of each circle of three or four bonds, once, without a bond across it."""
    bond = {(i, j): e for e, (i, j) in enumerate(np.sort(index, axis=0).T.tolist())}
    near: dict[int, set[int]] = {}
    for i, j in bond:
        near.setdefault(i, set()).add(j)
        near.setdefault(j, set()).add(i)

    def bonds(*sites: int) -> list[int]:
        around = zip(sites, (*sites[1:], sites[0]), strict=True)
        return [bond[min(i, j), max(i, j)] for i, j in around]

    for i, j in bond:
        for k in near[i] & near[j]:
            if k > j:
                yield bonds(i, j, k)
    for i in near:  # the smallest site of a circle of four, and the one opposite to it
        beyond = {k for j in near[i] for k in near[j] if k > i} - near[i]
        for k in beyond:
            for j, m in combinations(sorted(it for it in near[i] & near[k] if it > i), 2):
                if m not in near[j]:
                    yield bonds(i, j, k, m)
