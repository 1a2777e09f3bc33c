"""`eloss sweep`: what is asked for, refused, and left behind."""

import json
import signal
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from eloss_plugins.cli.main import build_parser
from eloss_plugins.cli.sweep import settings_of
from eloss_plugins.cli.sweeping import objective, storage
from eloss_plugins.cli.sweeping.plan import entrant_at, given_at, settings_at, trial_job
from eloss_plugins.cli.sweeping.planning import plan_of, queue_of
from eloss_plugins.cli.sweeping.space import Span
from eloss_plugins.errors import UsageError
from eloss_plugins.metrics.evaluation import Evaluation
from eloss_plugins.metrics.rate import Rate

from .conftest import TINY
from .test_signals import PATIENCE, started, wait_until

pytest.importorskip("optuna")
SMALL = (*TINY, "--data=bundled-tiny")
SWEEP = ("sweep", "gdm", "--loss-plugin=energy")


def plan(*words: str, model: str = "gdm", loss: str = "energy"):
    arguments = build_parser().parse_args(["sweep", model, f"--loss-plugin={loss}", *words])
    return plan_of({key: origin.value for key, origin in settings_of(arguments).items()})


def test_without_a_space_learning_rate_and_weight_are_searched_around_the_tuned_ones():
    found = plan()
    assert found.space == {
        "learning_rate": Span(4e-5, 4e-3, log=True),
        "weight": Span(0.005, 0.5, log=True),
    }
    assert found.starts == ({"learning_rate": 4e-4, "weight": 0.05},)
    assert found.options == {"preset": "tuned"}


def test_each_law_begins_with_its_own_tuned_values():
    words = ("learning_rate=1e-5..1e-2,log", "weight=0.01..1,log", "stiffness=constant|exponential")
    starts = plan(*(f"--search={text}" for text in words)).starts
    assert starts == (
        {"learning_rate": 9e-4, "weight": 0.05, "stiffness": "constant"},
        {"learning_rate": 4e-4, "weight": 0.05, "stiffness": "exponential"},
    )


def test_a_start_lacks_what_lies_outside():
    assert plan("--search=learning_rate=1e-3..1e-2,weight=0.01..1").starts == ({"weight": 0.05},)


def test_the_trainers_own_loss_has_a_rate_alone():
    found = plan(loss="none")
    assert list(found.space) == ["learning_rate"]
    assert found.starts == ({"learning_rate": 1e-3},)


def test_names_of_training_model_and_loss_are_told_apart():
    words = ("batch-size=16..64,attention=true|false,edges=complete|bonds", "layers=2..4")
    found = plan(*(f"--search={text}" for text in words), "--model-options=tanh=no")
    point = {"batch_size": 32, "attention": "false", "edges": "bonds", "layers": 3}
    settings = settings_at(found, point)
    assert (settings["batch_size"], settings["layers"]) == ("32", "3")
    assert settings["model_options"] == {"tanh": "no", "attention": "false"}
    assert entrant_at(found, point).options == {"preset": "tuned", "edges": "bonds"}
    assert dict(found.starts[0]) == {"batch_size": 64, "edges": "complete", "attention": "true"} | {
        "layers": 4
    }


def test_numbers_of_real_settings_may_be_written_whole():
    found = plan("--search=weight=1..10,ema_decay=0..0.5").space
    assert not found["weight"].whole
    assert not found["ema_decay"].whole


def test_every_word_of_a_trial_is_one_that_the_commands_know(tmp_path):
    found = plan("--search=weight=1..10,layers=2..3", "--steps=40", "--curve-samples=5")
    made = trial_job(found, {"weight": 2.5, "layers": 2}, 3, tmp_path / "run", judged=True)
    for words in made.words:
        build_parser().parse_args(words)
    assert [words[0] for words in made.words] == ["train", "sample", "evaluate"] * 4
    steps = [word for words in made.words for word in words if word.startswith("--steps=")]
    assert steps == ["--steps=10", "--steps=20", "--steps=30", "--steps=40"]


def test_points_that_are_judged_already_are_not_trained_again(tmp_path):
    found = plan("--steps=40", "--curve-samples=5")
    (tmp_path / "run" / "curve").mkdir(parents=True)
    (tmp_path / "run" / "curve" / "step-00000010.json").touch()
    made = trial_job(found, {}, 0, tmp_path / "run", judged=True)
    assert "--steps=20" in made.words[0]


def test_a_space_no_larger_than_the_trials_is_queued_whole():
    found = plan("--search=stiffness=inverse|exponential,edges=complete|bonds")
    queue, trials = queue_of(found, 20)
    assert trials == 4
    assert [dict(point) for point in queue[:2]] == [
        {"stiffness": "inverse", "edges": "complete"},
        {"stiffness": "exponential", "edges": "complete"},
    ]
    assert queue_of(found, 3)[1] == 3


