"""`eloss vendor`: the pinned commit of an upstream, patched."""

import argparse
import shlex
from pathlib import Path
from typing import TYPE_CHECKING

from eloss_plugins.cli import flags, values
from eloss_plugins.cli.output import emit, emit_json, note
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.plugin_choice import add_plugin_choice
from eloss_plugins.errors import EnvironmentProblem

if TYPE_CHECKING:
    from eloss_plugins.patching.patch_set import PatchSet
    from eloss_plugins.vendor.origin import Origin
    from eloss_plugins.vendor.vendor import Vendored

NAME = "vendor"
SUMMARY = "Clone the pinned commit of an upstream trainer and patch it."
SCHEMA = 1


def configure(parser: Parser) -> None:
    """The flags of `vendor`."""
    parser.add_argument(
        "upstream", type=values.word, metavar="UPSTREAM", help="name; `eloss patch list` shows all"
    )
    parser.add_argument(
        "--from",
        dest="source",
        type=values.word,
        metavar="URL|PATH",
        help="a repository elsewhere, a local clone, or a folder of files (default: its homepage)",
    )
    parser.add_argument(
        "--into", type=values.path, metavar="DIR", help="new folder (default: ./UPSTREAM)"
    )
    flags.add_json(parser)
    add_plugin_choice(parser)


def run(arguments: argparse.Namespace) -> int:
    """Clone, verify, apply, and say how to go on."""
    from eloss_plugins.patching import catalogue
    from eloss_plugins.vendor.origin import origin_of

    patch_set = catalogue.find(arguments.upstream)
    origin = origin_of(arguments.source or patch_set.homepage)
    if origin.kind == "address":
        _check_online(patch_set, origin)
    made = _vendor(patch_set, origin, arguments.into or Path(patch_set.name))
    if arguments.json:
        emit_json({"schema": SCHEMA} | _entries(patch_set, origin, made))
    else:
        _tell(patch_set, made)
    return 0


def _check_online(patch_set: "PatchSet", origin: "Origin") -> None:
    from eloss_plugins.data.places import OFFLINE_VARIABLE, is_offline

    if is_offline():
        raise EnvironmentProblem(
            f"{OFFLINE_VARIABLE} is set, so {origin.shown} is not fetched. Name a clone on this "
            f"machine: eloss vendor {patch_set.name} --from PATH"
        )


def _vendor(patch_set: "PatchSet", origin: "Origin", into: Path) -> "Vendored":
    from eloss_plugins.vendor.vendor import vendor

    return vendor(patch_set, origin, into)


def _entries(patch_set: "PatchSet", origin: "Origin", made: "Vendored") -> dict[str, object]:
    return {
        "upstream": patch_set.name,
        "title": patch_set.title,
        "origin": origin.shown,
        "folder": made.folder,
        "commit": made.commit,
        "verified": made.is_verified,
        "outcome": made.applied.outcome,
        "files": made.applied.files,
        "licence": patch_set.licence,
        "notes": made.notes,
        "next": _next(patch_set, made),
    }


def _tell(patch_set: "PatchSet", made: "Vendored") -> None:
    state = "verified" if made.is_verified else "not verified"
    emit(f"{patch_set.title} in {made.folder}")
    emit(f"commit: {made.commit} ({state})")
    emit(f"licence: {patch_set.licence} ({patch_set.homepage})")
    emit(f"{made.applied.outcome}: {', '.join(made.applied.files) or 'no file'}")
    for text in made.notes:
        note(f"note: {text}")
    emit(f"next: {_next(patch_set, made)}")


def _next(patch_set: "PatchSet", made: "Vendored") -> str:
    return f"cd {shlex.quote(str(made.folder))} && {patch_set.next_command}"
