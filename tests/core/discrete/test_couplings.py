"""Fields and energies of any graph against loops, and what is refused."""

import pytest
import torch

from core.discrete import lattices
from eloss_plugins.core.discrete import Couplings
from eloss_plugins.testing import assert_close


def dense(systems=2, sites=5, seed=0):
    generator = torch.Generator().manual_seed(seed)
    matrix = torch.randn(systems, sites, sites, generator=generator, dtype=torch.float64).triu(1)
    return matrix + matrix.mT


@pytest.mark.parametrize(
    ("rows", "columns", "periodic"), [(3, 3, False), (3, 4, True), (2, 4, False), (1, 5, False)]
)
def test_energy_and_field_are_the_loops(rows, columns, periodic):
    given = lattices.couplings(rows, columns, periodic=periodic, systems=3)
    spins = lattices.random_spins(3, rows * columns, seed=5)
    pairs = lattices.pairs_of(given)
    rows = list(zip(given.values.tolist(), spins.tolist(), strict=True))
    energies = [lattices.energy_of(pairs, values, s) for values, s in rows]
    fields = [lattices.fields_of(pairs, values, s) for values, s in rows]
    assert_close(given.energy(spins), torch.tensor(energies, dtype=torch.float64))
    assert_close(given.field(spins), torch.tensor(fields, dtype=torch.float64))


def test_dense_matrices_give_half_the_double_sum():
    matrix = dense()
    spins = lattices.random_spins(2, 5)
    given = Couplings.from_dense(matrix)
    assert given.num_pairs == 10
    assert_close(given.energy(spins), -torch.einsum("bij,bi,bj->b", matrix, spins, spins) / 2)
    assert_close(given.field(spins), torch.einsum("bij,bj->bi", matrix, spins))


def test_the_slope_of_the_energy_is_minus_the_field():
    given = Couplings.from_dense(dense())
    means = lattices.uniform(2, 5).requires_grad_()
    (slope,) = torch.autograd.grad(given.energy(means).sum(), means)
    assert_close(slope, -given.field(means.detach()))


def test_shared_couplings_are_those_of_each_system():
    given, spins = Couplings.from_dense(dense()[0]), lattices.random_spins(4, 5)
    repeated = Couplings(given.index, given.values.expand(4, -1))
    assert given.values.ndim == 1
    assert_close(given.energy(spins), repeated.energy(spins))
    assert_close(given.field(spins), repeated.field(spins))


def test_a_pair_coupled_in_one_system_stands_for_all():
    matrix = torch.zeros(2, 3, 3)
    matrix[1, 0, 2] = matrix[1, 2, 0] = 0.5
    given = Couplings.from_dense(matrix)
    assert lattices.pairs_of(given) == [(0, 2)]
    assert given.values.tolist() == [[0.0], [0.5]]


def test_more_axes_may_stand_before_the_systems():
    given, spins = Couplings.from_dense(dense()), lattices.random_spins(6, 5).reshape(3, 2, 5)
    assert_close(given.energy(spins), torch.stack([given.energy(s) for s in spins]))
    assert_close(given.field(spins), torch.stack([given.field(s) for s in spins]))


def test_no_couplings_give_no_energy():
    none = Couplings(torch.empty(2, 0, dtype=torch.int64), torch.empty(0))
    assert none.energy(torch.ones(3, 4)).tolist() == [0, 0, 0]
    assert none.field(torch.ones(3, 4)).count_nonzero() == 0
    assert Couplings.from_dense(torch.zeros(4, 4)).num_pairs == 0
    assert Couplings.from_edges(none.index, none.values).num_pairs == 0


def test_edges_may_come_in_any_order_and_direction():
    matrix = dense()[0]
    index = torch.tensor([[4, 2, 0, 3], [1, 3, 4, 0]])
    given = Couplings.from_edges(index, matrix[index[0], index[1]])
    assert lattices.pairs_of(given) == [(0, 3), (0, 4), (1, 4), (2, 3)]
    assert_close(given.values, matrix[given.index[0], given.index[1]])


