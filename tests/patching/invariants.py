"""What must hold after every change of a checkout and every answer of the command.

Bytes outside of our lines stay; the lines are in all files of the patch set or in none; nothing
else is written but `.eloss`; a refusal changes nothing; an answer has its exit code, one cause and
a next step; `.git` stays. None of it is found out with the code under test.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from eloss_plugins.errors import ElossError, EnvironmentProblem

from .checkouts import Entry, Snapshot, snapshot, users

MARK = b"  # eloss"
MANIFEST = ".eloss/manifest.json"
JOURNAL = ".eloss/journal.json"
CODES = (0, 1, 2, 3, 4, 5)
STEP = re.compile(
    r"eloss vendor|`eloss |--[a-z]+|Did you mean|"
    r"\b(Ask|Bring|Give|Make|Mend|Move|Name|Put|Rename|Run|See|Take|Try|Undo|Upgrade)\b|[Nn]ame "
)
Record = dict[str, Any]


def watched(carry_out: Callable[..., Any]) -> Callable[..., Any]:
    """`carry_out`, which looks at the checkout before and after."""

    def call(checkout: Path, operation: str, *arguments: Any, **options: Any) -> Any:
        before = snapshot(checkout)
        try:
            done = carry_out(checkout, operation, *arguments, **options)
        except EnvironmentProblem as problem:
            check_undone(before, snapshot(checkout), str(problem))
            raise
        except ElossError:
            assert snapshot(checkout) == before, "refusal: a refusal has changed something"
            raise
        check_change(checkout, before, snapshot(checkout))
        return done

    return call


def check_change(checkout: Path, before: Snapshot, after: Snapshot) -> None:
    """What must hold of one change that was made."""
    old, new = records(before), records(after)
    files = {real(checkout, path) for record in (*old, *new) for path in paths_of(record)}
    for path in {path for path in before.keys() | after.keys() if path.split("/")[0] != ".eloss"}:
        if before.get(path) != after.get(path):
            assert path.split("/")[0] != ".git", f"git: {path}"
            assert path in files or MARK in before.get(path, (0, b""))[1], f"elsewhere: {path}"
            assert is_kept(before, before.get(path), after.get(path)), f"bytes: {path}"
    check_whole(checkout, old, new, users(after))


def check_undone(before: Snapshot, after: Snapshot, said: str) -> None:
    """Where the system failed, all is as before, or `recover` is asked for.

    What cannot be removed any more stays in `.eloss`.
    """
    if "eloss patch recover" not in said:
        assert users(after) == users(before), "refusal: a failure has changed something"
        assert JOURNAL not in after, "whole: a journal was left and not told"


def check_whole(checkout: Path, old: list[Record], new: list[Record], after: Snapshot) -> None:
    """A patch set whose record is new is in all its files, one whose record went in none."""
    for record in new:
        if record not in old:
            for path, lines in lines_of(checkout, record):
                assert path not in after or lines <= set(texts(after[path])), f"whole: {path}"
    for record in old:
        if record["name"] not in [it["name"] for it in new]:
            for path, lines in lines_of(checkout, record):
                assert path not in after or not lines <= set(texts(after[path])), f"whole: {path}"


def is_kept(before: Snapshot, old: Entry | None, new: Entry | None) -> bool:
    """Whether a file has its mode and all lines of others; or its kept bytes from before."""
    if new is None:
        return False
    if hashlib.sha256(new[1]).hexdigest() in originals(before):
        return True
    return old is not None and old[0] == new[0] and rest(old[1]) == rest(new[1])


def originals(found: Snapshot) -> set[str]:
    return {os.path.basename(path) for path in found if path.startswith(".eloss/originals/")}


def rest(data: bytes) -> bytes:
    """A file without our lines; with the last line's end our line may have gone."""
    others = (line for line in data.split(b"\n") if not line.rstrip(b"\r").endswith(MARK))
    return b"\n".join(others).rstrip(b"\r\n")


def texts(entry: Entry) -> Iterator[str]:
    """Our lines in a file, without indentation and marker."""
    for line in entry[1].splitlines():
        if line.endswith(MARK):
            yield line.removesuffix(MARK).strip().decode()


def records(found: Snapshot) -> list[Record]:
    """The patch sets that the manifest names; a damaged one names none."""
    try:
        return list(json.loads(found[MANIFEST][1])["sets"])
    except (KeyError, ValueError, TypeError):
        return []


def paths_of(record: Record) -> list[str]:
    return [file["path"] for file in record["files"]]


def lines_of(checkout: Path, record: Record) -> Iterator[tuple[str, set[str]]]:
    """The lines of each file of a record, where the file really is."""
    for path in paths_of(record):
        edits = (edit for edit in record["edits"] if edit["file"] == path)
        yield real(checkout, path), {line.strip() for edit in edits for line in edit["lines"]}


def real(checkout: Path, path: str) -> str:
    return os.path.relpath(os.path.realpath(checkout / path), os.path.realpath(checkout))


def check_answer(code: int, out: str, err: str, *, as_json: bool) -> None:
    """A known code; a failure is one cause with a next step, on standard error alone."""
    assert code in CODES
    assert "Traceback" not in err
    causes = [line for line in err.splitlines() if line.startswith("eloss: ")]
    assert len(causes) == (code > 1), err
    if causes:
        assert err.startswith(causes[0])
        assert STEP.search(err), f"no next step: {err}"
        assert bool(out) == as_json
