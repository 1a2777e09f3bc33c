"""The plan that a folder of runs follows: noted once, compared when the work is resumed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from eloss_plugins.cli.output import to_json
from eloss_plugins.errors import Refused

Clear = Callable[[Path], None]


def prepare(plan: Any, file: Path, what: str, *, clear: Clear | None) -> bool:
    """Make the folder and note the plan; true if the same plan is there already.

    Args:
        plan: plain values and dataclasses.
        file: where it is noted.
        what: the work, for messages: "comparison".
        clear: removes what is in the folder first; None to go on with it.

    Raises:
        Refused: another plan is there, or something that is no plan.
    """
    from eloss_plugins.atomic_write import atomic_write_text

    if clear is not None and file.exists():
        clear(file.parent)
    if file.exists():
        refuse_other(plan, read(file), f"{file.parent} holds another {what}")
        return True
    file.parent.mkdir(parents=True, exist_ok=True)
    atomic_write_text(file, to_json(plan) + "\n")
    return False


def read(file: Path) -> Any:
    """The plan in `file`.

    Raises:
        Refused: it is damaged.
    """
    try:
        return json.loads(file.read_text("utf-8"))
    except ValueError:
        raise Refused(f"{file} is damaged. Add --overwrite to start anew") from None


def refuse_other(wanted: Any, found: Any, says: str) -> None:
    """Compare two plans.

    Raises:
        Refused: they differ; the sentence begins with `says` and names where.
    """
    differing = differences(found, plain(wanted))
    if differing:
        raise Refused(
            f"{says}; it differs in {', '.join(differing)}. "
            "Repeat its settings, choose another --out, or add --overwrite"
        )


def plain(value: Any) -> Any:
    """`value` as it comes back from JSON."""
    return json.loads(to_json(value))


def differences(found: Any, wanted: Any, place: str = "") -> list[str]:
    """Where two JSON values differ, in words."""
    if isinstance(found, dict) and isinstance(wanted, dict):
        keys = sorted(set(found) | set(wanted))
        parts = (differences(found.get(k), wanted.get(k), f"{place}.{k}".strip(".")) for k in keys)
        return [difference for part in parts for difference in part]
    return [] if found == wanted else [place]
