"""Ground states of problem sets: kept, verified, resumed, and found by several processes."""

import json

import numpy as np
import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.spins import solved_files, solving
from eloss_plugins.spins.ground_states import solve
from eloss_plugins.spins.lattice import Lattice
from eloss_plugins.spins.problem_set import Source
from eloss_plugins.spins.solving import PIECE, solved

SMALL = Source(Lattice(4, 4), "uniform", 2, 0, 25)


@pytest.fixture
def folder(tmp_path):
    place = tmp_path / "kept"
    place.mkdir(mode=0o700)
    return place


@pytest.fixture
def here(monkeypatch):
    """Programs are replaced by this process; the pieces that were handed out."""
    handed = []

    def hand_out(module, tasks, processes, shown):
        for task in tasks:
            handed.append(task["source"]["first"])
            source = Source.from_json(task["source"])
            folder = solving.Path(task["folder"])
            solved_files.make(folder, source, task["method"], lambda *_, **__: None)

    monkeypatch.setattr(solving, "hand_out", hand_out)
    return handed


@pytest.mark.slow
def test_programs_find_what_one_call_each_finds(folder):
    source = Source(Lattice(5, 5), "binary", 4, 7, 2 * PIECE + 10)
    found = solved(source, folder=folder, processes=2)
    energies = [solve(solved_files.instance(source.lattice, "binary", 4, 7 + n)).energy
                for n in range(source.count)]  # fmt: skip
    assert found.energies.tolist() == energies
    assert found.spins.shape == (source.count, 25)


def test_what_is_kept_is_not_solved_again(folder, here):
    first = solved(SMALL, folder=folder)
    again = solved(SMALL, folder=folder)
    assert here == [0]
    assert np.array_equal(first.spins, again.spins)
    assert np.array_equal(first.couplings, again.couplings)


def test_more_of_the_same_begins_where_it_stopped(folder, here):
    solved(Source(Lattice(4, 4), "uniform", 2, 0, 2 * PIECE), folder=folder)
    solved(Source(Lattice(4, 4), "uniform", 2, 0, 3 * PIECE), folder=folder)
    assert here == [0, PIECE, 2 * PIECE]


def test_each_part_of_the_key_asks_for_other_files():
    others = [
        (SMALL, "transfer"),
        (Source(Lattice(4, 4, "periodic"), "uniform", 2, 0, 25), "matching"),
        (Source(Lattice(4, 4), "binary", 2, 0, 25), "matching"),
        (Source(Lattice(4, 4), "uniform", 3, 0, 25), "matching"),
        (Source(Lattice(4, 4), "uniform", 2, 1, 25), "matching"),
        (Source(Lattice(4, 4), "uniform", 2, 0, 24), "matching"),
    ]
    keys = {solved_files.key_of(*other) for other in [(SMALL, "matching"), *others]}
    assert len(keys) == 7


@pytest.mark.parametrize("spoil", ["truncated", "garbled", "empty"])
def test_damaged_files_are_made_anew(folder, here, spoil):
    whole = solved(SMALL, folder=folder)
    [file] = folder.glob("*.spins")
    data = bytearray(file.read_bytes())
    if spoil == "garbled":
        data[-80] ^= 1
    file.write_bytes(data[: {"truncated": 100, "garbled": len(data), "empty": 0}[spoil]])
    again = solved(SMALL, folder=folder)
    assert here == [0, 0]
    assert np.array_equal(again.spins, whole.spins)


def test_a_file_whose_energies_are_not_those_of_its_spins_is_not_believed(folder, here):
    found = solved(SMALL, folder=folder)
    arrays = {"spins": found.spins, "energies": found.energies - 1}
    path = solved_files.path_of(folder, SMALL, "matching")
    solved_files.array_file.write(path, solved_files.key_of(SMALL, "matching"), arrays, {})
    assert solved_files.read(folder, SMALL, "matching") is None


def test_a_folder_that_others_may_write_to_is_not_used(folder, here, caplog):
    folder.chmod(0o777)
    assert len(solved(SMALL, folder=folder).energies) == 25
    assert "not kept on disk" in caplog.text
    assert list(folder.iterdir()) == []


def test_sources_survive_json():
    assert Source.from_json(json.loads(json.dumps(SMALL.to_json()))) == SMALL


@pytest.mark.slow
def test_a_program_that_fails_says_why(folder):
    source = Source(Lattice(4, 4), "uniform", 2, 0, 3)
    with pytest.raises(UsageError, match="periodic lattices alone"):
        solved(source, folder=folder, method="seams", processes=1)
