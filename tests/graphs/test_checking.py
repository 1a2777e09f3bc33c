from dataclasses import replace

import numpy as np
import pytest

from eloss_plugins.graphs.checking import check
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.certificate import Certificate, Level
from eloss_plugins.graphs.specimens import specimens
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.graphs.symmetry.group import Group

NAMES = ("benzene", "neopentane staggered", "cubane", "acetylene")


def structure(name):
    return specimens()[name].structure


@pytest.mark.parametrize("symmetry", ["none", "geometry", "topology"])
@pytest.mark.parametrize("name", NAMES)
def test_sound_graphs_are_found_sound(name, symmetry):
    found = check(structure(name), Recipe(symmetry=symmetry)(structure(name)))
    assert found.wrong == ()
    assert found.certificate.unique


def test_every_single_edge_to_an_anchor_is_missed():
    neopentane = structure("neopentane staggered")
    graph = Recipe()(neopentane)
    for atom in graph.order[4:]:
        pair = sorted((int(atom), int(graph.anchors[atom, 0])))
        kept = ~(graph.edges == pair).all(axis=1)
        assert check(neopentane, replace(graph, edges=graph.edges[kept])).wrong


def test_a_graph_of_another_shape_does_not_hold_where_anchors_fall_in_line():
    cubane = structure("cubane")
    flat = Structure(cubane.positions * [1.0, 1e-14, 1e-14], cubane.numbers)
    assert check(flat, Recipe()(cubane)).wrong


def test_claims_above_what_is_proved_are_named():
    cubane = structure("cubane")
    graph = Recipe()(cubane)
    bold = Certificate(Level.COMPLETE, 99.0, "believe me")
    wrong = check(cubane, replace(graph, certificate=bold)).wrong
    assert len(wrong) == 2
    assert "stored as complete and proved to be lateration" in wrong[0]


@pytest.mark.parametrize(
    ("generator", "cause"),
    [
        ([0] * 16, "no permutation"),
        ([8, *range(1, 8), 0, *range(9, 16)], "different elements"),
        ([1, 0, *range(2, 16)], "to a pair that is none"),
    ],
)
def test_permutations_that_are_no_symmetry_are_named(generator, cause):
    cubane = structure("cubane")
    group = Group(np.array([generator], np.int32), 2)
    [sentence] = check(cubane, replace(Recipe()(cubane), group=group)).wrong
    assert cause in sentence
