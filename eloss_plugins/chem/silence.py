"""RDKit's own log, silenced for a while.

A generated molecule that is not valid is a result and not an incident, but RDKit writes a line
about each to standard error, from C++, where Python's logging does not reach.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock

from rdkit import rdBase

_lock = Lock()
_depth = 0
_block: rdBase.BlockLogs | None = None


@contextmanager
def silence() -> Iterator[None]:
    """No message of RDKit reaches standard error inside; afterwards the log is as it was.

    May be nested, and entered by several threads: RDKit's switch is one for the whole process, so
    the first to enter turns the log off and the last to leave turns it on again.
    """
    _enter()
    try:
        yield
    finally:
        _leave()


def _enter() -> None:
    global _depth, _block
    with _lock:
        if _depth == 0:
            _block = rdBase.BlockLogs()
        _depth += 1


def _leave() -> None:
    global _depth, _block
    with _lock:
        _depth -= 1
        if _depth == 0:
            _block = None
