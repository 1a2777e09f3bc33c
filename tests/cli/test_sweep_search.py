"""What becomes of trials: killed, resumed, shared, pruned, failed. The runs are stand-ins."""

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

import pytest

from eloss_plugins.cli.runs import pool
from eloss_plugins.cli.sweeping import search
from eloss_plugins.cli.sweeping.results import importance, rows_of
from eloss_plugins.cli.sweeping.study import SLOT
from eloss_plugins.errors import Refused

from . import sweep_harness
from .sweep_harness import held, rows

pytest.importorskip("optuna")
pytestmark = pytest.mark.slow
PATIENCE = 60.0


@pytest.fixture(autouse=True)
def stand_ins(monkeypatch):
    """The harness puts its own in; afterwards they are as they were."""
    monkeypatch.setattr(pool, "CHAIN", pool.CHAIN)
    monkeypatch.setattr(search, "LOOK_SECONDS", search.LOOK_SECONDS)


@contextmanager
def started(folder: str, **options):
    words = [sys.executable, sweep_harness.__file__, folder, json.dumps(options)]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as one:
        try:
            yield one
        finally:
            one.kill()


def wait_until(condition) -> None:
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


def log() -> Counter:
    file = Path("runs.log")
    return Counter(file.read_text().splitlines()) if file.exists() else Counter()


def ends() -> list[str]:
    return [line.split()[1] for line in log().elements() if line.startswith("ends")]


def is_right(found: list[dict], trials: int = 8) -> bool:
    """Every trial once, and of each the value that its learning rate means, or a failure."""
    numbers = sorted(row["trial"] for row in found)
    for row in found:
        rate = row["point"]["learning_rate"]
        if row["state"] == "complete":
            wanted = (math.log10(float(f"{rate:.6g}")) + 3) ** 2
            assert row["value"] == pytest.approx(wanted, rel=1e-9)
        else:
            assert rate > 5e-2
            assert row["state"] == "failed"
    return numbers == list(range(trials))


def test_a_search_tries_the_preset_first_and_ranks_what_it_found(tmp_path):
    found = rows(held(tmp_path / "d"))
    assert is_right(found)
    (preset,) = (row for row in found if row["trial"] == 0)
    assert preset["point"] == {"learning_rate": 4e-4}
    values = [row["value"] for row in found if row["value"] is not None]
    assert values == sorted(values)


def test_the_same_seed_tries_the_same(tmp_path):
    first, second = (rows(held(tmp_path / name, jobs=1)) for name in "ab")
    assert first == second


@pytest.mark.parametrize("children_too", [False, True], ids=["alone", "with its runs"])
def test_a_search_that_is_killed_keeps_what_was_finished(children_too):
    with started("d", seconds=0.6) as process:
        wait_until(lambda: len(ends()) >= 3)
        children = [int(line) for line in pids_below(process.pid)]
        process.kill()
        for child in children if children_too else ():
            os.kill(child, signal.SIGKILL)
        process.wait()
    before = {row["trial"]: row for row in stored() if row["state"] == "complete"}
    found = rows(held(Path("d")))
    assert len(before) >= 2
    assert is_right(found)
    assert {row["trial"]: row for row in found if row["trial"] in before} == before
    assert max(Counter(ends()).values()) == 1
    assert max(n for line, n in log().items() if line.startswith("begins")) <= 2


def pids_below(parent: int) -> list[str]:
    return Path(f"/proc/{parent}/task/{parent}/children").read_text().split()


def stored() -> list[dict]:
    import optuna

    study = optuna.load_study(study_name="toy", storage="sqlite:///d/sweep.db")
    return [
        {"trial": t.user_attrs[SLOT], "state": t.state.name.lower(), "value": t.value}
        | {"point": dict(t.params)}
        for t in study.trials
    ]


@pytest.mark.parametrize("folders", ["ab", "aa"], ids=["folders of their own", "one folder"])
@pytest.mark.parametrize("storage", ["sqlite:///shared.db", "shared.log"])
def test_two_processes_share_a_study(folders, storage):
    options = {"storage": storage, "seconds": 0.3, "trials": 8, "jobs": 1}
    with started(folders[0], **options) as one, started(folders[1], **options) as other:
        answers = [process.communicate(timeout=PATIENCE) for process in (one, other)]
    assert [one.returncode, other.returncode] == [0, 0], answers
    assert max(Counter(ends()).values()) == 1 if folders == "aa" else True
    assert is_right(rows(held(Path(folders[0]), storage=storage)))
    trials = [len(list(Path(name, "trials").iterdir())) for name in sorted(set(folders))]
    assert all(trials)
    assert sum(trials) + sum(row["state"] == "failed" for row in json.loads(answers[1][0])) >= 7


def test_a_run_that_falls_behind_is_pruned(tmp_path):
    found = rows(held(tmp_path / "d", pruner="median", trials=14, seconds=1.0, jobs=4))
    states = Counter(row["state"] for row in found)
    assert states["pruned"] >= 1
    worst_kept = max(row["value"] for row in found if row["state"] == "complete")
    pruned = [row for row in found if row["state"] == "pruned"]
    assert all(row["value"] is None for row in pruned)
    assert worst_kept < 5
    assert next(row for row in found if row["trial"] == 0)["state"] == "complete"


