import json
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from molecules_by_hand import carbon_dioxide, methane, molecule, together, two_waters

from eloss_plugins.chem.formats import write_molecules
from eloss_plugins.cli import graph_build, graph_text
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.graphs import portable
from eloss_plugins.graphs.cache import store
from eloss_plugins.graphs.specimens import specimens
from tests.cli.conftest import TINY
from tests.graphs.made import changed

NEOPENTANE = specimens()["neopentane staggered"].structure
LARGEST = Molecule(NEOPENTANE.positions, NEOPENTANE.numbers, "neopentane")
MOLECULES = together(methane(), carbon_dioxide(), two_waters(), LARGEST)


@pytest.fixture
def data(workplace, monkeypatch) -> str:
    """A file of four molecules, and no graphs of before."""
    monkeypatch.setenv("ELOSS_GRAPHS", str(workplace / "kept"))
    write_molecules(Path("some.xyz"), MOLECULES)
    return "some.xyz"


@pytest.fixture
def file(eloss, data) -> Path:
    """Graphs of that file."""
    assert eloss("graph", "build", data, "--out", "made.npz").code == 0
    return Path("made.npz")


def test_build_says_what_the_graphs_are_like(eloss, data):
    answer = eloss("graph", "build", data)
    assert answer.code == 0, answer.err
    lines = [line.split() for line in answer.out.splitlines()]
    assert ["molecules", "4"] in lines
    assert ["certified", "to", "have", "one", "shape", "4"] in lines
    assert answer.out.splitlines()[-1].endswith(f"--data {data} --loss-options edges=rigid")


def test_json_of_build_is_all_there_is(eloss, data):
    found = json.loads(eloss("graph", "build", data, "--symmetry=geometry", "--json").out)
    assert found["molecules"] == found["certified"] == 4
    assert found["not_certified"] == []
    assert found["options"]["symmetry"] == "geometry"
    assert all(Path(kept).is_file() for kept in found["kept"])


def test_the_file_holds_one_graph_for_each_molecule_in_the_order_of_the_data(file):
    with np.load(file) as found:
        assert np.diff(found["atom_offsets"]).tolist() == [5, 3, 6, 17]
        assert np.allclose(found["positions"], MOLECULES.positions, atol=1e-5)
        assert np.diff(found["edge_offsets"])[:2].tolist() == [10, 3]


def never(*_, **__):
    raise AssertionError("the graphs are on disk")


def test_training_finds_what_was_built(eloss, data, monkeypatch):
    assert eloss("graph", "build", data, "--core=bonds", "--seed=3").code == 0
    monkeypatch.setattr(store, "build_all", never)
    options = "--loss-options=edges=rigid,core=bonds,seed=3"
    words = ("--loss-plugin=energy", options, "--steps=1", "--out=run", f"--data={data}")
    answer = eloss("train", "gdm", *words, "--batch-size=1", *TINY[:3], *TINY[4:])
    assert answer.code == 0, answer.err


def test_a_second_build_reads(eloss, data, monkeypatch):
    eloss("graph", "build", data)
    monkeypatch.setattr(store, "build_all", never)
    answer = eloss("graph", "build", data, "--json")
    assert json.loads(answer.out)["seconds_per_molecule"] is None


def test_molecules_too_few_to_train_on_have_graphs(eloss, data):
    write_molecules(Path("one.xyz"), together(methane()))
    answer = eloss("graph", "build", "one.xyz")
    assert answer.code == 0, answer.err
    assert "eloss train" not in answer.out


def test_what_is_there_is_replaced_only_when_asked_for(eloss, data, file):
    before = file.read_bytes()
    answer = eloss("graph", "build", data, "--out", "made.npz", "--seed=1")
    assert answer.code == 3
    assert "--overwrite" in answer.err
    assert file.read_bytes() == before
    assert eloss("graph", "build", data, "--out", "made.npz", "--overwrite").code == 0


def test_an_interrupt_leaves_what_was_there(eloss, data, file, monkeypatch):
    def interrupted(*_, **__):
        raise KeyboardInterrupt

    before = file.read_bytes()
    monkeypatch.setattr(graph_build.portable.np, "savez_compressed", interrupted)
    answer = eloss("graph", "build", data, "--out", "made.npz", "--overwrite")
    assert answer.code == 130
    assert file.read_bytes() == before
    assert sorted(path.name for path in Path().glob(".*")) == []


