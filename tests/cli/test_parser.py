import pytest

from eloss_plugins.cli import main as module
from eloss_plugins.cli.parser import Parser, unknown

USAGE = 2


def test_without_words_a_short_help_and_a_usage_error(eloss):
    answer = eloss()
    assert answer.code == USAGE
    assert answer.out == ""
    assert "usage: eloss" in answer.err
    assert len(answer.err.splitlines()) <= 36


@pytest.mark.parametrize("words", [["--help"], ["train", "--help"], ["compare", "-h"]])
def test_help_is_an_answer(eloss, words):
    answer = eloss(*words)
    assert (answer.code, answer.err) == (0, "")
    assert "usage: eloss" in answer.out


@pytest.mark.parametrize("width", ["0", "1", "20", "nonsense"])
def test_help_survives_any_width(eloss, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", width)
    assert "usage" in eloss("train", "--help").out


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (["train", "gdm", "--stpes", "3"], "Did you mean --steps?"),
        (["trian", "gdm"], "Did you mean train?"),
        (["train", "gdm", "--accelerator=cpu", "--lr", "1"], "--help"),
        (["--verison"], "Did you mean --version?"),
        (["sample", "x", "--accelerator", "gpuu"], "Did you mean gpu?"),
    ],
)
def test_what_is_unknown_gets_the_closest_known(eloss, words, hint):
    answer = eloss(*words)
    assert answer.code == USAGE
    assert hint in answer.err


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (["train", "gdm", "--steps", "1", "--steps", "2"], "given twice"),
        (["train", "gdm", "--resume", "--resume"], "given twice"),
        (["train", "gdm", "--steps"], "expected one argument"),
        (["train", "gdm", "edm"], "one word too many"),
        (["--quiet"], "a command is missing"),
        (["train", "gdm", "--ste", "3"], "unknown flag"),
    ],
)
def test_wrong_words_are_explained(eloss, words, cause):
    answer = eloss(*words)
    assert answer.code == USAGE
    assert cause in answer.err
    assert "--help`" in answer.err
    assert len(answer.err.splitlines()) <= 6
    assert answer.out == ""


def test_what_is_needed_may_stand_in_two_places_and_stood_in_none(eloss):
    for words, missing in ((["train"], "MODEL"), (["compare", "gdm"], "--losses")):
        answer = eloss(*words)
        assert answer.code == USAGE
        assert f"missing: {missing}. Give it on the command line or in --config" in answer.err


def test_flags_of_output_stand_before_or_after_the_command(eloss):
    assert eloss("-q", "plugins").err == eloss("plugins", "-q").err == ""


def test_a_double_dash_ends_the_flags(eloss):
    answer = eloss("sample", "--", "--steps")
    assert answer.code == USAGE
    assert "no such folder: --steps" in answer.err


@pytest.mark.parametrize(
    "word", ["", "\0", "é" * 9, "\x1b[31m", "x" * 10_000, "\udcff", "--=", "-"]
)
def test_odd_words_are_errors_that_can_be_printed(eloss, word):
    for words in ([word], ["train", word], ["train", "gdm", "--out", word, "--show-config=x"]):
        answer = eloss(*words)
        assert answer.code == USAGE
        assert "\x1b" not in answer.err
        assert len(answer.err) < 1500


def test_a_word_is_data_and_never_evaluated(eloss, tmp_path):
    hostile = f"__import__('pathlib').Path('{tmp_path / 'made'}').touch()"
    for flag in ("--steps", "--learning-rate", "--clip", "--model-options", "--loss-options"):
        assert eloss("train", "gdm", flag, hostile, "--show-config").code == USAGE
    assert not (tmp_path / "made").exists()


def test_version_names_the_packages(eloss):
    answer = eloss("--version")
    assert answer.code == 0
    assert [line.split()[0] for line in answer.out.splitlines()] == [
        *("eloss-plugins", "python", "torch", "rdkit"),
    ]


def test_every_command_has_the_common_interface():
    for command in module.commands():
        parser = Parser(prog=command.NAME)
        command.configure(parser)
        assert command.SUMMARY.endswith(".")
        assert callable(command.run)


def test_a_far_name_gets_no_hint():
    assert unknown("flag", "--zzz", ["--steps"]) == "unknown flag '--zzz'. Known: --steps."