def test_what_failed_for_want_of_space_is_tried_again_with_the_same_values(tmp_path):
    (tmp_path / "full").touch()
    first = rows(held(tmp_path / "d", trials=3))
    assert {row["state"] for row in first} == {"failed"}
    (tmp_path / "full").unlink()
    second = rows(held(tmp_path / "d", trials=3))
    assert is_right(second, 3)
    points = [{row["trial"]: row["point"] for row in found} for found in (first, second)]
    assert points[0] == points[1]


def test_what_diverged_is_an_answer_and_not_tried_again(tmp_path):
    held(tmp_path / "d", space="learning_rate=6e-2..9e-2", starts=(), trials=2)
    found = rows(held(tmp_path / "d", space="learning_rate=6e-2..9e-2", starts=(), trials=2))
    assert [row["state"] for row in found] == ["failed", "failed"]
    assert len(list((tmp_path / "d" / "logs").glob("*.log"))) == 2


def test_more_trials_make_a_search_longer_and_none_of_them_repeats(tmp_path):
    held(tmp_path / "d", trials=4)
    found = rows(held(tmp_path / "d", trials=9))
    assert is_right(found, 9)
    assert len({row["point"]["learning_rate"] for row in found}) == 9


def test_what_decides_the_value_is_what_matters(tmp_path):
    space = "learning_rate=1e-5..4e-2,log,ema_decay=0.1..0.9"
    found = held(tmp_path / "d", space=space, starts=(), trials=12)
    share = importance(found, rows_of(found))
    assert set(share) == {"learning_rate", "ema_decay"}
    assert share["learning_rate"] > share["ema_decay"]
    assert importance(found, rows_of(found)[:5]) == {}


def test_a_small_space_is_tried_whole_and_once(tmp_path):
    space = "learning_rate=1e-4|4e-4|1e-3"
    start = ({"learning_rate": "4e-4"},)
    found = rows(held(tmp_path / "d", space=space, starts=start, trials=20))
    rates = {row["trial"]: row["point"]["learning_rate"] for row in found}
    assert [rates[n] for n in sorted(rates)] == ["4e-4", "1e-4", "1e-3"]


def started_elsewhere(storage: str):
    """Trial 2, under way on another machine."""
    import optuna

    study = optuna.load_study(study_name="toy", storage=storage)
    study.enqueue_trial({"learning_rate": 2e-3}, user_attrs={SLOT: 2, "preset": False})
    span = optuna.distributions.FloatDistribution(1e-5, 1e-1, log=True)
    trial = study.ask({"learning_rate": span})
    for name, value in {"place": "elsewhere", "sitting": "it", "beat": 3, "run": "002"}.items():
        trial.set_user_attr(name, value)
    return trial


def test_a_trial_of_a_machine_that_is_gone_is_run_here(tmp_path, monkeypatch):
    storage = f"sqlite:///{tmp_path / 'shared.db'}"
    monkeypatch.setattr(search, "GRACE_SECONDS", 1.0)
    held(tmp_path / "a", trials=2, storage=storage)
    started_elsewhere(storage)
    found = rows(held(tmp_path / "b", trials=4, storage=storage))
    assert is_right(found, 4)
    assert next(row for row in found if row["trial"] == 2)["point"] == {"learning_rate": 2e-3}


def test_a_trial_of_a_machine_that_is_alive_is_left_to_it(tmp_path):
    storage = f"sqlite:///{tmp_path / 'shared.db'}"
    held(tmp_path / "a", trials=2, storage=storage)
    trial, ended = started_elsewhere(storage), threading.Event()

    def beat() -> None:
        for number in range(4, 1000):
            trial.set_user_attr("beat", number)
            if ended.wait(0.1):
                return

    other = threading.Thread(target=beat)
    other.start()
    states = {
        row["trial"]: row["state"] for row in rows(held(tmp_path / "b", storage=storage, trials=4))
    }
    ended.set()
    other.join()
    assert states[2] == "running"
    assert set(states.values()) <= {"complete", "failed", "running"}


def test_a_storage_may_be_reached_by_another_name(tmp_path):
    held(tmp_path / "a", trials=1, storage=f"sqlite:///{tmp_path}/shared.db")
    found = held(tmp_path / "b", trials=1, storage=f"sqlite:///{tmp_path}/./shared.db")
    assert is_right(rows(found), 1)


def test_another_plan_is_refused_with_what_differs(tmp_path):
    held(tmp_path / "d", trials=1)
    with pytest.raises(Refused, match="differs in space.learning_rate"):
        held(tmp_path / "d", trials=1, space="learning_rate=1e-5..1e-2,log")
    storage = f"sqlite:///{tmp_path / 'shared.db'}"
    held(tmp_path / "e", trials=1, storage=storage)
    with pytest.raises(Refused, match="follows another plan.*seed"):
        held(tmp_path / "f", trials=1, storage=storage, seed=8)
    assert not (tmp_path / "f").exists()