def test_a_graph_that_is_not_certified_is_named(eloss, data):
    spot = molecule("C O", [[0, 0, 0], [0, 0, 0]])  # two atoms in one place
    write_molecules(Path("bad.xyz"), together(methane(), spot))
    answer = eloss("graph", "build", "bad.xyz")
    assert answer.code == 1
    assert "Not certified:\n  molecule 1" in answer.out


def test_check_proves_what_was_built(eloss, data, file):
    answer = eloss("graph", "check", "made.npz", data)
    assert answer.code == 0, answer.err
    assert eloss("graph", "check", "made.npz").code == 0


def test_check_names_the_molecule_whose_edges_were_taken_away(eloss, data, file):
    with np.load(file) as found:
        kept = np.ones(len(found["edges"]), bool)
        kept[found["edge_offsets"][2]] = False
        ends = found["edge_offsets"] - [0, 0, 0, 1, 1]
        edges, kinds = found["edges"][kept], found["kinds"][kept]
    changed(file, edges=edges, kinds=kinds, edge_offsets=ends)
    answer = eloss("graph", "check", "made.npz", data, "--json")
    assert answer.code == 1
    assert [one["molecule"] for one in json.loads(answer.out)["not_certified"]] == [2]


def test_check_names_molecules_that_are_others(eloss, data, file):
    write_molecules(Path("other.xyz"), together(methane(), two_waters(), two_waters(), methane()))
    answer = eloss("graph", "check", "made.npz", "other.xyz")
    assert answer.code == 1
    assert "molecule 1, two waters: It is a graph of 3 atoms; the molecule has 6." in answer.out


def test_check_of_a_damaged_file_says_so_in_one_sentence(eloss, data, file):
    file.write_bytes(file.read_bytes()[:-200])
    answer = eloss("graph", "check", "made.npz", data)
    assert answer.code == 2
    assert len(answer.err.splitlines()) == 1
    assert "no sound file of graphs" in answer.err


def test_check_wants_as_many_molecules(eloss, data, file):
    write_molecules(Path("fewer.xyz"), together(methane(), carbon_dioxide(), methane()))
    answer = eloss("graph", "check", "made.npz", "fewer.xyz")
    assert answer.code == 2
    assert "4 molecules" in answer.err


def softest(positions, pairs):
    """Smallest eigenvalue of R^T R beyond the six rigid motions, by the book."""
    rows = np.zeros((len(pairs), positions.size))
    for row, (i, j) in enumerate(pairs):
        unit = (positions[i] - positions[j]) / np.linalg.norm(positions[i] - positions[j])
        rows[row, 3 * i : 3 * i + 3], rows[row, 3 * j : 3 * j + 3] = unit, -unit
    return np.linalg.eigvalsh(rows.T @ rows)[6]


def test_show_tells_the_numbers_of_methane(eloss, data):
    found = json.loads(eloss("graph", "show", data, "--json").out)
    assert found["formula"] == "CH4"
    assert found["edges_by_kind"] == {"bond": 4, "ends of a bond angle": 6}
    assert (found["geometric_order"], found["topological_order"]) == (24, 24)
    every = [(i, j) for j in range(5) for i in range(j)]
    assert found["stiffness"] == pytest.approx(softest(methane().positions, every), rel=1e-4)
    assert found["stiffness_ratio"] == 1


def test_show_explains_the_certificate(eloss, data):
    answer = eloss("graph", "show", data, "--molecule=3")
    words = " ".join(answer.out.split())
    assert "molecule 3, neopentane: C5H12, 17 atoms" in words
    assert "each atom fixed by earlier ones" in words
    assert "one shape" in words
    assert "mirror image" in words


