"""What `eloss patch` tells: as text for people, as plain values for programs."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli.output import table

if TYPE_CHECKING:
    from eloss_plugins.patching.apply import Applied
    from eloss_plugins.patching.patch_set import PatchSet
    from eloss_plugins.patching.plan import Plan
    from eloss_plugins.patching.recover import Recovered
    from eloss_plugins.patching.revert import Reverted
    from eloss_plugins.patching.status import SetStatus, Status

PACKAGE_WORDS = {
    "current": "",
    "outdated": "; this package has a newer version: eloss patch apply --upgrade",
    "newer": "; this package is older than what is applied",
    "changed": "; this package has other lines of the same version",
    "not installed": "; its patch set is not installed",
}
STATE_WORDS = {
    "applied": "as it was left",
    "edited": "edited outside of our lines",
    "damaged": "our lines were edited",
    "restored": "back to what it was before",
    "changed": "changed, without our lines",
    "missing": "gone",
}


def described(patch_set: "PatchSet") -> dict[str, Any]:
    """A patch set for programs: what it is for and which files it touches."""
    return {
        "name": patch_set.name,
        "title": patch_set.title,
        "version": patch_set.version,
        "homepage": patch_set.homepage,
        "licence": patch_set.licence,
        "commit": patch_set.commit,
        "tested": patch_set.tested,
        "files": list(patch_set.files),
    }


def listed(patch_sets: Sequence["PatchSet"]) -> str:
    """All patch sets, one a line."""
    rows = [
        [it.name, str(it.version), it.title, it.commit[:7], it.licence, it.homepage]
        for it in patch_sets
    ]
    header = ["upstream", "version", "what it is", "commit", "licence", "homepage"]
    return table(header, rows, words=True)


def plain(result: Any) -> dict[str, Any]:
    """A result's fields for programs."""
    return asdict(result)


def of_status(status: "Status") -> str:
    """What is applied, set by set and file by file."""
    where = "no version control" if status.version_control is None else status.version_control
    commit = f" at {status.commit[:12]}" if status.commit else ""
    if not status.sets:
        return f"nothing is applied ({where}{commit})"
    parts = [line for one in status.sets for line in _set(one)]
    return "\n".join([*parts, f"({where}{commit})"])


def _set(one: "SetStatus") -> list[str]:
    head = f"{one.name} {one.version}: {one.state}{PACKAGE_WORDS[one.package]}"
    words = STATE_WORDS | ({"edited": "our lines are in it"} if one.state == "unrecorded" else {})
    return [head, *(f"  {file.path}: {words[file.state]}" for file in one.files)]


def of_change(done: "Applied | Reverted", *more: str) -> str:
    """What was written."""
    count = len(done.files)
    files = f": {count} file{'' if count == 1 else 's'}" if count else ""
    head = f"{done.name} {done.outcome}{files}".strip()
    return "\n".join([head, *(f"  {path}" for path in done.files), *more])


def of_rehearsal(would: "Applied") -> str:
    """What would be written over lines that are there already."""
    return "\n".join([f"{would.name} would be {would.outcome}", *(f"  {p}" for p in would.files)])


def of_recovery(done: "Recovered") -> str:
    """What was brought back."""
    what = f" from an interrupted {done.operation}" if done.operation else ""
    return "\n".join([f"{done.outcome}{what}", *(f"  {path}" for path in done.files)])


def counts(plan: "Plan") -> dict[str, Any]:
    """Lines that each file gains."""
    files = [{"path": it.path, "inserted": _gained(it.before, it.after)} for it in plan.changes]
    return {"files": files, "inserted": sum(_gained(it.before, it.after) for it in plan.changes)}


def stat(plan: "Plan") -> str:
    """Lines that each file gains, as a table."""
    rows = [[it.path, str(_gained(it.before, it.after))] for it in plan.changes]
    total = sum(int(row[1]) for row in rows)
    return table(["file", "lines"], [*rows, [f"{len(rows)} files", str(total)]])


def _gained(before: bytes, after: bytes) -> int:
    return len(after.splitlines()) - len(before.splitlines())
