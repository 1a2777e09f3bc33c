"""`eloss patch`: lines of ours in an upstream's checkout: put in, looked at, taken out."""

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli import flags, patch_text
from eloss_plugins.cli.output import emit, emit_bytes, emit_json, note
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.plugin_choice import add_plugin_choice

if TYPE_CHECKING:
    from eloss_plugins.patching.revert import Edited

NAME = "patch"
SUMMARY = "Put an energy loss into an upstream checkout, and take it out."
SCHEMA = 1
Action = Callable[[argparse.Namespace], int]


def configure(parser: Parser) -> None:
    """The sub-commands of `patch` and their flags."""
    below = parser.add_subparsers(
        dest="action", metavar="ACTION", title="actions", parser_class=Parser
    )
    for name, (summary, _) in ACTIONS.items():
        child = below.add_parser(name, help=summary, description=summary)
        if name == "recover":
            child.add_argument("checkout", nargs="?", metavar="CHECKOUT", help=_CHECKOUT)
        elif name != "list":
            child.add_argument("upstream", nargs="?", metavar="UPSTREAM", help=_UPSTREAM)
            child.add_argument("checkout", nargs="?", metavar="CHECKOUT", help=_CHECKOUT)
        for flag, meaning in _FLAGS.get(name, {}).items():
            child.add_argument(flag, action="store_true", help=meaning)
        flags.add_json(child)
        flags.add_common(child)
        add_plugin_choice(child)
        child.set_defaults(parser=child)
    add_plugin_choice(parser)


def run(arguments: argparse.Namespace) -> int:
    """Do what the action says."""
    if arguments.action is None:
        arguments.parser.error(f"an action is missing. Known: {', '.join(ACTIONS)}.")
    return ACTIONS[arguments.action][1](arguments)


def _list(arguments: argparse.Namespace) -> int:
    from eloss_plugins.patching import catalogue

    found = catalogue.installed()
    if arguments.json:
        emit_json({"schema": SCHEMA, "upstreams": [patch_text.described(it) for it in found]})
    else:
        emit(patch_text.listed(found))
    return 0


def _status(arguments: argparse.Namespace) -> int:
    from eloss_plugins.cli.patch_choice import applied_name, choose
    from eloss_plugins.patching import catalogue
    from eloss_plugins.patching.status import chosen, status

    choice = choose(arguments.upstream, arguments.checkout)
    found = status(choice.checkout, catalogue.installed())
    if choice.name is not None:
        found = chosen(found, applied_name(choice, []) or choice.name)
    if arguments.json:
        emit_json({"schema": SCHEMA, "applied": found.is_applied, **patch_text.plain(found)})
    else:
        emit(patch_text.of_status(found))
    return 0 if found.is_applied or not arguments.check else 1


def _diff(arguments: argparse.Namespace) -> int:
    from eloss_plugins.cli.patch_choice import choose, patch_set_for
    from eloss_plugins.patching.diff import unified
    from eloss_plugins.patching.preview import preview

    choice = choose(arguments.upstream, arguments.checkout)
    found = preview(choice.checkout, patch_set_for(choice))
    if arguments.json:
        emit_json({"schema": SCHEMA, "upstream": found.patch_set.name, **patch_text.counts(found)})
    elif arguments.stat:
        emit(patch_text.stat(found))
    else:
        emit_bytes(unified(found))
    _tell(found.notes)
    return 0


