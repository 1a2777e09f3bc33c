"""`eloss shapes`: what it writes, what it refuses, how it goes on."""

import json
import math
import signal
import subprocess
import sys
from argparse import ArgumentTypeError
from pathlib import Path

import pytest

from eloss_plugins.cli.shapes import angle
from eloss_plugins.cli.shaping import holding, train_worker

from .test_signals import PATIENCE, started, wait_until

LOSSES = "mse,energy,energy/edges=random-regular/edges.pool=2"
SMALL = (
    *("--angles=0,pi", "--vertices=8", "--vertex-counts=5,9", "--timing=9"),
    *("--samples=32", "--steps=3", "--batch-size=8", "--counts-batch-size=4", "--out=out"),
)
ONE = ("shapes", f"--losses={LOSSES}", "--seeds=0,1", "--jobs=1", *SMALL)
RUNS = 3 * (2 + 2) * 2


def instead(word):
    """The words of `ONE` with one flag changed."""
    flag = word.partition("=")[0]
    return (*(w for w in ONE if w.partition("=")[0] != flag), word)


def trained(monkeypatch, most=math.inf):
    """The runs that are trained from now on; after `most` of them Ctrl-C comes."""
    seen = []

    def here(module, tasks, processes, shown):
        for task in tasks:
            if len(seen) >= most:
                raise KeyboardInterrupt
            seen.append(task["file"])
            train_worker.do(task, shown.advance)

    monkeypatch.setattr(holding, "hand_out", here)
    return seen


def test_page_picture_and_numbers_are_written(eloss, monkeypatch):
    trained(monkeypatch)
    answer = eloss(*ONE, "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert found == json.loads(Path("out/shapes.json").read_text())
    assert (len(found["angles"]), len(found["counts"])) == (12, 12)
    assert {one["q_radius"] is not None for one in found["angles"]} == {True}
    assert [it["vertices"] for it in found["timed"]] == [9, 9]
    page = Path("out/shapes.html").read_text()
    assert page.count("<svg") == 3 * 2 + 5 + 3 + 1  # drawings, charts, landscapes, turning
    assert "http" not in page.replace("http://www.w3.org", "")
    assert Path("out/shapes.png").read_bytes()[:4] == b"\x89PNG"


def test_an_interrupted_experiment_goes_on_where_it_was(eloss, monkeypatch):
    with monkeypatch.context() as first:
        done = trained(first, most=5)
        assert eloss(*ONE).code == 130
    rest = trained(monkeypatch)
    assert eloss(*ONE).code == 3
    answer = eloss(*ONE, "--resume", "--json")
    assert answer.code == 0, answer.err
    assert len(done) + len(rest) == RUNS
    assert json.loads(answer.out)["seconds"] is None


def test_another_experiment_is_not_mixed_in(eloss, monkeypatch):
    trained(monkeypatch, most=0)
    eloss(*ONE)
    answer = eloss(*instead("--vertices=7"), "--resume")
    assert (answer.code, "it differs in vertices" in answer.err) == (3, True), answer.err


def test_overwriting_removes_what_was_made_and_nothing_else(eloss, monkeypatch):
    trained(monkeypatch, most=1)
    eloss(*ONE)
    Path("out/mine.txt").write_text("kept")
    before = set(Path("out/runs").iterdir())
    trained(monkeypatch)
    eloss(*instead("--seeds=7"), "--overwrite")
    assert before
    assert not before & set(Path("out/runs").iterdir())
    assert Path("out/mine.txt").read_text() == "kept"


def test_a_damaged_result_is_named(eloss, monkeypatch):
    trained(monkeypatch)
    few = ("shapes", "--losses=mse", "--seeds=0", "--jobs=1", *SMALL)
    assert eloss(*few).code == 0
    file = next(Path("out/runs").iterdir())
    file.write_text("{")
    answer = eloss(*few, "--resume")
    assert (answer.code, file.name in answer.err) == (3, True)


def test_a_sweep_finds_the_rates_and_is_reported(eloss, monkeypatch):
    trained(monkeypatch)
    words = ("--losses=mse", "--seeds=0", "--jobs=1", "--sweep", "--vertex-counts=none")
    answer = eloss("shapes", *words, *(w for w in SMALL if "counts=" not in w), "--json")
    found = json.loads(answer.out)
    assert [point["rate"] for point in found["sweep"]] == [1e-3, 3e-3, 1e-2, 3e-2, 1e-1]
    best = max(found["sweep"], key=lambda point: point["mean"])
    chosen = found["contenders"][0]["learning_rate"]
    (taken,) = (point for point in found["sweep"] if point["rate"] == chosen)
    assert best["low"] <= taken["high"]
    assert "Sweep of learning rates" in Path("out/shapes.html").read_text()


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--vertices=2"], "expected a whole number from 3"),
        (["--vertex-counts=5,1"], "expected a whole number from 3"),
        (["--angles=0,2pi"], "expected an angle from 0 to pi; got '2pi'"),
        (["--angles=-0.1"], "expected an angle from 0 to pi; got '-0.1'"),
        (["--angles=nan"], "expected an angle from 0 to pi"),
        (["--angles=a"], "expected an angle such as 0.5 or 3pi/4"),
        (["--losses=enrgy"], "Did you mean `energy`"),
        (["--losses=none"], "name a loss"),
        (["--losses=energy/prefactr=2"], "prefactr"),
        (["--losses=mse", "--learning-rates=energy=1"], "the losses are mse"),
        (["--losses=mse", "--learning-rates=mse=1", "--sweep"], "leave --learning-rates out"),
        (["--batch-size=99", "--samples=9"], "does not fit"),
    ],
)
def test_bad_input_is_refused_in_one_sentence(eloss, words, sentence):
    answer = eloss("shapes", "--out=out", *words)
    assert answer.code == 2
    assert sentence in answer.err
    assert not Path("out").exists()


def test_angles_are_radian_or_multiples_of_pi():
    assert [angle(text) for text in ("0", "0.5", "pi", "3pi/4", "PI/8")] == pytest.approx(
        [0, 0.5, math.pi, 3 * math.pi / 4, math.pi / 8]
    )
    with pytest.raises(ArgumentTypeError):
        angle("pi/0")


def test_help_loads_no_torch():
    code = "import sys\nfrom eloss_plugins.cli.main import main\nmain(['shapes', '--help'])\n"
    code += "print({'torch', 'numpy', 'matplotlib'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stdout.endswith("set()\n"), done.stderr


@pytest.mark.slow
def test_processes_side_by_side_give_the_same_numbers(eloss):
    few = ("shapes", "--losses=mse,energy", "--seeds=0", *SMALL, "--json")
    alone, beside = (
        json.loads(eloss(*few, f"--jobs={jobs}", "--overwrite").out) for jobs in (1, 2)
    )
    assert [one["error"] for one in alone["angles"]] == [one["error"] for one in beside["angles"]]


@pytest.mark.slow
def test_a_signal_ends_all_processes_and_keeps_what_is_finished(eloss):
    long = ("shapes", "--losses=mse", "--seeds=0,1,2", "--jobs=2", "--angles=0,1", "--out=out")
    more = ("--steps=1000", "--samples=512", "--vertex-counts=none", "--timing=none")
    with started(*long, *more) as process:
        wait_until(lambda: list(Path("out/runs").glob("*.json")), process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert "Traceback" not in err
    finished = {file: file.stat().st_mtime_ns for file in Path("out/runs").glob("*.json")}
    assert eloss(*long, *more, "--resume").code == 0
    assert {file: file.stat().st_mtime_ns for file in finished} == finished