def evaluation(molecules: int, atoms: int) -> Evaluation:
    rates = {"molecule_stability": Rate(molecules, 100), "atom_stability": Rate(atoms, 1000)}
    return Evaluation(100, 1000, rates, {})


def test_stability_weighs_molecules_first_and_atoms_where_chance_could_decide():
    find = objective.find("stability")
    assert objective.of_molecules(find, evaluation(20, 500)) == pytest.approx(0.2 + 0.5 / 10)
    few_more = objective.of_molecules(find, evaluation(22, 100))
    assert few_more < objective.of_molecules(find, evaluation(20, 600))
    assert objective.of_molecules(find, evaluation(40, 100)) > few_more


def test_every_objective_says_which_way_is_better():
    known = objective.known()
    assert {"stability", "nll", "validation_error", "validity", "without_clashes"} <= set(known)
    assert known["bond_lengths"].direction == known["nll"].direction == "minimize"
    assert known["molecule_stability"].direction == "maximize"
    assert "novelty" not in known


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--trials=0"], "from 1 to"),
        (["--search=weight=1..0.1"], "lower end first"),
        (["--search=wieght=1..2"], "wieght"),
        (["--search=stiffness=exponential|expo"], "expo"),
        (["--search=stiffness=exponential|morse"], "stiffness=morse: Preset `tuned`"),
        (["--search=edges=complete|nowhere"], "nowhere"),
        (["--search=weight=-2..-1"], "weight"),
        (["--search=layers=0..3"], "layers"),
        (["--search=layers=1.5..3"], "layers"),
        (["--search=norm_constant=-2..3"], "norm_constant"),
        (["--search=attention=yes|perhaps"], "attention"),
        (["--search=steps=10..20"], "the same for every trial"),
        (["--search=seed=1..2"], "the same for every trial"),
        (["--search=weight=1..2", "--search=weight=2..3"], "given twice"),
        (["--search=batch-size=1..2,batch_size=2..3"], "given twice"),
        (["--search=weight=1..2", "--loss-options=weight=1"], "searched and given"),
        (["--search=learning_rate=1..2", "--learning-rate=1"], "searched and given"),
        (["--search=attention=yes|no", "--model-options=attention=no"], "searched and given"),
        (["--objective=los"], "unknown objective"),
        (["--objective=loss"], "differ in scale"),
        (["--objective=novelty"], "unknown objective"),
        (["--pruner=shears"], "expected median or hyperband or none"),
        (["--curve-samples=5", "--objective=nll"], "not made of them"),
        (["--curve-samples=5", "--rate-course=linear"], "does not allow"),
        (["--curve-samples=5", "--epochs=3"], "needs --steps"),
        (["--valid-molecules=0"], "nothing to prune by"),
        (["--timeout=soon"], "expected a number"),
        (["--storage=nosuch://host/name"], "is no storage"),
    ],
)
def test_what_makes_no_search_is_one_sentence(eloss, words, cause):
    answer = eloss(*SWEEP, "--out=s", *words)
    assert (answer.code, answer.out) == (2, "")
    assert cause in answer.err
    assert len(answer.err.strip().splitlines()) <= 3
    assert not Path("s").exists()


def test_a_storage_that_cannot_be_reached_is_one_sentence_without_its_password(eloss):
    for url in ("sqlite:////nowhere/at/all.db", "postgresql://me:secret@localhost/x", "no/s.log"):
        answer = eloss(*SWEEP, "--out=s", f"--storage={url}", "--pruner=none", *SMALL)
        assert answer.code == 5, answer.err
        assert f"--storage {url.replace('secret', '***')}" in answer.err
        assert "secret" not in answer.err
    assert not Path("s").exists()


def test_passwords_are_not_kept():
    assert storage.shown("mysql://me:secret@host:3306/x") == "mysql://me:***@host:3306/x"
    assert plan("--storage=mysql://me:secret@host/x").storage == "mysql://me:***@host/x"


def test_without_optuna_there_is_one_sentence(eloss, monkeypatch):
    monkeypatch.setattr(storage, "find_spec", lambda name: None)
    answer = eloss(*SWEEP, "--out=s")
    assert answer.code == 5
    assert "pip install 'eloss-plugins[sweep]'" in answer.err


def test_help_needs_neither_torch_nor_optuna():
    code = "import sys; from eloss_plugins.cli.main import main; main(['sweep', '--help'])\n"
    code += "print({'torch', 'optuna', 'numpy', 'rdkit'} & set(sys.modules), file=sys.stderr)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.stderr == "set()\n"
    assert "--search NAME=VALUES" in done.stdout