def _apply(arguments: argparse.Namespace) -> int:
    from eloss_plugins.cli.patch_choice import choose, patch_set_for
    from eloss_plugins.patching.apply import apply, rehearse
    from eloss_plugins.patching.preview import preview

    choice = choose(arguments.upstream, arguments.checkout)
    patch_set = patch_set_for(choice)
    chosen = {flag: getattr(arguments, flag) for flag in ("upgrade", "adopt", "allow_hardlink")}
    if arguments.check:
        would = rehearse(choice.checkout, patch_set, **chosen)
        text, notes = patch_text.of_rehearsal(would), would.notes
        if would.outcome in ("applied", "already applied"):
            found = preview(choice.checkout, patch_set)
            text, notes = patch_text.stat(found), found.notes
        _answer(arguments, {"upstream": patch_set.name, "outcome": "fits"}, text)
        _tell(notes)
        return 0
    done = apply(choice.checkout, patch_set, **chosen)
    content = {**patch_text.plain(done), "next": patch_set.next_command}
    _answer(arguments, content, patch_text.of_change(done, f"next: {patch_set.next_command}"))
    _tell(done.notes)
    return 0


def _revert(arguments: argparse.Namespace) -> int:
    from eloss_plugins.cli.patch_choice import applied_name, choose
    from eloss_plugins.patching import catalogue
    from eloss_plugins.patching.revert import Choices, Reverted, revert
    from eloss_plugins.patching.status import status

    if arguments.keep_mine and arguments.force_backup:
        arguments.parser.error("give --keep-mine or --force-backup, not both")
    choice = choose(arguments.upstream, arguments.checkout)
    installed = {it.name: it for it in catalogue.installed()}
    there = [it.name for it in status(choice.checkout, installed.values()).sets]
    name = applied_name(choice, there)
    chosen = Choices(_edited(arguments), arguments.restore, arguments.allow_hardlink)
    done = Reverted("", "nothing to do")
    if name is not None:
        done = revert(choice.checkout, name, installed.get(name), chosen)
    _answer(arguments, patch_text.plain(done), patch_text.of_change(done))
    _tell(done.notes)
    return 0


def _edited(arguments: argparse.Namespace) -> "Edited":
    if arguments.keep_mine:
        return "keep"
    return "replace" if arguments.force_backup else "refuse"


def _recover(arguments: argparse.Namespace) -> int:
    from eloss_plugins.cli.patch_choice import choose
    from eloss_plugins.patching.recover import recover

    checkout = arguments.checkout
    choice = choose(None, None) if checkout is None else choose("", checkout)
    done = recover(choice.checkout)
    _answer(arguments, patch_text.plain(done), patch_text.of_recovery(done))
    _tell(done.notes)
    return 0


def _answer(arguments: argparse.Namespace, content: dict[str, Any], text: str) -> None:
    if arguments.json:
        emit_json({"schema": SCHEMA, **content})
    else:
        emit(text)


def _tell(notes: Sequence[str]) -> None:
    for text in notes:
        note(f"note: {text}")


_UPSTREAM = "name of a patch set; left out, the only one that fits"
_CHECKOUT = "folder of the checkout; left out, the folder at hand or the checkout that it is in"

ACTIONS: dict[str, tuple[str, Action]] = {
    "list": ("Show the upstreams that can be patched.", _list),
    "status": ("Tell what is applied, and what became of it.", _status),
    "diff": ("Print the patch as a unified diff; write nothing.", _diff),
    "apply": ("Insert the lines of a patch set.", _apply),
    "revert": ("Take the lines out again; every other byte stays.", _revert),
    "recover": ("Undo what a crash interrupted.", _recover),
}
_HARDLINK = {"--allow-hardlink": "write files that have other names, which keep the old bytes"}
_FLAGS: dict[str, dict[str, str]] = {
    "status": {"--check": "exit 1 unless all lines are in place"},
    "diff": {"--stat": "lines that each file gains, instead of the diff"},
    "apply": {
        "--check": "find out whether it can be applied; write nothing",
        "--upgrade": "replace the lines of another version of the patch set",
        "--adopt": "record lines that are in the files without a record",
        **_HARDLINK,
    },
    "revert": {
        "--keep-mine": "leave files alone in which our lines were edited, or that were deleted",
        "--force-backup": "replace such files by what they were before; yours go to .eloss",
        "--restore": "bring deleted files back",
        **_HARDLINK,
    },
}
