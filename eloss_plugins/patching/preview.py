"""What a patch set changes in a checkout, whether it is applied or not; nothing is written."""

from dataclasses import replace
from pathlib import Path

from eloss_plugins.patching.execution import look
from eloss_plugins.patching.open_tree import OpenTree
from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.patching.paths import targets
from eloss_plugins.patching.plan import FileChange, Plan, plan
from eloss_plugins.patching.removal import carries, without


def preview(checkout: Path, patch_set: PatchSet) -> Plan:
    """The plan of `patch_set`; for files that have its lines already, the change that they got.

    Raises:
        Refused, NeedsRecovery, EnvironmentProblem: it cannot be applied.
    """

    def examine(tree: OpenTree) -> Plan:
        found = plan(checkout, patch_set)
        changed = {change.path for change in found.changes}
        before = [it for it in _applied(tree, checkout, patch_set) if it.path not in changed]
        return replace(found, changes=(*before, *found.changes))

    return look(checkout, examine)


def _applied(tree: OpenTree, checkout: Path, patch_set: PatchSet) -> list[FileChange]:
    places = targets(checkout, patch_set.files)
    files = ((path, tree.read(places[path].real or path)) for path in patch_set.files)
    return [
        FileChange(path, without(path, data, patch_set.files[path]), data)
        for path, data in files
        if data is not None and carries(data, patch_set.files[path])
    ]
