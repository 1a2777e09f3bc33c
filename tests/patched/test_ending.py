"""Errors in a patched trainer: one sentence and an exit code, no traceback."""

import threading

import pytest

from eloss_plugins.errors import EnvironmentProblem, Refused, UsageError
from eloss_plugins.patched.ending import one_sentence, say


@pytest.mark.parametrize(("kind", "code"), [(UsageError, 2), (Refused, 3), (EnvironmentProblem, 5)])
def test_errors_end_the_process_with_their_code(capsys, kind, code):
    with pytest.raises(SystemExit) as end, one_sentence():
        raise kind("expected this;\n  got that")
    assert end.value.code == code
    assert capsys.readouterr() == ("", "eloss: expected this; got that\n")


def test_defects_keep_their_traceback():
    with pytest.raises(ZeroDivisionError), one_sentence():
        raise ZeroDivisionError


def test_other_threads_keep_the_exception():
    found = []

    def work():
        try:
            with one_sentence():
                raise UsageError("no")
        except UsageError as error:
            found.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert len(found) == 1


def test_what_is_said_is_told_from_the_trainers_own_words(capsys):
    say("weight=1")
    assert capsys.readouterr().out == "eloss: weight=1\n"