def test_a_file_gives_the_same_search_as_flags_and_is_shown_again(eloss):
    Path("s.toml").write_text(
        'model = "gdm"\nloss-plugin = "energy"\n[search]\nlearning-rate = "1e-5..1e-2,log"\n'
        'stiffness = ["exponential", "inverse"]\n'
    )
    arguments = build_parser().parse_args(["sweep", "--config", "s.toml"])
    found = plan_of({key: origin.value for key, origin in settings_of(arguments).items()})
    words = "learning_rate=1e-5..1e-2,log,stiffness=exponential|inverse"
    assert found == plan(f"--search={words}")
    text = eloss("sweep", "--config", "s.toml", "--show-config").out
    Path("again.toml").write_text(text)
    arguments = build_parser().parse_args(["sweep", "--config", "again.toml"])
    again = plan_of({key: origin.value for key, origin in settings_of(arguments).items()})
    assert (again.space, again.starts, again.options) == (found.space, found.starts, found.options)
    assert found.common.settings.items() <= again.common.settings.items()


def test_sampling_options_reach_every_trial_and_are_checked_first(tmp_path):
    found = plan("--sample-options=solver=rk4", model="flow", loss="none")
    words = trial_job(found, {"learning_rate": 1e-3}, 0, tmp_path, judged=True).words
    assert "--sample-options=solver=rk4" in next(it for it in words if it[0] == "sample")
    with pytest.raises(UsageError, match="gdm has no sampling options; got `solver`"):
        plan("--sample-options=solver=rk4")
    with pytest.raises(UsageError, match="solver is searched and given as well"):
        plan("--sample-options=solver=rk4", "--search=solver=rk4|euler", model="flow", loss="none")


def test_what_was_found_is_what_a_user_writes():
    found = plan("--search=weight=0.01..1,layers=2..3", "--steps=40", "--learning-rate=1e-3")
    assert given_at(found, {"weight": 0.123456789, "layers": 2}) == {
        "model": "gdm",
        "loss_plugin": "energy",
        "loss_options": "preset=tuned,weight=0.123457",
        "learning_rate": 1e-3,
        "steps": 40,
        "layers": "2",
    }


@pytest.mark.slow
def test_a_search_is_killed_resumed_and_reported(eloss):
    words = (*SWEEP, *SMALL, "--trials=8", "--steps=24", "--log-every=4", "--jobs=2", "--out=s")
    words = (*words, "--objective=nll", "--search=learning_rate=1e-4..1e-2,log", "--pruner=none")
    with started(*words) as process:
        wait_until(lambda: done("s") >= 3, process)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=PATIENCE)
    before = values("s")
    assert 3 <= len(before) < 8
    assert eloss(*words).code == 3
    answer = eloss(*words, "--resume", "--json")
    assert answer.code == 0, answer.err
    found = json.loads(answer.out)
    after = {row["trial"]: row["value"] for row in found["trials"]}
    assert sorted(after) == list(range(8))
    assert before.items() <= after.items()
    assert None not in after.values()
    assert after == {number: last_nll(number) for number in range(8)}
    left_behind(eloss, found)


def done(folder: str) -> int:
    return len(values(folder))


def values(folder: str) -> dict[int, float]:
    import sqlite3

    if not Path(folder, "sweep.db").exists():
        return {}
    query = "select number, value from trials natural join trial_values where state = 'COMPLETE'"
    try:
        with sqlite3.connect(f"file:{folder}/sweep.db?mode=ro", uri=True) as base:
            return dict(base.execute(query))
    except sqlite3.OperationalError:  # its tables are being made
        return {}


def last_nll(number: int) -> float:
    lines = Path(f"s/trials/{number:03d}/metrics.jsonl").read_text().splitlines()
    return [json.loads(line) for line in lines if '"nll"' in line][-1]["nll"]


def left_behind(eloss, found) -> None:
    assert Path("s/sweep.html").read_text().startswith("<!doctype html>")
    assert Path("s/sweep.png").read_bytes().startswith(b"\x89PNG")
    best = tomllib.loads(Path("s/best.toml").read_text())
    assert best["learning-rate"] == pytest.approx(found["best"]["point"]["learning_rate"], 1e-5)
    shown = json.loads(eloss("train", "--config=s/best.toml", "--show-config", "--json").out)
    told = json.loads(eloss(*found["command"].split()[1:], "--show-config", "--json").out)
    assert {k: v["value"] for k, v in shown.items()} == {k: v["value"] for k, v in told.items()}
