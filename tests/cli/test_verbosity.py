"""What -q and -v leave out and add, and on which stream."""

import json
import logging
import subprocess
import sys

import pytest

from eloss_plugins import plugins

from .conftest import TINY
from .test_process import run

WORDS = (
    "train",
    "gdm",
    "--loss-plugin=energy",
    "--steps=2",
    "--data=bundled:heavy=1-2",
    *TINY,
    "--out=run",
)
RESULT = "Trained 2 steps; the run is in run\n"
BROKEN = "raise RuntimeError('of its own')"


@pytest.fixture
def eloss(eloss):
    """As a process of its own would do it: plugins are loaded anew."""

    def call(*words):
        plugins.forget()
        return eloss(*words)

    return call


def of_ours(answer) -> list[str]:
    return [line for line in answer.err.splitlines() if line.startswith("eloss_plugins.")]


def test_quiet_leaves_the_result(eloss):
    answer = eloss(*WORDS, "-q")
    assert (answer.out, answer.err) == (RESULT, "")


def test_without_flags_there_are_remarks_and_progress(eloss):
    answer = eloss(*WORDS)
    assert answer.out == RESULT
    assert "loss: energy (preset tuned" in answer.err
    assert "2/2 (100 %)" in answer.err
    assert of_ours(answer) == []


@pytest.mark.parametrize("flag", ["-v", "-vv"])
def test_verbose_says_what_is_used(eloss, flag):
    answer = eloss(*WORDS, flag)
    text = "\n".join(of_ours(answer))
    assert answer.out == RESULT
    assert "eloss_plugins.cli.settings: steps = 2 (command line)" in text
    assert "plugin `eloss-plugins:builtin` (version" in text
    assert "bundled:heavy=1-2: molecules: " in text
    assert " parameters on cpu in 32-true" in text
    assert "saved run/checkpoints/step-00000002.pt" in text


def test_verbose_leaves_json_alone(eloss):
    answer = eloss(*WORDS, "-v", "--json")
    assert json.loads(answer.out)["step"] == 2
    assert of_ours(answer)


@pytest.mark.parametrize(
    ("words", "levels"),
    [
        ((), set()),
        (("-v",), {"info"}),
        (("-vv",), {"info", "debug"}),
        (("-v", "-v"), {"info", "debug"}),
    ],
)
def test_libraries_are_heard_once_for_information_twice_for_all(eloss, monkeypatch, words, levels):
    def speak(arguments):
        for level in ("debug", "info"):
            getattr(logging.getLogger("some.package"), level)(f"this is {level}")
        return 0

    monkeypatch.setattr("eloss_plugins.cli.doctor.run", speak)
    answer = eloss("doctor", *words)
    assert answer.out == ""
    assert set(answer.err.splitlines()) == {f"some.package: this is {level}" for level in levels}


def test_verbose_before_and_after_the_command_is_the_same(eloss):
    assert eloss("-vv", "plugins").err == eloss("plugins", "-vv").err != eloss("plugins").err


def test_sampling_says_which_checkpoint_it_reads(eloss, run_folder):
    answer = eloss("sample", run_folder, "-n", "2", "-v")
    assert "read run/checkpoints/step-00000003.pt" in answer.err
    assert answer.out.startswith("2 molecules in run/samples.sdf")


def test_quiet_evaluation_prints_its_table_alone(eloss, run_folder):
    eloss("sample", run_folder, "-n", "2")
    loud, quiet = eloss("evaluate", run_folder), eloss("evaluate", run_folder, "-q")
    assert quiet.err == ""
    assert quiet.out == loud.out != ""
    assert "Compared with" in loud.err


@pytest.mark.filterwarnings("always")
def test_quiet_does_not_hide_errors_and_warnings(eloss, site):
    assert eloss("-q", "train", "gmd").err.startswith("eloss: ")
    site.add("acme", BROKEN)
    answer = eloss("plugins", "-q")
    assert answer.err == (
        "warning: Skipped plugin `acme:acme` (version 1.0): RuntimeError: of its own\n"
    )


def test_verbose_says_why_a_plugin_is_not_there(eloss, site):
    site.add("acme")
    answer = eloss("plugins", "-v", "--block-plugins=acme")
    assert "plugin `acme:acme` (version 1.0) was not loaded: it is blocked" in answer.err
    assert "plugin `acme:acme` (version 1.0): after_loss" in eloss("plugins", "-v").err


def test_followers_of_a_run_on_several_devices_repeat_nothing(eloss, monkeypatch):
    for name, value in {"RANK": "1", "LOCAL_RANK": "1", "WORLD_SIZE": "2"}.items():
        monkeypatch.setenv(name, value)
    assert eloss("plugins", "-v").err == ""
    assert "eloss_plugins.plugins.manager" in eloss("plugins", "-vv").err


def test_streams_of_the_process_hold_the_same():
    for words, is_loud in (("-q", False), ("-v", True), ("-vv", True)):
        done = run("plugins", "--json", words)
        assert "energy" in json.loads(done.stdout)["losses"]
        assert (b"eloss_plugins.plugins.manager: plugin" in done.stderr) == is_loud
        assert b"\x1b" not in done.stderr


def test_what_is_logged_stands_above_a_bar():
    code = (
        "import io, logging, sys\n"
        "from eloss_plugins.cli.main import _logging\n"
        "from eloss_plugins.progress import progress\n"
        "class Terminal(io.StringIO):\n"
        "    def isatty(self): return True\n"
        "sys.stderr = shown = Terminal()\n"
        "with _logging(1), progress('work', 2) as task:\n"
        "    logging.getLogger('some.package').info('a line')\n"
        "    task.advance(2)\n"
        "print([line.rstrip() for line in shown.getvalue().splitlines() if 'a line' in line])\n"
    )
    environment = {"TERM": "xterm", "NO_COLOR": "1", "COLUMNS": "100", "PATH": ""}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, env=environment)
    assert done.stdout.decode().strip().endswith("some.package: a line']"), done.stderr
