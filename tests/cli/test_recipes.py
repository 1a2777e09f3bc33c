"""`--recipe` and `eloss recipes`: published settings, their sources, and who wins over them."""

import json
from pathlib import Path

import pytest

from eloss_plugins.cli.compare import plan_of, settings_of
from eloss_plugins.cli.main import build_parser
from eloss_plugins.cli.train_settings import TRAIN
from eloss_plugins.plugins import load
from eloss_plugins.recipes import RECIPES
from eloss_plugins.trainers.config import TrainConfig
from eloss_plugins.trainers.parts import find_trainer

CASES = [(name, trainer) for name, recipe in RECIPES.items() for trainer in recipe.trainers]
TRAINERS = ("gdm", "gdm-aug", "edm", "jodo", "flow")


def shown(eloss, *words) -> dict[str, dict]:
    answer = eloss("train", *words, "--show-config", "--json")
    assert answer.code == 0, answer.err
    return json.loads(answer.out)


@pytest.mark.parametrize("name", RECIPES)
def test_every_trainer_has_its_recipe(name):
    assert tuple(RECIPES[name].trainers) == TRAINERS


@pytest.mark.parametrize(("name", "trainer"), CASES)
def test_every_recipe_is_a_training_and_names_its_sources(name, trainer):
    settings = RECIPES[name].trainers[trainer]
    assert set(settings) <= {setting.key for setting in TRAIN}
    assert all(one.source for one in settings.values())
    fields = {key: one.value for key, one in settings.items() if key != "model_preset"}
    TrainConfig(trainer, **fields)
    if trainer in load().trainers.names():
        assert settings["model_preset"].value in find_trainer(trainer).presets


@pytest.mark.parametrize(
    ("name", "trainer", "numbers"),
    [
        ("paper-qm9", "gdm", {"batch_size": 512, "epochs": 3000, "ema_decay": 0.9999}),
        ("paper-qm9", "gdm-aug", {"batch_size": 512, "epochs": 3000, "ema_decay": 0.9999}),
        ("paper-qm9", "edm", {"batch_size": 400, "epochs": 3000, "ema_decay": 0.9999}),
        ("paper-qm9", "jodo", {"batch_size": 128, "warmup": 100_000, "ema_decay": 0.999}),
        ("paper-geom", "gdm-aug", {"batch_size": 128, "epochs": 13, "ema_decay": 0.9999}),
        ("paper-geom", "jodo", {"batch_size": 16, "warmup": 100_000, "steps": 1_500_000}),
    ],
)
def test_numbers_are_the_published_ones(name, trainer, numbers):
    settings = RECIPES[name].trainers[trainer]
    assert {key: settings[key].value for key in numbers} == numbers


def test_everything_is_shown_with_its_source(eloss):
    found = shown(eloss, "gdm", "--loss-plugin=energy", "--recipe=paper-qm9")
    paper = "recipe paper-qm9: arXiv 2511.02087, C.2.1"
    assert found["batch_size"] == {"value": 512, "origin": paper}
    assert found["layers"]["value"] == 9
    assert found["learning_rate"] == {"value": 4e-4, "origin": "tuned: arXiv 2511.02087, table 6"}
    assert found["loss_options"]["value"] == "preset=tuned"
    assert found["loss_options"]["origin"].endswith("arXiv 2511.02087, table 6")


def test_what_the_user_says_wins(eloss):
    words = ("--recipe=paper-qm9", "--steps=7", "--batch-size=3", "--model-preset=tiny")
    found = shown(eloss, "edm", "--loss-plugin=energy", "--data=bundled-tiny", *words)
    values = {key: one["value"] for key, one in found.items()}
    assert (values["steps"], values["epochs"], values["batch_size"]) == (7, None, 3)
    assert (values["layers"], values["data"], values["ema_decay"]) == (2, "bundled-tiny", 0.9999)


@pytest.mark.parametrize(
    ("options", "taken", "rate"),
    [
        ("stiffness=inverse", "preset=tuned,stiffness=inverse", 7e-4),
        ("weight=2", "preset=tuned,weight=2", 4e-4),
        ("preset=paper", "preset=paper", 4e-4),
        ("stiffness=morse", "stiffness=morse", 1e-3),
    ],
)
def test_options_go_on_top_of_the_tuned_ones_of_the_law_at_hand(eloss, options, taken, rate):
    words = ("--loss-plugin=energy", f"--loss-options={options}", "--recipe=paper-qm9")
    found = shown(eloss, "gdm", *words)
    assert (found["loss_options"]["value"], found["learning_rate"]["value"]) == (taken, rate)


def test_a_comparison_takes_a_recipe(eloss):
    words = ["compare", "gdm", "--losses=mse,energy", "--recipe=paper-qm9", "--epochs=2"]
    settings = plan_of(settings_of(build_parser().parse_args(words))).common.settings
    assert settings == {
        "data": "qm9",
        "epochs": 2,
        "model_preset": "paper-qm9",
        "batch_size": 512,
        "ema_decay": 0.9999,
    }


def test_a_search_takes_a_recipe():
    from eloss_plugins.cli import sweep
    from eloss_plugins.cli.sweeping.planning import plan_of as searched

    words = ["sweep", "edm", "--loss-plugin=energy", "--recipe=paper-qm9", "--steps=50"]
    found = sweep.settings_of(build_parser().parse_args(words))
    plan = searched({key: origin.value for key, origin in found.items()})
    assert plan.common.settings["batch_size"] == 400
    assert plan.starts == ({"learning_rate": 1e-4, "weight": 0.05},)
    assert plan.steps == 50


def test_a_run_made_with_a_recipe_goes_on(eloss):
    small = ("--model-preset=tiny", "--data=bundled-tiny", "--batch-size=4", "--valid-molecules=0")
    words = ("train", "gdm", "--recipe=paper-qm9", "--out=run", *small, "--accelerator=cpu")
    assert eloss(*words, "--steps=1").code == 0
    assert eloss("train", "gdm", "--out=run", "--resume", "--steps=2").code == 0
    assert json.loads(Path("run/config.json").read_text())["config"]["ema_decay"] == 0.9999


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["gdm", "--recipe=papre-qm9"], "Did you mean paper-qm9?"),
        (["x", "--recipe=paper-qm9"], "x"),
    ],
)
def test_what_there_is_no_recipe_for_is_refused(eloss, words, cause):
    answer = eloss("train", *words, "--show-config")
    assert answer.code == 2
    assert cause in answer.err


def test_the_list_has_recipes_and_tuned_values_with_their_sources(eloss):
    text = eloss("recipes").out
    assert all(name in text for name in RECIPES)
    assert "0.0007, 0.05" in text
    found = json.loads(eloss("recipes", "--json").out)
    rows = {(row["trainers"][0], row["entry"]): row for row in found["tuned"]}
    assert rows["edm", "inverse-square"]["weight"] == 0.1
    assert rows["gdm", "mse"]["source"] == "arXiv 2511.02087, table 6"
    assert rows["gdm", "lennard-jones"]["source"].endswith("best_hyperparams.yaml")


def test_one_recipe_is_shown_by_trainer(eloss):
    assert "batch-size    400        arXiv 2511.02087, C.2.1" in eloss("recipes", "paper-qm9").out
    found = json.loads(eloss("recipes", "paper-geom", "--json").out)
    assert found["trainers"]["gdm-aug"]["epochs"]["value"] == 13
    assert eloss("recipes", "paper").code == 2