def test_bonds_that_meet_on_a_lattice_of_period_2_add_up():
    index = torch.tensor(lattices.edges(2, 2, periodic=True)).T
    values = torch.arange(1.0, 9.0)
    with pytest.raises(ValueError, match=r"must stand once.*lattice of period 2.*from_edges"):
        Couplings(index.sort(0).values, values)
    given, spins = Couplings.from_edges(index, values), lattices.random_spins(5, 4)
    pairs = [tuple(pair) for pair in index.T.tolist()]
    expected = [lattices.energy_of(pairs, values.tolist(), s) for s in spins.tolist()]
    assert given.num_pairs == 4
    assert given.energy(spins).tolist() == expected


def test_whole_spins_and_low_precision_are_summed_in_float32():
    given = Couplings(torch.tensor([[0, 1], [1, 2]]), torch.tensor([256.0, 1.0]).bfloat16())
    spins = torch.ones(1, 3, dtype=torch.int8)
    assert given.energy(spins).dtype == given.field(spins).dtype == torch.float32
    assert given.energy(spins).tolist() == [-257]


PAIR, ONE = torch.tensor([[0], [1]]), torch.ones(1)


@pytest.mark.parametrize(
    ("index", "values", "error", "words"),
    [
        (PAIR.int(), ONE, TypeError, r"must be int64; got torch.int32. Use .long\(\)"),
        (PAIR.T, ONE, ValueError, r"shape \(2, pairs\).*got \(1, 2\)"),
        (PAIR, ONE.long(), TypeError, r"`values` must be a floating-point tensor"),
        (PAIR, torch.ones(2), ValueError, r"shape \(1,\) or \(systems, 1\).*got \(2,\)"),
        (PAIR, torch.ones(2, 3), ValueError, r"got \(2, 3\)"),
        (PAIR, torch.ones(1, 1, 1), ValueError, r"got \(1, 1, 1\)"),
        (PAIR - 1, ONE, ValueError, "numbered from 0; got -1"),
        (PAIR * 0 + 3, ONE, ValueError, r"coupled to itself; got \(3, itself\)"),
        (PAIR.flip(0), ONE, ValueError, r"lower site first; got \(1, 0\).*from_edges"),
        (PAIR.expand(2, 2), torch.ones(2), ValueError, r"must stand once; got \(0, 1\)"),
        (PAIR, ONE * torch.nan, ValueError, "must be finite; got nan"),
        (PAIR, ONE * torch.inf, ValueError, "must be finite; got inf"),
    ],
)
def test_bad_pairs_get_one_sentence(index, values, error, words):
    with pytest.raises(error, match=words) as caught:
        Couplings(index, values)
    assert "\n" not in str(caught.value)


def changed(place, value):
    matrix = torch.zeros(3, 3)
    matrix[place] = value
    return matrix


@pytest.mark.parametrize(
    ("matrix", "error", "words"),
    [
        (changed((0, 1), 0.5), ValueError, r"symmetric; got \(0, 1\) different from \(1, 0\)"),
        (changed((2, 2), 0.5), ValueError, "itself; got a coupling of site 2 on the diagonal"),
        (changed((0, 1), torch.nan), ValueError, "must be finite; got nan"),
        (torch.zeros(3, 4), ValueError, r"\(sites, sites\) or .*; got \(3, 4\)"),
        (torch.zeros(3), ValueError, r"got \(3,\)"),
        (torch.zeros(3, 3).long(), TypeError, "`matrix` must be a floating-point tensor"),
    ],
)
def test_bad_matrices_get_one_sentence(matrix, error, words):
    with pytest.raises(error, match=words) as caught:
        Couplings.from_dense(matrix)
    assert "\n" not in str(caught.value)
