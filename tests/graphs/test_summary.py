from dataclasses import replace

import pytest

from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.certificate import Certificate, Level
from eloss_plugins.graphs.summary import Worst, summary_of

from .made import structures


def graphs():
    whole = structures()
    return [Recipe()(whole[place]) for place in range(len(whole))]


def test_numbers_by_hand():
    made = graphs()[:2]  # methane has all 10 pairs of 5 atoms, carbon dioxide all 3 of 3
    found = summary_of(made)
    assert (found.molecules, found.atoms, found.edges, found.pairs) == (2, 8, 13, 13)
    assert found.edges_per_atom == pytest.approx(13 / 8)
    assert found.share_of_pairs == 1
    assert found.most_edges_per_atom == Worst(2.0, 0)
    assert found.levels[Level.COMPLETE] == 2
    assert found.smallest_singular is None


def test_what_is_not_certified_is_named_with_its_reason():
    one, two, _ = graphs()
    open_ = replace(two, certificate=Certificate(Level.GENERIC, 0.0, "because"))
    found = summary_of([one, open_])
    assert found.not_certified == {1: "because"}
    assert found.certified == 1
    assert found.smallest_singular is None


def test_the_worst_anchors_are_found():
    one, two, _ = graphs()
    weak = replace(two, certificate=Certificate(Level.LATERATION, 0.25, ""))
    assert summary_of([one, weak]).smallest_singular == Worst(0.25, 1)


def test_nothing_gives_a_summary_too():
    found = summary_of([])
    assert (found.edges_per_atom, found.share_of_pairs, found.most_edges_per_atom) == (0, 1, None)
