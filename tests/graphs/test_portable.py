import re

import numpy as np
import pytest
from pages import code, page

from eloss_plugins.errors import UsageError
from eloss_plugins.graphs import portable
from eloss_plugins.graphs.recipe import Recipe

from .made import changed, molecules, structures, written


@pytest.fixture
def file(tmp_path):
    return written(tmp_path / "graphs.npz")


def test_numpy_alone_reads_the_edges_of_each_molecule(file):
    with np.load(file, allow_pickle=False) as found:
        ends = found["edge_offsets"]
        for place in range(3):
            edges = found["edges"][ends[place] : ends[place + 1]]
            assert np.array_equal(edges, Recipe()(structures()[place]).edges)


def test_methane_has_its_four_bonds_and_six_angles_in_the_file(file):
    with np.load(file, allow_pickle=False) as found:
        assert found["edge_offsets"][1] == 10
        assert set(found["kind_names"][found["kinds"][:10]]) == {"core"}


def test_the_example_of_the_page_reads_it(file):
    block = code(page("docs/graphs.md"))[-1]
    scope = {}
    exec(block, scope)
    edges, kinds = scope["edges_of"](file, 1)
    assert edges.tolist() == [[0, 1], [0, 2], [1, 2]]
    assert kinds.tolist() == ["core"] * 3


def test_every_array_is_on_the_page(file):
    section = page("docs/graphs.md").split("## The file")[1]
    with np.load(file) as found:
        assert set(found.files) <= set(re.findall(r"`(\w+)`", section))


def test_what_is_read_is_what_was_written(tmp_path):
    found = portable.read(written(tmp_path / "graphs.npz", "geometry"))
    recipe = Recipe(symmetry="geometry")
    for place, graph in enumerate(found.graphs):
        before = recipe(structures()[place])
        assert np.array_equal(graph.order, before.order)
        assert np.array_equal(graph.anchors, before.anchors)
        assert graph.certificate == before.certificate
        assert graph.group.order == before.group.order
    assert found.names == molecules().names
    assert found.recipe["symmetry"] == "geometry"


def test_orders_of_groups_are_exact_however_large(tmp_path, monkeypatch):
    file = written(tmp_path / "graphs.npz", "geometry")
    large = np.array([str(10**40), "1", "2"])
    assert portable.read(changed(file, group_order=large)).graphs[0].group.order == 10**40


def test_an_empty_set_comes_back(tmp_path):
    none = structures().part(0, 0)
    portable.write(tmp_path / "none.npz", none, (), [], Recipe())
    assert len(portable.read(tmp_path / "none.npz").graphs) == 0


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"edges": None}, "no array `edges`"),
        ({"version": np.array(2)}, "version 2"),
        ({"edges": np.full((26, 2), 0.5)}, "type float64"),
        ({"edge_offsets": np.array([0, 5, 3, 26])}, "does not rise"),
        ({"edge_offsets": np.array([0, 10, 13, 99])}, "does not rise"),
        ({"level": np.array([9, 9, 9])}, "`level` points outside"),
        ({"order": np.arange(14) + 7}, "`order` points outside"),
        ({"smallest_singular": np.zeros(2)}, "one entry for each molecule"),
        ({"positions": np.full((14, 3), np.nan)}, "not finite"),
        ({"names": np.arange(3)}, "no text"),
        ({"recipe": np.array("{")}, "recipe"),
        ({"group_order": np.array(["one", "", ""])}, "`group_order`"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(file, change, cause):
    with pytest.raises(UsageError, match=cause) as caught:
        portable.read(changed(file, **change))
    assert "\n" not in str(caught.value)


def test_what_holds_objects_runs_no_code(file):
    with pytest.raises(UsageError, match="cannot be read"):
        portable.read(changed(file, order=np.array([print], dtype=object)))


def edges_or_refusal(file):
    try:
        return [graph.edges.tolist() for graph in portable.read(file).graphs]
    except UsageError as problem:
        return str(problem).split(":")[0]


@pytest.mark.parametrize("seed", range(5))
def test_garbled_bytes_are_noticed_or_change_nothing(file, seed):
    whole = bytearray(file.read_bytes())
    allowed = [edges_or_refusal(file), f"{file} is no sound file of graphs"]
    for place in np.random.default_rng(seed).integers(0, len(whole), 60):
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        assert edges_or_refusal(file) in allowed


def test_truncated_files_are_noticed(file):
    whole = file.read_bytes()
    for length in range(0, len(whole), 97):
        file.write_bytes(whole[:length])
        with pytest.raises(UsageError, match="no sound file of graphs"):
            portable.read(file)
