"""From an error that is the user's to mend to one sentence and the end of the process."""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from eloss_plugins.errors import ElossError
from eloss_plugins.terminal import write_line


def say(text: str) -> None:
    """Print one line, told from the trainer's own."""
    write_line(sys.stdout, f"eloss: {text}")


@contextmanager
def one_sentence(*, aloud: bool = True) -> Iterator[None]:
    """Within the block, an error of ours ends the process with its exit code and no traceback.

    In another thread, as DataParallel has them, it stays an exception: there an exit would end
    the thread alone, and the trainer brings exceptions back to the main thread by itself.

    Args:
        aloud: print the sentence; of several processes that end together, one does.
    """
    try:
        yield
    except ElossError as error:
        if threading.current_thread() is not threading.main_thread():
            raise
        if aloud:
            write_line(sys.stderr, f"eloss: {' '.join(str(error).split())}")
        raise SystemExit(error.exit_code) from None
