"""From an exception to one sentence and an exit code."""

import errno
import os
import sys
import time
import traceback
from pathlib import Path

from eloss_plugins.cli.output import emit_json
from eloss_plugins.errors import ElossError, Refused, UsageError
from eloss_plugins.terminal import write_line
from eloss_plugins.trainers.processes import surroundings
from eloss_plugins.trainers.processes.surroundings import is_follower

INTERNAL, INTERRUPTED, TERMINATED, ENVIRONMENT = 70, 130, 143, 5
KEPT_LOGS = 10
LONGEST_MESSAGE = 6  # lines
CPU_MEMORY = "DefaultCPUAllocator"  # in what torch says where the machine's memory is too small
LONGEST_REFUSAL = 200  # lines: a refusal lists everything that stands in the way
INSTALLED_WITH = {"rdkit": "rdkit", "e3nn": "e3nn", "torch_scatter": "eloss-plugins[scatter]"}


class Terminated(BaseException):
    """SIGTERM arrived."""


def answer(error: BaseException, *, debug: bool, as_json: bool) -> int:
    """Tell the user about `error`; return the exit code.

    Of several processes that train together, the first tells what all have met.
    """
    code = exit_code(error)
    if is_follower() and _is_of_all(error, code):
        return code
    if debug:
        write_line(sys.stderr, "".join(traceback.format_exception(error)).rstrip())
    message = sentence(error, code)
    if as_json:
        kind = type(error).__name__
        emit_json({"error": {"kind": kind, "message": message, "exit_code": code}})
    write_line(sys.stderr, f"{_who()}: {message}")
    return code


def _is_of_all(error: BaseException, code: int) -> bool:
    """Whether the first process of a run meets `error` as well."""
    asked = code in (INTERRUPTED, TERMINATED, UsageError.exit_code, Refused.exit_code)
    return asked or getattr(error, "is_shared", False)


def _who() -> str:
    around = surroundings.found() if is_follower() else None
    return "eloss" if around is None else f"eloss, process {around.rank + 1} of {around.world}"


def exit_code(error: BaseException) -> int:
    """The documented exit code for `error`."""
    if isinstance(error, ElossError):
        return error.exit_code
    if isinstance(error, KeyboardInterrupt):
        return INTERRUPTED
    if isinstance(error, Terminated):
        return TERMINATED
    return ENVIRONMENT if _is_environment(error) else INTERNAL


def sentence(error: BaseException, code: int) -> str:
    """What happened and what to do, in a few lines."""
    if isinstance(error, ElossError):
        most = LONGEST_REFUSAL if isinstance(error, Refused) else LONGEST_MESSAGE
        return "\n".join(str(error).strip().splitlines()[:most]) or type(error).__name__
    if code == INTERRUPTED:
        return "interrupted"
    if code == TERMINATED:
        return "terminated"
    if code == ENVIRONMENT:
        return _environment_sentence(error)
    return f"a defect in eloss: {_brief(error)}\n{_log_sentence(error)}"


def _is_environment(error: BaseException) -> bool:
    return (
        isinstance(error, MemoryError | OSError)
        or type(error).__name__ == "OutOfMemoryError"  # torch's, without importing torch
        or (isinstance(error, RuntimeError) and CPU_MEMORY in str(error))
        or _missing_package(error) is not None
    )


def _missing_package(error: BaseException) -> str | None:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return None
    top = error.name.partition(".")[0]
    return None if top == "eloss_plugins" else top


def _environment_sentence(error: BaseException) -> str:
    package = _missing_package(error)
    if package:
        name = INSTALLED_WITH.get(package, package)
        return f"the package {package} is needed and not installed: pip install '{name}'"
    if isinstance(error, OSError):
        return _os_sentence(error)
    return f"out of memory ({_brief(error)}). Try a smaller --batch-size; checkpoints are kept"


def _os_sentence(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    what = error.strerror or str(error) or type(error).__name__
    advice = {
        errno.ENOSPC: "; make room and run the same command with --resume",
        errno.EACCES: "; choose a place you may use",
        errno.EROFS: "; choose a place you may write to",
    }
    return f"{place}{what}{advice.get(error.errno or 0, '')}"


def _brief(error: BaseException) -> str:
    text = str(error).strip().splitlines()
    return f"{type(error).__name__}: {text[0][:200]}" if text else type(error).__name__


def _log_sentence(error: BaseException) -> str:
    try:
        place = _write_log(error)
    except OSError as problem:
        return f"The traceback could not be saved ({problem.strerror}); --debug shows it."
    return f"The traceback is in {place}; --debug shows it. Please report it."


def log_folder() -> Path:
    """Where tracebacks are kept: ELOSS_LOG_DIR, or the user's state folder."""
    chosen = os.environ.get("ELOSS_LOG_DIR")
    if chosen:
        return Path(chosen)
    state = os.environ.get("XDG_STATE_HOME", "")
    base = Path(state) if Path(state).is_absolute() else _home() / ".local" / "state"
    return base / "eloss"


def _home() -> Path:
    try:
        return Path.home()
    except RuntimeError as problem:
        raise OSError(errno.ENOENT, "no home directory") from problem


def _write_log(error: BaseException) -> Path:
    folder = log_folder()
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"error-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}.log"
    place.write_text("".join(traceback.format_exception(error)), "utf-8", "backslashreplace")
    for old in sorted(folder.glob("error-*.log"))[:-KEPT_LOGS]:
        old.unlink(missing_ok=True)
    return place
