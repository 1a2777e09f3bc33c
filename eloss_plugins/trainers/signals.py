"""Stopping a run at a step's end when the user or the batch system asks for it."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from types import FrameType

EXIT_CODES = {int(signal.SIGINT): 130, int(signal.SIGTERM): 143, int(signal.SIGHUP): 129}


class StopRequest:
    """What has been asked for so far."""

    def __init__(self) -> None:
        self.signal = 0  # number of the signal that asked to stop; 0 for none
        self.save = False  # a checkpoint is wanted, the run goes on


@contextmanager
def stop_on_signals() -> Iterator[StopRequest]:
    """Turn SIGINT, SIGTERM and SIGHUP into a request to stop, SIGUSR1 into a request to save.

    SIGHUP stays ignored where it is, which is what `nohup` does.
    A SIGINT after either raises KeyboardInterrupt at once. The handlers that were there before come
    back at the end. Signals can be handled in the main thread only: elsewhere nothing is
    installed, and the request stays empty.
    """
    request = StopRequest()
    if threading.current_thread() is not threading.main_thread():
        yield request
        return
    handlers = {signal.SIGINT: _stop, signal.SIGTERM: _stop, signal.SIGUSR1: _save}
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        handlers[signal.SIGHUP] = _stop
    before = {number: signal.getsignal(number) for number in handlers}
    for number, handler in handlers.items():
        signal.signal(number, partial(handler, request))
    try:
        yield request
    finally:
        for number, old in before.items():
            signal.signal(number, old if old is not None else signal.SIG_DFL)


def _stop(request: StopRequest, number: int, _frame: FrameType | None) -> None:
    if number == signal.SIGINT and request.signal:
        raise KeyboardInterrupt
    request.signal = request.signal or number


def _save(request: StopRequest, _number: int, _frame: FrameType | None) -> None:
    request.save = True
