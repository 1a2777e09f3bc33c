"""Programs that are handed tasks: interrupted, and with nothing to do."""

import signal
import subprocess
import threading

import pytest

from eloss_plugins import side_by_side
from eloss_plugins.errors import EnvironmentProblem, UsageError
from eloss_plugins.side_by_side import hand_out
from eloss_plugins.spins import solve_worker
from eloss_plugins.spins.lattice import Lattice
from eloss_plugins.spins.problem_set import Source


class Shown:
    def __init__(self, on_advance):
        self.advance = lambda units, **fields: on_advance(units)


def tasks(folder, count):
    source = Source(Lattice(4, 4), "uniform", 0, 0, count)
    piece = {"folder": str(folder), "method": "transfer"}
    return [piece | {"source": one.to_json()} for one in source.parts(20)]


def test_no_tasks_start_no_programs(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", None)
    hand_out("no.such.module", [], 2, Shown(lambda units: None))


def test_an_error_comes_through_as_what_it_is(tmp_path):
    faulty = tasks(tmp_path, 20)[0] | {"method": "seams"}
    with pytest.raises(UsageError, match="`seams` takes periodic lattices alone"):
        hand_out(solve_worker.__name__, [faulty], 2, Shown(lambda units: None))


def test_a_program_that_breaks_is_named_by_its_last_words(tmp_path):
    with pytest.raises(EnvironmentProblem, match="a process failed: KeyError: 'source'"):
        hand_out(solve_worker.__name__, [{}], 1, Shown(lambda units: None))


@pytest.mark.slow
def test_every_unit_is_reported_once(tmp_path):
    told = []
    hand_out(solve_worker.__name__, tasks(tmp_path, 70), 2, Shown(told.append))
    assert sum(told) == 70
    assert len(list(tmp_path.glob("*.spins"))) == 4


@pytest.mark.slow
def test_an_interrupt_ends_the_programs_at_once(tmp_path, monkeypatch):
    begun = []
    popen = subprocess.Popen

    def noted(*words, **options):
        begun.append(popen(*words, **options))
        return begun[-1]

    monkeypatch.setattr(side_by_side.subprocess, "Popen", noted)
    told = []

    def interrupt_once(units):
        told.append(units)
        if len(told) == 1:
            signal.pthread_kill(threading.main_thread().ident, signal.SIGINT)

    endless, shown = tasks(tmp_path, 200_000), Shown(interrupt_once)
    with pytest.raises(KeyboardInterrupt):
        hand_out(solve_worker.__name__, endless, 2, shown)
    assert len(begun) == 2
    assert all(process.poll() is not None for process in begun)
    assert len(list(tmp_path.glob("*.spins"))) < len(endless) / 2
