"""RDKit writes to the file descriptor itself, so that is where these tests look."""

import threading

import pytest
from rdkit import Chem

from eloss_plugins.chem.silence import silence


def complain() -> None:
    Chem.MolFromSmiles("C(C)(C)(C)(C)C")


def test_nothing_is_written_inside(capfd):
    with silence():
        complain()
    assert capfd.readouterr().err == ""


def test_log_speaks_again_afterwards(capfd):
    with silence():
        pass
    complain()
    assert "valence" in capfd.readouterr().err


def test_inner_exit_does_not_end_the_outer_silence(capfd):
    with silence():
        with silence():
            pass
        complain()
    assert capfd.readouterr().err == ""


def test_error_inside_restores_the_log(capfd):
    with pytest.raises(KeyError), silence():
        raise KeyError
    complain()
    assert "valence" in capfd.readouterr().err


def test_first_thread_to_leave_does_not_wake_the_log_for_the_other(capfd):
    entered, left = threading.Event(), threading.Event()

    def other() -> None:
        with silence():
            entered.set()
            left.wait(5)
            complain()

    thread = threading.Thread(target=other)
    with silence():
        thread.start()
        entered.wait(5)
    left.set()
    thread.join()
    assert capfd.readouterr().err == ""
