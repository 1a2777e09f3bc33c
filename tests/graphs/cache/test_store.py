"""Graphs on disk: reused where they belong, made anew where they do not, never in the way."""

import errno
import logging
import os
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from eloss_plugins.errors import EnvironmentProblem, UsageError
from eloss_plugins.graphs.cache import building, folder, key, store
from eloss_plugins.graphs.cache.packed import PackedGraphs, pack
from eloss_plugins.graphs.cache.store import graphs_of
from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.graphs.structure import Structure
from graphs.edge_sets.batches import bundled

MOLECULES = bundled(5)
STRUCTURES = Structures(MOLECULES.positions, MOLECULES.offsets, MOLECULES.numbers)
RECIPE = Recipe()
ROOT = hasattr(os, "getuid") and os.getuid() == 0


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.setattr(store, "_said", set())
    return tmp_path / "graphs"


@pytest.fixture
def counted(monkeypatch):
    """How often graphs were built."""
    calls = []

    def build(*given):
        calls.append(given)
        return building.build_all(*given)

    monkeypatch.setattr(store, "build_all", build)
    return calls


def assert_equal(left, right):
    assert len(left) == len(right)
    for a, b in zip(left, right, strict=True):
        for name in ("edges", "kinds", "order", "anchors"):
            np.testing.assert_array_equal(getattr(a, name), getattr(b, name))
        assert (a.affine_rank, a.certificate) == (b.affine_rank, b.certificate)
        assert (a.group is None) == (b.group is None)
        if a.group is not None and b.group is not None:
            np.testing.assert_array_equal(a.group.generators, b.group.generators)
            assert a.group.order == b.group.order


def only_file(place):
    (path,) = place.glob("*.graphs")
    return path


@pytest.mark.parametrize("symmetry", ["none", "geometry", "topology"])
def test_graphs_from_disk_are_those_that_were_built(symmetry, place, counted):
    recipe = Recipe(symmetry=symmetry)
    built = graphs_of(STRUCTURES, recipe, folder=place)
    assert_equal(built, [recipe(structure) for structure in STRUCTURES])
    assert_equal(graphs_of(STRUCTURES, recipe, folder=place), built)
    assert len(counted) == 1


@pytest.mark.parametrize(
    "other",
    [
        (STRUCTURES.part(0, 4), RECIPE),
        (replace(STRUCTURES, positions=STRUCTURES.positions + 1e-12), RECIPE),
        (replace(STRUCTURES, numbers=None), RECIPE),
        (STRUCTURES, Recipe(core="neighbours")),
        (STRUCTURES, Recipe(options=RigidOptions(seed=1))),
    ],
    ids=["fewer", "moved", "without elements", "other core", "other options"],
)
def test_other_data_and_other_options_have_files_of_their_own(other, place, counted):
    graphs_of(STRUCTURES, RECIPE, folder=place)
    graphs_of(*other, folder=place)
    assert len(counted) == 2
    assert len(list(place.glob("*.graphs"))) == 2


def test_other_code_has_files_of_its_own_and_leaves_the_old(place, counted, monkeypatch):
    graphs_of(STRUCTURES, RECIPE, folder=place)
    monkeypatch.setattr(key, "code_digest", lambda: "another version")
    graphs_of(STRUCTURES, RECIPE, folder=place)
    assert (len(counted), len(list(place.glob("*.graphs")))) == (2, 2)


def test_times_of_files_play_no_part(place, counted):
    graphs_of(STRUCTURES, RECIPE, folder=place)
    os.utime(only_file(place), (0, 0))
    graphs_of(STRUCTURES, RECIPE, folder=place)
    assert len(counted) == 1


