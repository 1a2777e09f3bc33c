"""Progress on standard error: a bar on a terminal, plain timestamped lines anywhere else."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import IO, TYPE_CHECKING, Any, Protocol

from eloss_plugins.terminal import can_redraw, columns, duration, wants_colour, write_line

if TYPE_CHECKING:
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

PLAIN_INTERVAL_SECONDS = 10.0
NARROWEST_BAR = 50  # below this many columns a bar leaves no room for its numbers

_quiet: ContextVar[bool] = ContextVar("eloss_progress_quiet", default=False)
_outer: ContextVar["_Bar | None"] = ContextVar("eloss_progress_outer", default=None)

Field = float | int | str


class Progress(Protocol):
    """What a long task reports to."""

    def advance(self, n: int = 1, **fields: Field) -> None:
        """`n` more units are done; `fields` are shown beside the count until replaced."""

    def say(self, text: str) -> None:
        """Show one line that stays."""


@contextmanager
def quiet(on: bool = True) -> Iterator[None]:
    """Inside, progress and notes are not shown."""
    token = _quiet.set(on)
    try:
        yield
    finally:
        _quiet.reset(token)


def is_quiet() -> bool:
    """True inside `quiet()`."""
    return _quiet.get()


@contextmanager
def progress(
    label: str,
    total: int | None,
    *,
    start: int = 0,
    hidden: bool = False,
    stream: IO[str] | None = None,
    interval: float = PLAIN_INTERVAL_SECONDS,
) -> Iterator[Progress]:
    """A display for a task of `total` units (None when unknown) of which `start` are done.

    It goes to `stream` (standard error): a bar if that is a capable terminal, else one line at
    most every `interval` seconds without carriage returns or escape codes. A `hidden` one shows
    nothing, as on every rank but the first.

    Example:
        >>> with progress("training", 1000) as task:
        ...     task.advance(10, loss=0.25)
    """
    target = stream if stream is not None else sys.stderr
    outer = _outer.get()
    if hidden or _quiet.get() or target is None:
        yield _Silent()
    elif outer is not None:
        yield _Inner(outer)
    elif _can_draw(target):
        with _bar(label, total, start, target) as bar:
            yield bar
    else:
        lines = _Lines(label, total, start, target, interval)
        lines.opening()
        try:
            yield lines
        finally:
            lines.closing()


def _can_draw(stream: IO[str]) -> bool:
    return can_redraw(stream) and columns() >= NARROWEST_BAR


def _show(fields: dict[str, Field]) -> str:
    shown = (f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in fields.items())
    return " ".join(shown)


class _Silent:
    def advance(self, n: int = 1, **fields: Field) -> None:
        return

    def say(self, text: str) -> None:
        return


class _Inner(_Silent):
    """A task inside a task that is drawn: two bars would overwrite each other."""

    def __init__(self, outer: "_Bar") -> None:
        self._outer = outer

    def say(self, text: str) -> None:
        self._outer.say(text)


class _Lines:
    def __init__(
        self, label: str, total: int | None, start: int, stream: IO[str], interval: float
    ) -> None:
        self._label, self._total, self._stream, self._interval = label, total, stream, interval
        self._start = self._done = start
        self._fields: dict[str, Field] = {}
        self._began = self._last = time.monotonic()

    def advance(self, n: int = 1, **fields: Field) -> None:
        self._done += n
        self._fields.update(fields)
        if time.monotonic() - self._last >= self._interval:
            self._report()

    def say(self, text: str) -> None:
        for line in text.splitlines() or [""]:
            write_line(self._stream, f"{time.strftime('%H:%M:%S')} {line}")

    def opening(self) -> None:
        of = "" if self._total is None else f" of {self._total}"
        self.say(f"{self._label}: starts at {self._start}{of}" if self._start else self._label)

    def closing(self) -> None:
        if self._done > self._start:
            self._report()

    def _report(self) -> None:
        self._last = time.monotonic()
        parts = (self._count(), self._pace(), _show(self._fields))
        self.say(f"{self._label}: {', '.join(part for part in parts if part)}")

    def _count(self) -> str:
        if not self._total:
            return str(self._done)
        return f"{self._done}/{self._total} ({100 * self._done / self._total:.0f} %)"

    def _pace(self) -> str:
        elapsed = max(self._last - self._began, 1e-9)
        rate = (self._done - self._start) / elapsed
        if not self._total or self._done >= self._total or rate == 0:
            return f"{duration(elapsed)} so far"
        return f"{rate:.3g}/s, {duration((self._total - self._done) / rate)} left"


class _Bar:
    def __init__(self, rich: "RichProgress", task: "TaskID") -> None:
        self._rich, self._task = rich, task
        self._fields: dict[str, Field] = {}

    def advance(self, n: int = 1, **fields: Field) -> None:
        self._fields.update(fields)
        self._rich.update(self._task, advance=n, shown=_show(self._fields))

    def say(self, text: str) -> None:
        self._rich.console.print(text, markup=False, highlight=False)


@contextmanager
def _bar(label: str, total: int | None, start: int, stream: IO[str]) -> Iterator[_Bar]:
    from rich.console import Console
    from rich.progress import Progress as RichProgress

    width = columns()
    colours: dict[str, Any] = {} if wants_colour(stream) else {"color_system": None}
    console = Console(file=stream, width=width, **colours)
    with RichProgress(*_columns_of_bar(width), console=console) as rich:
        task = rich.add_task(label, total=total, completed=start, shown="")
        bar = _Bar(rich, task)
        token = _outer.set(bar)
        try:
            yield bar
        finally:
            _outer.reset(token)


def _columns_of_bar(width: int) -> list[Any]:
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

    parts = [
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=max(8, min(40, width // 4))),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
    ]
    return [*parts, TextColumn("{task.fields[shown]}", markup=False)] if width >= 80 else parts