def test_large_orders_are_short_in_words_and_exact_in_json(eloss, data):
    chain = specimens()["icosane"].structure
    write_molecules(Path("chain.xyz"), together(Molecule(chain.positions, chain.numbers)))
    exact = 2 * 2**18 * 6**2  # the ends change places; 18 CH2; two methyl groups
    words = eloss("graph", "show", "chain.xyz", "--core=neighbours").out
    assert ["symmetry", "of", "the", "bonds", "18874368"] in [
        x.split()[:5] for x in words.splitlines()
    ]
    assert graph_text._short(10**40 + 10**38) == "1.01e40"
    found = json.loads(eloss("graph", "show", "chain.xyz", "--json").out)
    assert found["topological_order"] == exact


@pytest.mark.parametrize("ending", ["svg", "png"])
def test_show_draws(eloss, data, ending):
    answer = eloss("graph", "show", data, "-o", f"deep/methane.{ending}")
    assert answer.code == 0, answer.err
    content = Path(f"deep/methane.{ending}").read_bytes()
    if ending == "svg":
        assert ElementTree.fromstring(content).tag.endswith("svg")
    else:
        assert content.startswith(b"\x89PNG")


def test_pictures_are_replaced_only_when_asked_for(eloss, data):
    Path("there.svg").write_text("mine")
    assert eloss("graph", "show", data, "-o", "there.svg").code == 3
    assert Path("there.svg").read_text() == "mine"
    assert eloss("graph", "show", data, "-o", "there.svg", "--overwrite").code == 0


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        ((), "an action is missing. Known: build, check, show"),
        (("shw", "some.xyz"), "Did you mean show?"),
        (("show", "some.xyz", "--molecule=4"), "counted from 0 to 3"),
        (("show", "some.xyz", "-o", "picture.jpg"), "ends in .svg or .png"),
        (("show", "bundeld"), "Did you mean 'bundled'?"),
        (("build", "some.xyz", "--core=bond"), "Did you mean bonds?"),
        (("build", "some.xyz", "--out=graphs.h5"), "ends in .npz"),
        (("build", "some.xyz", "--out=."), "ends in .npz"),
        (("build",), "DATA"),
        (("check", "missing.npz"), "no such file"),
        (("check", "some.xyz"), "no sound file of graphs"),
        (("check", "."), "is a folder"),
    ],
)
def test_wrong_words_are_explained(eloss, data, words, cause):
    answer = eloss("graph", *words)
    assert answer.code == 2
    assert cause in answer.err


def test_flags_are_the_options_of_the_edge_set():
    from eloss_plugins.cli.graph_recipe import recipe_of
    from eloss_plugins.cli.main import build_parser
    from eloss_plugins.graphs.edge_sets.rigid import Rigid

    words = ["--core=neighbours", "--symmetry=geometry", "--neighbours=6", "--max-local=1"]
    arguments = build_parser().parse_args(["graph", "build", "x", *words, "--matchings=3"])
    wanted = Rigid("neighbours", "geometry", neighbours=6, max_local=1, matchings=3)
    assert recipe_of(arguments) == wanted.recipe
    assert recipe_of(build_parser().parse_args(["graph", "show", "x"])) == Rigid().recipe


def test_choices_are_those_that_are_known():
    from eloss_plugins.cli import graph_recipe
    from eloss_plugins.graphs.cores import CORES
    from eloss_plugins.graphs.recipe import SYMMETRIES

    assert set(graph_recipe.CORES) == set(CORES)
    assert set(graph_recipe.SYMMETRIES) == set(SYMMETRIES)


def test_help_loads_nothing_heavy():
    heavy = "{'torch', 'numpy', 'scipy', 'rdkit', 'matplotlib', 'numba', 'rich'}"
    code = (
        "import sys\nfrom eloss_plugins.cli.main import main\n"
        f"main(['graph', 'build', '--help']); print({heavy} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.endswith("set()\n"), done.stderr


def test_atom_after_atom_of_what_is_read_back_is_held_by_four_earlier_ones(file):
    # every atom after the first four has four earlier neighbours off one plane
    found = portable.read(file)
    graph, positions = found.graphs[3], found.structures[3].positions
    joined = {frozenset(edge) for edge in graph.edges.tolist()}
    for turn, atom in enumerate(graph.order.tolist()[4:], start=4):
        anchors = [a for a in graph.order.tolist()[:turn] if frozenset((a, atom)) in joined]
        arms = positions[anchors[1:]] - positions[anchors[0]]
        assert np.linalg.matrix_rank(arms, tol=1e-6) == 3
