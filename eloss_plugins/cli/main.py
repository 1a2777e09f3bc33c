"""The `eloss` command: find the sub-command, run it, turn errors into exit codes."""

import argparse
import logging
import os
import signal
import sys
import threading
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from types import FrameType
from typing import Protocol, cast

from eloss_plugins.cli import failures, flags, interrupts
from eloss_plugins.cli.output import emit, warn
from eloss_plugins.cli.parser import Finished, Parser, unknown
from eloss_plugins.cli.plugin_choice import plugins_chosen
from eloss_plugins.cli.values import shown
from eloss_plugins.errors import UsageError
from eloss_plugins.progress import quiet
from eloss_plugins.terminal import write_line
from eloss_plugins.trainers.processes.surroundings import is_follower, python, started_by

COMMANDS = (
    "train",
    "sample",
    "evaluate",
    "checkpoint",
    "compare",
    "sweep",
    "patch",
    "vendor",
    "data",
    "graph",
    "bench",
    "shapes",
    "spins",
    "recipes",
    "plugins",
    "doctor",
)
DESCRIPTION = "Energy losses for 3D molecular generative models."
EPILOG = "Start with: eloss train gdm --loss-plugin energy --steps 200"


class Command(Protocol):
    """What a module of a command offers."""

    NAME: str
    SUMMARY: str
    configure: Callable[[Parser], None]
    run: Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    """Run `eloss` with the words `argv` (those of the process by default).

    Returns:
        The exit code: 0 done, 1 negative answer, 2 usage, 3 refused and nothing changed,
        4 recover first, 5 environment, 70 a defect in eloss, 129, 130 and 143 after SIGHUP,
        SIGINT and SIGTERM.
    """
    words = list(sys.argv[1:] if argv is None else argv)
    with _signals_as_exceptions(), interrupts.remembered(), _warnings_as_lines():
        try:
            code = _run(words)
            _flush()
        except Finished:
            return 0
        except BrokenPipeError:
            return _reader_has_gone()
        except (Exception, KeyboardInterrupt, failures.Terminated) as error:
            return _answer(interrupts.cause_of(error), words)
    return code


def commands() -> list[Command]:
    """The modules of all commands, in the order of the help."""
    return [cast(Command, import_module(f"eloss_plugins.cli.{name}")) for name in COMMANDS]


def build_parser() -> Parser:
    """The parser of `eloss` with one sub-parser a command."""
    parser = Parser(prog="eloss", description=DESCRIPTION, epilog=EPILOG)
    parser.add_argument("--version", action="store_true", help="print versions and exit")
    flags.add_common(parser)
    below = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", parser_class=Parser
    )
    for command in commands():
        child = below.add_parser(command.NAME, help=command.SUMMARY, description=command.SUMMARY)
        command.configure(child)
        flags.add_common(child)
        child.set_defaults(run=command.run, parser=child)
    return parser


def _run(words: list[str]) -> int:
    parser = build_parser()
    if not words:
        write_line(sys.stderr, parser.format_help().rstrip())
        return UsageError.exit_code
    arguments, unrecognized = parser.parse_known_args(words)
    if arguments.version:
        return _version()
    _refuse_unrecognized(arguments, unrecognized, parser)
    with (
        quiet(getattr(arguments, "quiet", False)),
        _logging(getattr(arguments, "verbose", 0)),
        plugins_chosen(arguments),
        started_by([*python(), "-m", "eloss_plugins.cli", *words]),
    ):
        return int(arguments.run(arguments))


def _refuse_unrecognized(
    arguments: argparse.Namespace, unrecognized: list[str], parser: Parser
) -> None:
    at: Parser = getattr(arguments, "parser", parser)
    if unrecognized:
        first = unrecognized[0]
        if first.startswith("-") and len(first) > 1:
            at.error(unknown("flag", first.partition("=")[0], at.flags()))
        at.error(f"one word too many: {shown(first)}.")
    if arguments.command is None:
        at.error(f"a command is missing. Known: {', '.join(COMMANDS)}.")


def _version() -> int:
    from importlib.metadata import PackageNotFoundError, version

    from eloss_plugins import __version__

    emit(f"eloss-plugins {__version__}")
    emit(f"python {sys.version.split()[0]}")
    for name in ("torch", "rdkit"):
        try:
            emit(f"{name} {version(name)}")
        except PackageNotFoundError:
            emit(f"{name} is not installed")
    _flush()
    return 0


def _answer(error: BaseException, words: list[str]) -> int:
    try:
        return failures.answer(error, debug="--debug" in words, as_json=_wants_json(words))
    except BrokenPipeError:
        _reader_has_gone()
        return failures.exit_code(error)


def _wants_json(words: list[str]) -> bool:
    """Whether standard output belongs to JSON; `--json FILE` leaves it to people."""
    if "--json=-" in words:
        return True
    if "--json" not in words:
        return False
    following = words[words.index("--json") + 1 :][:1]
    return "evaluate" not in words or not following or following[0].startswith("-")


def _flush() -> None:
    if sys.stdout is not None:
        sys.stdout.flush()


def _reader_has_gone() -> int:
    """`eloss ... | head` is no error; the interpreter must not flush to the closed pipe again."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        pass
    finally:
        os.close(nowhere)
    return 0


@contextmanager
def _signals_as_exceptions() -> Iterator[None]:
    """SIGTERM raises `Terminated`; the handler of before comes back afterwards."""

    def terminate(number: int, frame: FrameType | None) -> None:
        raise failures.Terminated

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, terminate)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


class _ToStandardError(logging.Handler):
    """Writes where standard error is at that moment: above a bar while there is one."""

    def emit(self, record: logging.LogRecord) -> None:
        """Show one record."""
        write_line(sys.stderr, self.format(record))


@contextmanager
def _logging(verbosity: int) -> Iterator[None]:
    """`-v` shows what is logged as information, by us and by libraries; `-vv` all that is."""
    if not verbosity or (verbosity == 1 and is_follower()):
        yield
        return
    root, level = logging.getLogger(), logging.root.level
    handler = _ToStandardError()
    handler.setFormatter(logging.Formatter("%(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO if verbosity == 1 else logging.DEBUG)
    try:
        yield
    finally:
        root.removeHandler(handler)
        root.setLevel(level)


@contextmanager
def _warnings_as_lines() -> Iterator[None]:
    """Warnings are sentences for the user, not source lines."""

    def show(message: Warning | str, *_: object, **__: object) -> None:
        warn(str(message))

    with warnings.catch_warnings():
        warnings.showwarning = show
        yield


if __name__ == "__main__":
    sys.exit(main())
