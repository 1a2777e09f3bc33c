import json
import os
import signal
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from eloss_plugins.cli.compare import plan_of, settings_of
from eloss_plugins.cli.comparison import contest, sweep
from eloss_plugins.cli.comparison.ceiling import held_out
from eloss_plugins.cli.comparison.plan import Entrant, Grid, entrant, job
from eloss_plugins.cli.main import build_parser
from eloss_plugins.cli.runs import chain
from eloss_plugins.cli.runs.pool import Outcome, environment, last_step
from eloss_plugins.cli.values import LARGEST_SEED
from eloss_plugins.data.load import load
from eloss_plugins.errors import UsageError

from .conftest import TINY
from .test_signals import PATIENCE, started, wait_until

COMPARE = ("compare", "gdm", "--losses=mse,energy/stiffness=inverse", "--out=cmp")


SMALL = (*TINY, "--data=bundled-tiny")


def plan(*words: str):
    return plan_of(settings_of(build_parser().parse_args([*COMPARE, *words])))


def words_of(made, command: str) -> set[str]:
    (found,) = (words for words in made.words if words[0] == command)
    return set(found)


def test_losses_differ_in_the_loss_alone():
    common = plan("--steps=7", "--layers=3", "--data=some.xyz").common
    first, second = (
        job(common, entrant(label), 5, Path(label)) for label in ("mse", "energy/weight=2")
    )
    train = words_of(first, "train") ^ words_of(second, "train")
    assert train == {
        *("--loss-plugin=mse", "--out=mse"),
        *("--loss-plugin=energy", "--loss-options=weight=2", "--out=energy/weight=2"),
    }
    sample = words_of(first, "sample") ^ words_of(second, "sample")
    assert sample == {"mse", "energy/weight=2"}


def test_every_word_of_a_run_is_one_that_the_commands_know():
    common = plan("--steps=7", "--clip=no", "--model-options=tanh=no", "--ema-decay=0.5").common
    for words in job(common, entrant("mse"), 0, Path("run")).words:
        build_parser().parse_args(words)


def test_sampling_options_reach_every_run_and_are_checked_first():
    words = ("compare", "flow", "--losses=mse", "--sample-options=solver=dopri5")
    found = plan_of(settings_of(build_parser().parse_args(words)))
    made = job(found.common, found.entrants[0], 0, Path("run"))
    assert "--sample-options=solver=dopri5" in words_of(made, "sample")
    with pytest.raises(UsageError, match="gdm has no sampling options; got `solver`"):
        plan("--sample-options=solver=dopri5")


def test_samples_of_the_largest_seed_have_a_seed_that_sample_takes():
    made = job(plan().common, entrant("mse"), LARGEST_SEED, Path("run"))
    for words in made.words:
        build_parser().parse_args(words)


def test_an_entrant_carries_its_options():
    found = entrant("energy/stiffness=inverse/weight=0.5")
    assert found.loss == "energy"
    assert found.options == {"stiffness": "inverse", "weight": "0.5"}
    assert found.slug == "energy-stiffness=inverse-weight=0.5"


@pytest.mark.parametrize("text", ["", "/a=1", "energy/", "energy/a", "energy/a=", "energy/a=1/a=2"])
def test_a_wrong_entrant_is_refused(text):
    with pytest.raises(UsageError, match="expected NAME"):
        entrant(text)


def test_each_loss_has_as_many_tries_at_the_same_rates():
    grid = Grid(rates=(1e-4, 1e-3), weights=(0.5, 2.0))
    energy = sweep.candidates(
        Entrant("energy", "energy"), grid, {"weight": 0.05, "preset": "tuned"}
    )
    mse = sweep.candidates(Entrant("mse", "mse"), grid, {"weight": 1.5, "preset": None})
    assert [c.learning_rate for c in energy] == [c.learning_rate for c in mse]
    assert [c.options["weight"] for c in energy] == ["0.025", "0.1"] * 2
    assert [c.options["weight"] for c in mse] == ["0.75", "3"] * 2


def test_a_sweep_keeps_the_preset_that_no_options_mean():
    (found,) = sweep.candidates(
        Entrant("energy", "energy"), Grid((1e-3,)), {"weight": 0.05, "preset": "tuned"}
    )
    assert found.options == {"preset": "tuned", "weight": "0.05"}


def test_a_loss_without_weight_sweeps_its_rates():
    (found,) = sweep.candidates(Entrant("none", "none"), Grid((1e-3,)), {})
    assert (found.learning_rate, found.options) == (1e-3, {})


