"""After a crash: the files as they were before the change that was interrupted."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from eloss_plugins.patching import journal, manifest
from eloss_plugins.patching.lock import locked
from eloss_plugins.patching.open_tree import OpenTree
from eloss_plugins.patching.own_folder import DAMAGED, FOLDER, MANIFEST
from eloss_plugins.patching.problems import as_environment_problem
from eloss_plugins.patching.transaction import roll_back


@dataclass(frozen=True)
class Recovered:
    """What `recover` did.

    Attributes:
        outcome: in a few words.
        operation: that was interrupted; empty if none was.
        files: that were brought back.
        notes: sentences for the user.
    """

    outcome: Literal["nothing to recover", "recovered"]
    operation: str = ""
    files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def recover(checkout: Path) -> Recovered:
    """Undo what was interrupted, and put a damaged manifest aside; it may be run at any time.

    Args:
        checkout: folder of the checkout, absolute and free of links.

    Raises:
        Refused, NeedsRecovery, EnvironmentProblem: what stands in the way; nothing is lost.
    """
    with as_environment_problem():
        with OpenTree(checkout) as tree:
            if not tree.exists(FOLDER):
                return Recovered("nothing to recover")
        with locked(checkout) as tree:
            return _recover(tree)


def _recover(tree: OpenTree) -> Recovered:
    record = journal.load(tree)
    files = roll_back(tree, record) if record else []
    notes = _set_aside(tree)
    if record is None and not notes:
        return Recovered("nothing to recover")
    return Recovered("recovered", record.operation if record else "", tuple(files), tuple(notes))


def _set_aside(tree: OpenTree) -> list[str]:
    try:
        manifest.load(tree)
    except manifest.DamagedManifest:
        place = f"{DAMAGED}/manifest-{journal.new_identity()}.json"
        tree.make_folder(DAMAGED)
        tree.rename(MANIFEST, place)
        tree.sync(FOLDER)
        return [
            f"the damaged manifest is now {place}; if lines of ours are in the files, "
            "`eloss patch apply --adopt` records them and `eloss patch revert` takes them out"
        ]
    return []
