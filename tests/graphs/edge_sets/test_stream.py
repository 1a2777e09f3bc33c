"""An edge set's own random numbers."""

import copy
import pickle

import numpy as np
import pytest
import torch

from eloss_plugins.graphs.edge_sets import stream
from eloss_plugins.graphs.edge_sets.stream import Stream


def test_equal_seeds_give_equal_numbers_and_others_do_not():
    first, again, other = (Stream(seed).uniform(4) for seed in (0, 0, 1))
    assert first.tolist() == again.tolist() != other.tolist()


def test_ranks_draw_different_numbers(monkeypatch):
    drawn = []
    for rank in (0, 1):
        monkeypatch.setattr(stream, "_rank", lambda rank=rank: rank)
        drawn.append(Stream(0).uniform(4).tolist())
    assert drawn[0] != drawn[1]


def test_the_global_generators_are_left_alone():
    before = torch.get_rng_state(), np.random.get_state()[1].tolist()
    Stream(0).uniform(3)
    Stream(0).state_dict()
    assert torch.equal(torch.get_rng_state(), before[0])
    assert np.random.get_state()[1].tolist() == before[1]


@pytest.mark.parametrize("drawn_before", [0, 3])
def test_a_stream_goes_on_from_its_state(drawn_before):
    first, second = Stream(0), Stream(5)
    first.uniform(drawn_before)
    state = first.state_dict()
    expected = first.uniform(5).tolist()
    second.load_state_dict(state)
    assert second.uniform(5).tolist() == expected


def test_copies_and_pickles_go_on_from_where_it_stands():
    one = Stream(0)
    one.uniform(2)
    others = copy.deepcopy(one), pickle.loads(pickle.dumps(one))  # noqa: S301  our own
    assert [o.uniform(2).tolist() for o in others] == [one.uniform(2).tolist()] * 2
