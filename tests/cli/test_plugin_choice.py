import json
import os
import subprocess
import sys

import pytest

from eloss_plugins import host
from eloss_plugins.cli.comparison import contest
from eloss_plugins.cli.main import COMMANDS, build_parser
from eloss_plugins.cli.runs.pool import environment

from .test_docs import flags_of, parsers

FLAGS = {"--allow-plugins", "--block-plugins"}
LOADS_NONE = {"bench", "data", "evaluate", "graph", "recipes"}


@pytest.fixture(autouse=True)
def _two_plugins(site):
    site.add_loss("acme", "one", module="first_module")
    site.add_loss("other-dist", "two", module="second_module")


def losses(answer) -> set[str]:
    return set(json.loads(answer.out)["losses"]) & {"one", "two"}


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ([], {"one", "two"}),
        (["--block-plugins=acme"], {"two"}),
        (["--block-plugins", "First-Module, other_dist"], set()),
        (["--block-plugins=acme:first_module"], {"two"}),
        (["--allow-plugins=acme"], {"one"}),
        (["--allow-plugins=acme,other-dist", "--block-plugins=acme"], {"two"}),
    ],
)
def test_flags_select_as_the_variables_do(eloss, words, expected):
    assert losses(eloss("plugins", "--json", *words)) == expected


def test_a_flag_replaces_its_variable_and_no_other(eloss, monkeypatch):
    monkeypatch.setenv("ELOSS_PLUGINS_BLOCK", "acme")
    assert losses(eloss("plugins", "--json", "--block-plugins=other-dist")) == {"one"}
    assert losses(eloss("plugins", "--json", "--allow-plugins=acme")) == set()


def test_the_variables_come_back_after_success_and_failure(eloss, monkeypatch):
    monkeypatch.setenv("ELOSS_PLUGINS_BLOCK", "acme")
    before = dict(os.environ)
    assert eloss("plugins", "--block-plugins=other-dist", "--allow-plugins=acme").code == 0
    assert eloss("plugins", "nothing", "--allow-plugins=acme").code == 2
    assert dict(os.environ) == before
    assert losses(eloss("plugins", "--json")) == {"two"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_that_loads_plugins_has_the_flags(command):
    assert (flags_of(parsers()[command]) >= FLAGS) != (command in LOADS_NONE)


def test_a_blocked_plugin_that_is_asked_for_names_the_flag(eloss):
    words = ("--loss-plugin=acme:one", "--block-plugins=acme", "--steps=1")
    answer = eloss("train", "gdm", *words)
    assert answer.code == 3
    assert "it is blocked (--block-plugins or ELOSS_PLUGINS_BLOCK)" in answer.err


def test_a_blocked_plugin_is_not_imported(eloss):
    assert eloss("plugins", "--block-plugins=acme").code == 0
    assert "first_module" not in sys.modules
    assert "second_module" in sys.modules


@pytest.mark.parametrize("flag", sorted(FLAGS))
def test_a_name_of_no_plugin_gets_the_closest(eloss, flag):
    answer = eloss("plugins", flag, "acem")
    assert answer.code == 2
    assert "Unknown plugin `acem`" in answer.err
    assert "Did you mean `acme`?" in answer.err


@pytest.mark.parametrize("words", ["--block-plugins=", "--block-plugins=a,,b", "--allow-plugins"])
def test_a_flag_without_names_is_a_usage_error(eloss, words):
    assert eloss("plugins", words).code == 2


def test_runs_of_a_comparison_load_what_the_comparison_does(eloss, site, monkeypatch):
    seen = []

    def run_all(jobs, workers, logs, label):
        chain = [sys.executable, "-m", "eloss_plugins.cli.runs.chain"]
        variables = environment(1) | {"PYTHONPATH": str(site.path)}
        words = [*chain, json.dumps([["plugins", "--json"]])]
        seen.append(subprocess.run(words, env=variables, capture_output=True, check=True).stdout)
        return []

    monkeypatch.setattr(contest, "run_all", run_all)
    eloss("compare", "gdm", "--losses=mse", "--steps=1", "--block-plugins=acme")
    assert set(json.loads(seen[0])["losses"]) & {"one", "two"} == {"two"}


def test_observers_are_those_of_the_choice(eloss, site, monkeypatch):
    code = "from eloss_plugins import hookimpl\nsteps = []\n"
    site.add("watcher", code + "@hookimpl\ndef after_loss(step): steps.append(step)\n")
    host.after_loss("gdm", 1, {})
    monkeypatch.setattr(
        "eloss_plugins.cli.doctor.run", lambda arguments: host.after_loss("gdm", 2, {}) or 0
    )
    assert eloss("doctor", "--block-plugins=watcher").code == 0
    host.after_loss("gdm", 3, {})
    assert sys.modules["watcher"].steps == [1, 3]


@pytest.mark.parametrize(
    "words", [["--allow-plugins=acme", "list"], ["list", "--allow-plugins=acme"]]
)
def test_flags_stand_before_or_after_an_action(words):
    assert build_parser().parse_args(["patch", *words]).allow_plugins == ("acme",)
