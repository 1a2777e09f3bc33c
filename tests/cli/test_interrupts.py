import os
import signal
from contextlib import suppress

import pytest

from eloss_plugins.cli.interrupts import cause_of, raise_if_asked, remembered


def test_an_interrupt_that_was_swallowed_is_raised_again():
    with remembered():
        with suppress(KeyboardInterrupt):  # as an import may do
            os.kill(os.getpid(), signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            raise_if_asked()


def test_nothing_is_raised_without_an_interrupt_and_the_handler_comes_back():
    before = signal.getsignal(signal.SIGINT)
    with remembered():
        raise_if_asked()
    assert signal.getsignal(signal.SIGINT) is before


def test_what_an_interrupt_broke_off_counts_as_the_interrupt():
    with remembered():
        assert isinstance(cause_of(ImportError()), ImportError)
        with suppress(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
        assert isinstance(cause_of(ImportError()), KeyboardInterrupt)
