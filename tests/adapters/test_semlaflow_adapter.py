"""The SemlaFlow adapter: its reduction over padding, its bonds, its units."""

import pytest
import torch
from eloss_plugins.adapters.semlaflow import bonds_of
from flows import energies, flow, perturbed
from torch.testing import assert_close

from eloss_plugins import host

SCALE = 1.7233


def call(options: str, **changes: object) -> torch.Tensor:
    given = flow(1, scale=SCALE)
    scene = {"prediction": perturbed(given.clean), "positions": given.clean, "time": given.time}
    scene |= {"mask": given.mask.long().unsqueeze(2), "length_scale": SCALE, **changes}
    return host.bind("semlaflow", *options.split(":"))(**scene)


def test_the_mean_squared_error_is_upstreams():
    """Its sum over real atoms is divided by padded ones and three."""
    given = flow(1, scale=SCALE)
    square = (perturbed(given.clean) - given.clean).square() * given.mask.unsqueeze(2)
    assert_close(call("mse"), square.mean(dim=(1, 2)))


@pytest.mark.parametrize("weight", ["own", "paper"])
def test_the_energy_is_the_papers_times_real_over_padded_atoms(weight):
    given = flow(1, scale=SCALE)
    sizes = torch.tensor([4, 7, 3, 5], dtype=torch.float64)
    expected = energies(given, perturbed(given.clean), SCALE) * sizes / given.mask.shape[1]
    if weight == "paper":
        expected = expected / (1 - given.time) ** 2
    assert_close(call("energy:preset=paper", time_weight=weight), expected)


def test_bonds_come_from_the_adjacency():
    types = torch.zeros(2, 3, 3, dtype=torch.int64)
    types[0, 0, 1] = types[0, 1, 0] = 2
    types[1, 0, 2] = types[1, 2, 0] = 4
    bonds = bonds_of(torch.nn.functional.one_hot(types, 5).float())
    assert bonds.index.tolist() == [[0, 3], [1, 5]]
    assert bonds.order.tolist() == [2.0, 1.5]


def test_a_masked_type_is_no_bond():
    types = torch.full((1, 2, 2), 5)
    assert not bonds_of(torch.nn.functional.one_hot(types, 6).float()).order.numel()


def test_only_bonded_pairs_count_on_the_edges_bonds():
    given = flow(1, scale=SCALE)
    types = torch.zeros(*given.mask.shape, given.mask.shape[1], dtype=torch.int64)
    types[:, 0, 1] = types[:, 1, 0] = 1
    adjacency = torch.nn.functional.one_hot(types, 5).float()
    found = call("energy:edges=bonds,stiffness=constant", adjacency=adjacency)
    guess = perturbed(given.clean)
    apart = [(x[:, 0] - x[:, 1]).norm(dim=-1) for x in (guess, given.clean)]
    share = given.mask.double().mean(1)
    assert_close(found, (apart[0] - apart[1]).square() * share)
