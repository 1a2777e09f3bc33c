import json
from pathlib import Path

import pytest

from eloss_plugins.cli.compare import plan_of, settings_of
from eloss_plugins.cli.compare_settings import COMPARE
from eloss_plugins.cli.main import build_parser

LOSSES = "--losses=mse,energy/stiffness=inverse"
SHOW = ("compare", "gdm", LOSSES, "--show-config")


def shown(eloss, *words):
    answer = eloss(*SHOW, "--json", *words)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def plan(*words: str):
    return plan_of(settings_of(build_parser().parse_args(["compare", *words])))


def test_every_setting_is_shown_in_the_order_of_the_help(eloss):
    assert list(shown(eloss)) == [setting.key for setting in COMPARE]


def test_command_line_beats_environment_beats_file_beats_default(eloss, monkeypatch):
    Path("duel.toml").write_text("samples = 10\nsteps = 10\nseeds = [10]\n")
    monkeypatch.setenv("ELOSS_TRAIN_SAMPLES", "20")
    monkeypatch.setenv("ELOSS_TRAIN_STEPS", "20")
    found = shown(eloss, "--samples=30", "--config", "duel.toml")
    assert found["samples"] == {"value": 30, "origin": "command line"}
    assert found["steps"] == {"value": 20, "origin": "environment"}
    assert found["seeds"] == {"value": [10], "origin": "duel.toml"}
    assert found["sample_batch"] == {"value": 100, "origin": "default"}


def test_what_all_runs_share_is_shown_as_the_trainer_has_it(eloss):
    found = shown(eloss, "--model-preset=tiny")
    assert found["layers"] == {"value": 2, "origin": "default"}
    assert found["precision"]["value"] == "32-true"
    assert found["out"]["value"] == "runs/compare-gdm"


def test_shown_settings_are_a_file_that_gives_the_same_comparison(eloss):
    words = ("--learning-rates=energy/stiffness=inverse=2e-3", "--seeds=4,5", "--steps=7")
    text = eloss(*SHOW, *words, "--clip=no", "--data=bundled:heavy=1-3,train=50%").out
    Path("again.toml").write_text(text)
    again = plan("--config", "again.toml")
    first = plan("gdm", LOSSES, *words)
    assert (again.entrants, again.seeds, again.grid) == (first.entrants, first.seeds, None)
    kept = {"steps": 7, "clip": False, "data": "bundled:heavy=1-3,train=50%"}
    assert kept.items() <= again.common.settings.items()


def test_a_sweep_can_be_shown_and_read_again(eloss):
    text = eloss(*SHOW, "--sweep", "--steps=8", "--sweep-rates=1e-5,1").out
    Path("again.toml").write_text(text)
    grid = plan("--config", "again.toml").grid
    assert (grid.rates, grid.weights, grid.steps) == ((1e-5, 1.0), (1.0,), 2)


def test_showing_leaves_nothing_behind(eloss):
    before = sorted(Path().rglob("*"))
    assert eloss(*SHOW).err == ""
    assert sorted(Path().rglob("*")) == before


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["--losses=mse,enrgy"], "Did you mean `energy`?"),
        (["--losses=energy/stifness=inverse"], "stifness"),
        (["--losses=mse", "--steps=1", "--epochs=1"], "epochs"),
        (["--losses=mse", "--precision=8"], "precision"),
        (["--losses=mse", "--sweep"], "--sweep-steps"),
        (["--losses=mse", "--learning-rates=mae=1"], "mae"),
    ],
)
def test_what_no_comparison_can_have_is_refused(eloss, words, cause):
    answer = eloss("compare", "gdm", "--show-config", *words)
    assert (answer.code, answer.out) == (2, "")
    assert cause in answer.err
