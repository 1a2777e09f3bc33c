import os
import signal
import threading

import pytest

from eloss_plugins.trainers.signals import stop_on_signals


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_becomes_a_request(number):
    with stop_on_signals() as request:
        os.kill(os.getpid(), number)
        assert request.signal == number


@pytest.mark.parametrize("first", [signal.SIGINT, signal.SIGTERM])
def test_a_second_interrupt_is_immediate(first):
    with stop_on_signals():
        os.kill(os.getpid(), first)
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)


def test_usr1_asks_for_a_checkpoint():
    with stop_on_signals() as request:
        os.kill(os.getpid(), signal.SIGUSR1)
        assert (request.signal, request.save) == (0, True)


def test_handlers_come_back():
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGUSR1)
    before = [signal.getsignal(number) for number in numbers]
    with stop_on_signals():
        assert signal.getsignal(signal.SIGINT) != before[0]
    assert [signal.getsignal(number) for number in numbers] == before


def test_other_threads_install_nothing():
    seen = []

    def work():
        with stop_on_signals() as request:
            seen.append((request.signal, signal.getsignal(signal.SIGINT)))

    before = signal.getsignal(signal.SIGINT)
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == [(0, before)]
