import json
import tomllib

import pytest

from eloss_plugins.cli.train_settings import TRAIN
from eloss_plugins.trainers.config import TrainConfig

NOT_SETTINGS = {"trainer", "loss", "model"}  # the word MODEL, --loss-plugin, --layers and others


def shown(eloss, *words):
    answer = eloss("train", "gdm", "--show-config", "--json", *words)
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


def test_every_field_of_a_run_can_be_set():
    fields = set(TrainConfig.__dataclass_fields__) - NOT_SETTINGS
    assert fields <= {setting.key for setting in TRAIN}


def test_command_line_beats_environment_beats_file_beats_default(eloss, tmp_path, monkeypatch):
    file = tmp_path / "run.toml"
    file.write_text("steps = 10\nbatch-size = 10\nseed = 10\n")
    monkeypatch.setenv("ELOSS_TRAIN_STEPS", "20")
    monkeypatch.setenv("ELOSS_TRAIN_BATCH_SIZE", "20")
    found = shown(eloss, "--steps", "30", "--config", str(file))
    assert found["steps"] == {"value": 30, "origin": "command line"}
    assert found["batch_size"] == {"value": 20, "origin": "environment"}
    assert found["seed"] == {"value": 10, "origin": str(file)}
    assert found["precision"] == {"value": "32-true", "origin": "default"}


def test_the_trainers_own_values_are_shown(eloss):
    found = shown(eloss, "--loss-plugin", "mse", "--model-preset", "tiny")
    assert found["layers"]["value"] == 2
    assert found["learning_rate"]["value"] > 0


def test_shown_settings_are_a_file_that_gives_them_again(eloss, tmp_path):
    words = ("--loss-plugin=energy", "--loss-options=weight=0.5,stiffness=inverse", "--steps=7")
    text = eloss("train", "gdm", "--show-config", *words).out
    file = tmp_path / "again.toml"
    file.write_text(text)
    again = shown(eloss, "--config", str(file))
    for key, found in shown(eloss, *words).items():
        assert again[key]["value"] == found["value"], key


def test_tables_group_settings_and_nested_ones_are_options(eloss, tmp_path):
    file = tmp_path / "run.toml"
    file.write_text(
        '[loss]\nloss_plugin = "energy"\nloss-options = {weight = 0.5, stiffness = "inverse"}\n'
        "[optimiser]\nlearning-rate = 1e-3\nclip = false\n"
    )
    found = shown(eloss, "--config", str(file))
    assert found["loss_options"]["value"] == "weight=0.5,stiffness=inverse"
    assert found["clip"]["value"] is False


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("step = 3", "Did you mean steps?"),
        ("steps = 3\nsteps = 4", "not valid TOML"),
        ("[a]\nsteps = 3\n[b]\nsteps = 4", "given twice"),
        ("steps = 'many'", "whole number"),
        ("steps = nan", "whole number"),
        ("learning-rate = inf", "finite"),
        ("steps =", "not valid TOML"),
        ("\x00", "not valid TOML"),
    ],
)
def test_a_wrong_file_is_explained(eloss, tmp_path, text, cause):
    file = tmp_path / "wrong.toml"
    file.write_text(text)
    answer = eloss("train", "gdm", "--config", str(file), "--show-config")
    assert answer.code == 2
    assert cause in answer.err
    assert "wrong.toml" in answer.err


def test_a_missing_or_unreadable_file_is_explained(eloss, tmp_path):
    assert eloss("train", "gdm", "--config", "none.toml").code == 2
    answer = eloss("train", "gdm", "--config", str(tmp_path))
    assert answer.code == 5
    assert str(tmp_path) in answer.err


def test_a_wrong_variable_is_named(eloss, monkeypatch):
    monkeypatch.setenv("ELOSS_TRAIN_STEPS", "few")
    answer = eloss("train", "gdm", "--show-config")
    assert answer.code == 2
    assert "ELOSS_TRAIN_STEPS" in answer.err


def test_what_no_run_can_have_is_refused(eloss):
    for words in (["--steps=1", "--epochs=1"], ["--precision=8"], ["--model-options=depth=3"]):
        answer = eloss("train", "gdm", "--show-config", *words)
        assert answer.code == 2, words
        assert answer.err.startswith("eloss: ")


def test_unset_settings_stand_as_comments(eloss):
    text = eloss("train", "gdm", "--show-config").out
    assert "\n# epochs =  # not set: passes over the data" in text
    assert text.count("\n# run\n") + text.startswith("# run\n") == 1
    assert "epochs" not in tomllib.loads(text)
