import re
from xml.etree import ElementTree

import numpy as np
import pytest
from molecules_by_hand import carbon_dioxide, methane, molecule, two_waters

from eloss_plugins.chem.bonds import find_bonds
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.report.graph_picture import PENS, picture
from eloss_plugins.report.graph_strokes import WORDS, Stroke, strokes_of


def graph_of(seen, **recipe):
    return Recipe(**recipe)(Structure(seen.positions, seen.numbers))


def drawn(seen, file_format="svg", **recipe):
    return picture(seen, graph_of(seen, **recipe), find_bonds(seen), file_format)


def texts(svg):
    return [
        "".join(one.itertext()).strip()
        for one in ElementTree.fromstring(svg).iter()
        if one.tag.endswith("text")
    ]


def test_pairs_of_methane_are_bonds_and_angles():
    counts = strokes_of(graph_of(methane()), find_bonds(methane()).pairs).counts()
    assert counts == {Stroke.BOND: 4, Stroke.ANGLE: 6}


def test_bonds_that_are_no_edges_are_still_drawn():
    graph = graph_of(methane())
    graph = type(graph)(**{**vars(graph), "edges": graph.edges[1:], "kinds": graph.kinds[1:]})
    counts = strokes_of(graph, find_bonds(methane()).pairs).counts()
    assert counts[Stroke.BOND] == 3
    assert counts[Stroke.NO_EDGE] == 1


def test_every_edge_is_counted_once():
    seen = two_waters()
    graph = graph_of(seen)
    counts = strokes_of(graph, find_bonds(seen).pairs).counts()
    assert sum(counts.values()) == graph.num_edges
    assert counts[Stroke.CERTIFICATE] > 0


def test_the_legend_counts_what_is_drawn():
    shown = texts(drawn(two_waters()))
    assert any(re.fullmatch(r"4\s+bond", text) for text in shown)
    assert any(re.fullmatch(r"2\s+ends of a bond angle", text) for text in shown)


def test_every_colour_of_the_legend_is_in_the_drawing():
    svg = drawn(two_waters()).decode()
    counts = strokes_of(graph_of(two_waters()), find_bonds(two_waters()).pairs).counts()
    assert all(svg.count(f"stroke: {PENS[stroke].colour}") > 1 for stroke in counts)


def test_it_says_whether_the_graph_is_certified():
    seen = two_waters()
    bond = graph_of(seen)
    bond = type(bond)(**{**vars(bond), "certificate": type(bond.certificate)(0, 0.0, "")})
    assert "Certified" in "".join(texts(drawn(seen)))
    assert "Not certified" in "".join(texts(picture(seen, bond, find_bonds(seen), "svg")))


def test_equal_graphs_give_equal_bytes():
    assert drawn(methane()) == drawn(methane())


@pytest.mark.parametrize(
    "seen",
    [
        carbon_dioxide(),
        molecule("C", [[0, 0, 0]]),
        molecule("C O", [[0, 0, 0], [0, 0, 1.1]]),
        molecule("H " * 300, 2 * np.random.default_rng(0).normal(size=(300, 3)) ** 3),
    ],
    ids=["line", "atom", "pair", "cloud"],
)
def test_any_molecule_is_drawn(seen):
    png = drawn(seen, "png", core="neighbours")
    assert png.startswith(b"\x89PNG")


def test_each_stroke_has_a_pen_and_words():
    assert set(PENS) == set(WORDS) == set(Stroke)