def trial(folder: Path, label: str, rate: float, molecules: int | None, atoms: int):
    from eloss_plugins.metrics.evaluation import Evaluation
    from eloss_plugins.metrics.rate import Rate

    one = Entrant(label, label, learning_rate=rate)
    made = job(plan().common, one, 0, folder / f"{label}{rate}")
    if molecules is not None:
        made.folder.mkdir()
        rates = {"molecule_stability": Rate(molecules, 10), "atom_stability": Rate(atoms, 100)}
        made.result.write_text(json.dumps(Evaluation(10, 100, rates, {}).to_json()))
    return sweep.Trial(Entrant(label, label), one, made)


def test_the_sweep_takes_stable_molecules_first_and_atoms_second(tmp_path):
    tried = [
        trial(tmp_path, "mse", 0.1, 9, 10),
        trial(tmp_path, "mse", 0.2, 9, 20),
        trial(tmp_path, "mse", 0.3, 1, 90),
        trial(tmp_path, "energy", 0.1, None, 0),
        trial(tmp_path, "energy", 0.2, 0, 1),
        trial(tmp_path, "mae", 0.1, None, 0),
    ]
    rates = {label: found.learning_rate for label, found in sweep.best(tried).items()}
    assert rates == {"mse": 0.2, "energy": 0.2, "mae": None}


def test_a_stable_molecule_more_does_not_outweigh_the_atoms(tmp_path):
    tried = [trial(tmp_path, "mse", 0.1, 2, 5), trial(tmp_path, "mse", 0.2, 0, 60)]
    assert sweep.best(tried)["mse"].learning_rate == 0.2


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--learning-rates=mae=1e-3"], "mae"),
        (["--sweep", "--learning-rates=mse=1e-3"], "leave --learning-rates out"),
        (["--sweep"], "--sweep-steps"),
        (["--seeds=999983", "--sweep", "--steps=8"], "sweep's"),
    ],
)
def test_plans_that_make_no_sense_are_refused(eloss, words, cause):
    answer = eloss(*COMPARE, *words)
    assert answer.code == 2
    assert cause in answer.err


def test_unknown_names_stop_a_comparison_before_it_begins(eloss):
    assert eloss("compare", "gdm", "--losses=mse,enrgy").code == 2
    assert eloss("compare", "gmd", "--losses=mse").code == 2
    assert not Path("runs").exists()


def test_rates_are_those_of_the_losses(eloss):
    found = plan("--learning-rates=mse=1e-3,energy/stiffness=inverse=2e-3")
    assert [e.learning_rate for e in found.entrants] == [1e-3, 2e-3]


def test_a_whole_comparison_may_stand_in_a_file(eloss, in_process):
    Path("duel.toml").write_text(
        'model = "gdm"\nlosses = ["mse", "energy/weight=2"]\nseeds = [3]\nsamples = 2\nsteps = 1\n'
        'data = "bundled-tiny"\n[learning-rates]\nmse = 1e-3\n"energy/weight=2" = 2e-3\n'
    )
    answer = eloss("compare", "--config", "duel.toml", "--out", "cmp", "--json", *TINY)
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    assert [entrant["learning_rate"] for entrant in found["entrants"]] == [1e-3, 2e-3]
    assert [run["seed"] for run in found["runs"]] == [3, 3]


def test_the_users_settings_do_not_leak_into_runs(monkeypatch):
    monkeypatch.setenv("ELOSS_TRAIN_STEPS", "3")
    found = environment(2)
    assert "ELOSS_TRAIN_STEPS" not in found
    assert found["OMP_NUM_THREADS"] == "2"


def test_the_last_step_is_read_from_a_journal_that_is_being_written(tmp_path):
    assert last_step(tmp_path) == 0
    text = '{"step": 5, "kind": "train"}\n{"step": 10}\n{"st'
    (tmp_path / "metrics.jsonl").write_text(text)
    assert last_step(tmp_path) == 10


def test_a_chain_stops_at_the_first_failure(eloss):
    assert chain.run([["plugins", "-q"], ["trian"], ["doctor"]]) == 2


@pytest.fixture
def in_process(monkeypatch):
    """Runs take place here instead of in processes of their own; those of `mae` fail."""

    def run_all(jobs, workers, logs, label):
        outcomes = []
        for made in jobs:
            with redirect_stdout(StringIO()):
                code = 3 if made.entrant.loss == "mae" else chain.run(made.words)
            outcomes.append(Outcome(made, code, logs / "none.log"))
        return outcomes

    monkeypatch.setattr(contest, "run_all", run_all)


def test_a_failed_run_is_told_and_the_others_are_reported(eloss, in_process):
    words = ("--losses=mse,mae", "--seeds=0", "--out=cmp", "--steps=2", "--samples=3")
    answer = eloss("compare", "gdm", *words, *SMALL)
    assert answer.code == 1, answer.err
    assert "warning: mae seed 0 has no result" in answer.err
    assert "missing above: mae seed 0" in Path("cmp/report.html").read_text()
    assert json.loads(Path("cmp/report.json").read_text())["unfinished"] == ["mae seed 0"]


