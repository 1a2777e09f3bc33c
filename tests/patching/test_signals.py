"""Interrupts while a change is being undone wait, whichever thread the system gives them to."""

import os
import select
import signal
import socket
import threading
from collections.abc import Callable, Iterator

import pytest

from eloss_plugins.patching.signals import HELD, held

PATIENCE = 60.0  # seconds, on a busy machine


@pytest.fixture(autouse=True)
def handlers() -> Iterator[None]:
    """As in a terminal, and as they were afterwards."""
    before = {number: signal.getsignal(number) for number in HELD}
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    assert signal.pthread_sigmask(signal.SIG_BLOCK, ()) == mask
    for number, handler in before.items():
        signal.signal(number, handler)


@pytest.fixture
def other_thread() -> Iterator[None]:
    """One that takes signals which the main thread has blocked."""
    end = threading.Event()
    thread = threading.Thread(target=end.wait)
    thread.start()
    yield
    end.set()
    thread.join()


def send_and_wait(number: int) -> None:
    """Send this process a signal, and wait until a thread has taken it."""
    reading, writing = socket.socketpair()
    with reading, writing:
        writing.setblocking(False)
        before = signal.set_wakeup_fd(writing.fileno())
        try:
            os.kill(os.getpid(), number)
            assert select.select([reading], [], [], PATIENCE)[0]
        finally:
            signal.set_wakeup_fd(before)


def interrupted(send: Callable[[int], None]) -> Iterator[str]:
    """What is reached when an interrupt is sent inside the block."""
    with held():
        send(signal.SIGINT)
        yield "the end of the block"
    yield "what comes after it"


def test_an_interrupt_arrives_after_the_block():
    steps = interrupted(signal.raise_signal)
    assert next(steps) == "the end of the block"
    with pytest.raises(KeyboardInterrupt):
        next(steps)


@pytest.mark.usefixtures("other_thread")
def test_one_that_another_thread_takes_arrives_after_the_block_too():
    steps = interrupted(send_and_wait)
    assert next(steps) == "the end of the block"
    with pytest.raises(KeyboardInterrupt):
        next(steps)


def test_after_an_interrupt_all_handlers_are_those_of_before():
    before = [signal.getsignal(number) for number in HELD]
    with pytest.raises(KeyboardInterrupt), held():
        signal.raise_signal(signal.SIGINT)
    assert [signal.getsignal(number) for number in HELD] == before


def test_many_are_one_and_each_kind_has_its_turn():
    seen = []
    signal.signal(signal.SIGTERM, lambda number, _: seen.append(number))
    signal.signal(signal.SIGHUP, lambda number, _: seen.append(number))
    with held():
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGTERM):
            signal.raise_signal(number)
        assert not seen
    assert sorted(seen) == sorted([signal.SIGTERM, signal.SIGHUP])


def test_in_another_thread_nothing_is_held():
    found = []

    def work() -> None:
        with held():
            found.append(signal.pthread_sigmask(signal.SIG_BLOCK, ()))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert not set(HELD) & found[0]
