"""Interrupts that must not be lost: an import may swallow the exception that a signal raises."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_asked = threading.Event()


@contextmanager
def remembered() -> Iterator[None]:
    """SIGINT raises KeyboardInterrupt as always, and is remembered for `raise_if_asked`."""

    def interrupt(number: int, frame: FrameType | None) -> None:
        _asked.set()
        raise KeyboardInterrupt

    _asked.clear()
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield
        return
    signal.signal(signal.SIGINT, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def raise_if_asked() -> None:
    """Raise KeyboardInterrupt again where one was raised and got lost."""
    if _asked.is_set():
        raise KeyboardInterrupt


def cause_of(error: BaseException) -> BaseException:
    """KeyboardInterrupt where an interrupt broke something off, an import say; else `error`."""
    return KeyboardInterrupt() if _asked.is_set() else error
