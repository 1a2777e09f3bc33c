"""Ground states of open lattices by minimum-weight perfect matching, exact.

The dual of an open lattice has the outside as one more plaquette, which any path of unsatisfied
bonds may reach. Source: Bieche, Maynard, Rammal and Uhry, J. Phys. A 13, 2553 (1980). The matching
is PyMatching's (Higgott and Gidney, Quantum 9, 1600, 2025).
"""

from eloss_plugins.spins.glass import SpinGlass, Spins
from eloss_plugins.spins.ground_states import joining, planar


def refusal(glass: SpinGlass) -> str | None:
    """Periodic lattices, whose dual leaves circles around the torus open."""
    if glass.lattice is not None and glass.lattice.boundary != "open":
        return "takes open lattices alone; take `seams`, `transfer` or `milp`"
    return planar.refusal(glass)


def ground_state(glass: SpinGlass) -> Spins:
    """`(sites,)` spins of least energy."""
    lattice, weights = glass.lattice, planar.whole_weights(glass)
    assert lattice is not None
    assert weights is not None
    negative = glass.values < 0
    unsatisfied = joining.least_join(
        planar.dual(lattice), weights, planar.frustrated(lattice, negative)
    )
    return planar.spins_of(lattice, negative ^ unsatisfied)
