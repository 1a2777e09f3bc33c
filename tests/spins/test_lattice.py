import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.spins.lattice import Lattice

from .oracle import bonds

SHAPES = [(3, 3), (4, 4), (3, 5), (6, 4)]


@pytest.mark.parametrize("boundary", ["open", "cylinder", "periodic"])
@pytest.mark.parametrize(("rows", "columns"), SHAPES)
def test_bonds_are_those_of_a_loop_each_once(rows, columns, boundary):
    found = [frozenset(pair) for pair in Lattice(rows, columns, boundary).index.T.tolist()]
    assert len(set(found)) == len(found)
    assert set(found) == set(bonds(rows, columns, boundary))


def test_the_smaller_site_comes_first():
    first, second = Lattice(4, 4, "periodic").index
    assert (first < second).all()


@pytest.mark.parametrize(
    ("boundary", "count"), [("open", 2 * 16 * 15), ("cylinder", 16 * 31), ("periodic", 2 * 256)]
)
def test_number_of_bonds_of_16_x_16(boundary, count):
    assert Lattice(16, 16, boundary).index.shape == (2, count)


@pytest.mark.parametrize(
    ("rows", "columns", "boundary"),
    [(1, 4, "open"), (4, 1, "open"), (2, 4, "periodic"), (4, 2, "cylinder")],
)
def test_sides_that_are_too_short_are_refused(rows, columns, boundary):
    with pytest.raises(UsageError, match="needs at least"):
        Lattice(rows, columns, boundary)


def test_an_unknown_boundary_is_refused():
    with pytest.raises(UsageError, match="open, cylinder, periodic"):
        Lattice(4, 4, "closed")