def test_overwrite_removes_the_old_reports_before_anything_runs(eloss, in_process):
    words = ("--seeds=0", "--out=cmp", "--steps=2", "--samples=3", *SMALL)
    assert eloss("compare", "gdm", "--losses=mse", *words).code == 0
    assert eloss("compare", "gdm", "--losses=mae", "--overwrite", *words).code == 5
    assert list(Path("cmp").glob("report.*")) == []


def test_a_file_where_the_folder_should_be_is_refused(eloss, tmp_path):
    (tmp_path / "file").touch()
    for out in ("file", "file/below"):
        answer = eloss("compare", "gdm", "--losses=mse", f"--out={out}", "--resume", *SMALL)
        assert answer.code == 2
        assert "file is a file; a folder is needed there" in answer.err


def test_when_all_runs_fail_there_is_no_report(eloss, in_process):
    answer = eloss("compare", "gdm", "--losses=mae", "--out=cmp", *SMALL)
    assert answer.code == 5
    assert "all 3 runs failed" in answer.err
    assert not Path("cmp/report.html").exists()


def test_a_sweep_is_reported_whole_and_its_winner_runs(eloss, in_process):
    words = ("--losses=energy", "--seeds=0", "--out=cmp", "--steps=2", "--samples=3", "--sweep")
    grid = ("--sweep-rates=1e-4,1e-3", "--sweep-weights=1,10", "--sweep-steps=1")
    answer = eloss("compare", "gdm", *words, *grid, "--sweep-samples=2", "--json", *SMALL)
    found = json.loads(answer.out)
    assert answer.code == 0, answer.err
    assert len(found["sweep"]) == 4
    (winner,) = (point for point in found["sweep"] if point["chosen"])
    (entered,) = found["entrants"]
    assert entered["learning_rate"] == winner["learning_rate"]
    assert found["resolved"]["energy"]["weight"] == float(winner["options"]["weight"])
    assert "a wider sweep may do better" in Path("cmp/report.html").read_text()


def test_the_real_molecules_of_a_report_are_as_large_as_those_of_the_test_set():
    data = load("bundled")
    every, some = data.split("test").sizes, held_out(data, 100).sizes
    assert len(some) == 100
    assert abs(some.mean() - every.mean()) < 3 * every.std() / 100**0.5


@pytest.mark.slow
def test_a_comparison_is_interrupted_resumed_and_reported(eloss):
    words = (
        *COMPARE,
        *SMALL,
        "--seeds=0",
        "--steps=1000",
        "--samples=4",
        "--log-every=5",
        "--jobs=2",
    )
    runs = Path("cmp/runs")
    with started(*words) as process:
        wait_until(lambda: len(list(runs.glob("*/metrics.jsonl"))) == 2, process)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=PATIENCE)
    assert process.returncode == 130, err
    assert len(list(runs.glob("*/checkpoints/*.pt"))) == 2
    left = [folder.name for folder in runs.iterdir() if last_step(folder) < 1000]
    assert left  # the other one may have been quicker than its neighbour's start

    assert eloss(*words).code == 3
    answer = eloss(*words, "--resume")
    assert answer.code == 0, answer.err
    assert "real molecules" in answer.out
    assert Path("cmp/report.html").read_text().startswith("<!doctype html>")
    assert Path("cmp/report.png").read_bytes().startswith(b"\x89PNG")
    record = json.loads(Path("cmp/report.json").read_text())
    assert [run["evaluation"]["molecules"] for run in record["runs"]] == [4, 4]
    for name in left:
        assert "of 1000" in Path(f"cmp/logs/{name}.log").read_text().split("starts at")[1]

    stamps = {file: os.stat(file).st_mtime_ns for file in runs.rglob("*.pt")}
    again = eloss(*words, "--resume", "--json")
    assert json.loads(again.out)["unfinished"] == []
    assert stamps == {file: os.stat(file).st_mtime_ns for file in runs.rglob("*.pt")}
    other = eloss(*COMPARE, "--seeds=0", "--resume", "--steps=9")
    assert other.code == 3
    assert "common.settings.steps" in other.err


def entrants_of(*words: str) -> dict[str, float | None]:
    arguments = build_parser().parse_args(["compare", "gdm", *words])
    return {e.label: e.learning_rate for e in plan_of(settings_of(arguments)).entrants}


def test_a_loss_goes_by_its_name_where_that_tells_it_apart():
    found = entrants_of("--losses=mse,energy/weight=2", "--learning-rates=energy=0.5")
    assert found == {"mse": None, "energy": 0.5}


def test_two_entries_of_one_loss_go_by_what_was_written():
    found = entrants_of("--losses=energy,energy/weight=2")
    assert list(found) == ["energy", "energy/weight=2"]
