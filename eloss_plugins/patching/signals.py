"""Interrupts that wait while a change is being undone."""

import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
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
        # Before the handlers: what waits is remembered, and nothing can leave the mask behind.
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        with ExitStack() as handlers_of_before:  # all of them, should one be called at once
            for number, handler in handlers.items():
                handlers_of_before.callback(signal.signal, number, handler)
        for late in dict.fromkeys(arrived):
            signal.raise_signal(late)