@pytest.mark.parametrize(
    "damage",
    [lambda b: b[:-70], lambda b: b[:3000] + b"garbled" + b[3007:], lambda b: b""],
    ids=["truncated", "garbled", "empty"],
)
def test_a_damaged_file_is_made_anew_and_said_once(damage, place, counted, caplog):
    built = graphs_of(STRUCTURES, RECIPE, folder=place)
    path = only_file(place)
    whole = path.read_bytes()
    path.write_bytes(damage(whole))
    assert_equal(graphs_of(STRUCTURES, RECIPE, folder=place), built)
    assert path.read_bytes() == whole
    assert [r.levelno for r in caplog.records] == [logging.WARNING]
    assert "damaged" in caplog.text


def test_a_file_of_another_content_under_the_same_name_is_not_taken(place, counted, monkeypatch):
    monkeypatch.setattr(store, "path_of", lambda folder, key: folder / "same.graphs")
    first = graphs_of(STRUCTURES, RECIPE, folder=place)
    other = graphs_of(STRUCTURES.part(0, 2), RECIPE, folder=place)
    assert (len(first), len(other), len(counted)) == (5, 2, 2)


@pytest.mark.parametrize("problem", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_where_nothing_can_be_written_graphs_stay_in_memory(
    problem, place, counted, caplog, monkeypatch
):
    def fail(*_):
        raise OSError(problem, os.strerror(problem))

    monkeypatch.setattr(store.array_file, "write", fail)
    assert len(graphs_of(STRUCTURES, RECIPE, folder=place)) == 5
    assert len(graphs_of(STRUCTURES, RECIPE, folder=place)) == 5
    assert len(counted) == 2
    assert [r.getMessage() for r in caplog.records if os.strerror(problem) in r.getMessage()]
    assert len(caplog.records) == 1


@pytest.mark.skipif(ROOT, reason="root may write everywhere")
def test_a_read_only_folder_is_said_once(place, counted, caplog):
    place.mkdir(mode=0o500)
    for _ in range(2):
        assert len(graphs_of(STRUCTURES, RECIPE, folder=place)) == 5
    assert len(caplog.records) == 1


def _link(place):
    other = place.with_name("elsewhere")
    other.mkdir()
    place.symlink_to(other)


def _open_to_all(place):
    place.mkdir()
    place.chmod(0o777)


def _file(place):
    place.write_text("")


@pytest.mark.parametrize(
    ("prepare", "said"), [(_link, "a link"), (_open_to_all, "open for all"), (_file, "no folder")]
)
def test_a_folder_that_cannot_be_trusted_is_not_used(prepare, said, place, counted, caplog):
    prepare(place)
    before = sorted(place.parent.rglob("*"))
    assert len(graphs_of(STRUCTURES, RECIPE, folder=place)) == 5
    assert said in caplog.text
    assert sorted(place.parent.rglob("*")) == before


def test_a_folder_of_another_user_is_not_used(place, counted, caplog, monkeypatch):
    place.mkdir()
    monkeypatch.setattr(folder.os, "getuid", lambda: 12345)
    graphs_of(STRUCTURES, RECIPE, folder=place)
    assert "another user's" in caplog.text


def test_the_folder_is_the_users_own(place):
    graphs_of(STRUCTURES, RECIPE, folder=place)
    assert place.stat().st_mode & 0o777 == 0o700


def test_relative_cache_homes_are_ignored_and_a_missing_home_is_no_end(monkeypatch, caplog):
    monkeypatch.setattr(store, "_said", set())
    monkeypatch.delenv("ELOSS_GRAPHS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", "relative")
    monkeypatch.setenv("HOME", "/home/somebody")
    assert str(folder.graph_folder()) == "/home/somebody/.cache/eloss-plugins/graphs"
    monkeypatch.setattr(folder.Path, "home", lambda: (_ for _ in ()).throw(RuntimeError("none")))
    with pytest.raises(EnvironmentProblem, match="ELOSS_GRAPHS"):
        folder.graph_folder()
    assert len(graphs_of(STRUCTURES, RECIPE)) == 5
    assert "no home folder" in caplog.text


def test_without_locks_the_last_of_two_writers_stays(place, counted, monkeypatch):
    import fcntl

    monkeypatch.setattr(fcntl, "flock", lambda *_: None)
    first = graphs_of(STRUCTURES, RECIPE, folder=place)
    path = only_file(place)
    store.array_file.write(
        path, key.key_of(STRUCTURES, RECIPE), first.file.arrays, first.file.notes
    )
    assert_equal(graphs_of(STRUCTURES, RECIPE, folder=place), first)


def test_cleared_while_in_use_they_stay_readable(place):
    graphs_of(STRUCTURES, RECIPE, folder=place)
    mapped = graphs_of(STRUCTURES, RECIPE, folder=place)
    assert folder.clear(place) == 1
    assert not list(place.iterdir())
    assert_equal(mapped, [RECIPE(structure) for structure in STRUCTURES])


PROGRAM = """
import sys, numpy as np
from pathlib import Path
from eloss_plugins.graphs.cache.store import graphs_of
from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.recipe import Recipe
points = np.random.default_rng(0).normal(size=(600, 3))
made = graphs_of(Structures(points, np.arange(0, 601, 20)), Recipe(), folder=Path(sys.argv[1]))
print(len(made), sum(graph.num_edges for graph in made))
"""


@pytest.mark.slow
def test_eight_processes_that_begin_at_once_agree(place):
    begun = [
        subprocess.Popen([sys.executable, "-c", PROGRAM, str(place)], stdout=subprocess.PIPE)
        for _ in range(8)
    ]
    told = {process.communicate()[0] for process in begun}
    assert len(told) == 1
    assert told.pop().startswith(b"30 ")
    assert sorted(path.suffix for path in place.iterdir()) == [".graphs", ".lock"]


@pytest.mark.slow
def test_several_processes_build_what_one_builds(capfd):
    apart = building.build_all(STRUCTURES, Recipe(symmetry="geometry"), 2)
    assert_equal(apart, building.build_all(STRUCTURES, Recipe(symmetry="geometry"), 1))
    assert "5/5" in capfd.readouterr().err


@pytest.mark.slow
def test_a_process_that_fails_is_told_in_one_sentence():
    without = replace(STRUCTURES, numbers=None)
    with pytest.raises(UsageError, match="core=bonds needs the bonds"):
        building.build_all(without, Recipe("bonds"), 2)


def test_structures_that_are_not_finite_do_not_stop_the_others(place):
    positions = STRUCTURES.positions.copy()
    positions[0] = np.nan
    found = graphs_of(replace(STRUCTURES, positions=positions), RECIPE, folder=place)
    assert len(found) == 5


def test_arrays_that_do_not_fit_are_refused():
    with pytest.raises(UsageError, match="`offsets` must rise"):
        Structures(np.zeros((3, 3)), np.array([0, 2]))


def test_graphs_of_nothing_can_be_packed():
    assert len(PackedGraphs(pack([], 3))) == 0
    single = Recipe()(Structure(np.zeros((1, 3))))
    assert_equal(PackedGraphs(pack([single], 3)), [single])


@pytest.mark.slow
def test_a_hundred_thousand_molecules_are_opened_within_a_second(tmp_path):
    """Arrays as large as those of that many drug-like molecules, opened and all checked."""
    graphs = PackedGraphs(pack([RECIPE(structure) for structure in STRUCTURES], 3))
    arrays, count = graphs.file.arrays, 100_000 // 5
    repeated = {
        name: np.concatenate([[0], np.cumsum(np.tile(np.diff(array), count))])
        if name in ("atoms", "edge_ends", "generator_ends")
        else np.tile(array, (count, *[1] * (array.ndim - 1)))
        for name, array in arrays.items()
    }
    store.array_file.write(tmp_path / "many", "key", repeated, graphs.file.notes)
    began = time.process_time()
    found = PackedGraphs(store.array_file.read(tmp_path / "many", "key"))
    assert time.process_time() - began < 1.0
    assert len(found) == 100_000
    assert found[99_999].num_edges == graphs[4].num_edges
