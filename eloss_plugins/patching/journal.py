"""What a transaction is about to do, on the disk before it does it."""

import json
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from eloss_plugins.errors import NeedsRecovery, Refused
from eloss_plugins.patching import own_folder
from eloss_plugins.patching.open_tree import OpenTree, folder_of
from eloss_plugins.patching.own_folder import JOURNAL, UNDO

SCHEMA = 1
STAGING, REPLACING = "staging", "replacing"


@dataclass(frozen=True)
class Step:
    """One file of a transaction.

    Attributes:
        path: below the checkout.
        before: SHA-256 of the bytes that it has; None where there must be no file.
        after: SHA-256 of the bytes that it gets; None where it is removed.
    """

    path: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Journal:
    """One transaction.

    Attributes:
        identity: part of the name of every file that it makes.
        operation: "apply", "revert", ... for messages.
        phase: `STAGING` while no file of the user's has been touched, then `REPLACING`.
        steps: in the order in which files are replaced.
    """

    identity: str
    operation: str
    phase: str
    steps: tuple[Step, ...]

    def staged(self, index: int) -> str:
        """Where the new bytes of a step wait: beside the file, for the rename to be one step."""
        folder = folder_of(self.steps[index].path)
        name = f".eloss-{self.identity}-{index}.tmp"
        return f"{folder}/{name}" if folder else name

    def undo(self, index: int) -> str:
        """Where the old file of a step is kept until the end."""
        return f"{UNDO}/{self.identity}-{index}"


def new_identity() -> str:
    """A name that no earlier transaction in the same checkout has had."""
    return f"{time.time_ns():x}"


def store(tree: OpenTree, journal: Journal) -> None:
    """Put the journal on the disk."""
    text = json.dumps({"schema": SCHEMA, **asdict(journal)}, indent=1)
    own_folder.replace(tree, JOURNAL, text.encode())


def load(tree: OpenTree) -> Journal | None:
    """The journal of a transaction that has not ended; None where there is none.

    Raises:
        Refused: it is damaged, or of a later version of this package.
    """
    data = tree.read(JOURNAL)
    if data is None:
        return None
    try:
        content = json.loads(data)
        schema = content["schema"]
        if schema == SCHEMA:
            return _decode(content)
    except (ValueError, KeyError, TypeError) as problem:
        raise Refused(
            f"{JOURNAL} cannot be read ({problem}); nothing was changed. The files as they were "
            f"are in {UNDO}: put them back by hand, then remove .eloss"
        ) from problem
    raise Refused(
        f"{JOURNAL} has schema {schema}; this version knows {SCHEMA}. Upgrade eloss-plugins, then "
        "run `eloss patch recover`"
    )


def check_none(tree: OpenTree) -> None:
    """See that no transaction was interrupted.

    Raises:
        NeedsRecovery: one was.
    """
    if tree.exists(JOURNAL):
        raise NeedsRecovery(
            "an interrupted change of this checkout was found; nothing was done. "
            "Run `eloss patch recover`, which brings back the files as they were"
        )


def _decode(content: Mapping[str, Any]) -> Journal:
    steps = tuple(Step(**step) for step in content["steps"])
    return Journal(content["identity"], content["operation"], content["phase"], steps)
