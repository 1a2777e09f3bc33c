"""Interrupts that wait while a change is being undone."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

HELD = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextmanager
def held() -> Iterator[None]:
    """SIGINT, SIGTERM and SIGHUP arrive after the block.

    The mask is this thread's alone. Where there are others, the system gives a signal to one of
    them, and Python would handle it here all the same: so the handlers are taken away as well.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    arrived: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        arrived.append(number)

    mask = signal.pthread_sigmask(signal.SIG_BLOCK, HELD)
    known = [number for number in HELD if signal.getsignal(number) is not None]
    handlers = {number: signal.signal(number, remember) for number in known}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        for late in dict.fromkeys(arrived):
            signal.raise_signal(late)
