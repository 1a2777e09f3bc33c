"""Leftovers in `.eloss` that no transaction and no record needs."""

from contextlib import suppress

from eloss_plugins.errors import Refused
from eloss_plugins.patching import manifest
from eloss_plugins.patching.open_tree import OpenTree
from eloss_plugins.patching.own_folder import FOLDER, FOLDERS, JOURNAL, ORIGINALS, UNDO, UNFINISHED


def tidy(tree: OpenTree) -> None:
    """Remove leftovers; nothing at all while a journal is there or the manifest is unreadable."""
    with suppress(OSError, Refused):
        if tree.exists(JOURNAL):
            return
        kept = manifest.load(tree).originals()
        for name in tree.names(UNDO):
            tree.remove(f"{UNDO}/{name}")
        for name in set(tree.names(ORIGINALS)) - kept:
            tree.remove(f"{ORIGINALS}/{name}")
        for name in tree.names(FOLDER):
            if name.endswith(UNFINISHED):
                tree.remove(f"{FOLDER}/{name}")
        for folder in FOLDERS:
            if not tree.names(folder):
                tree.remove_folder(folder)
