"""`eloss doctor`: is everything here that the commands need, and does the loss compute?"""

import argparse
from collections.abc import Callable, Iterable

from eloss_plugins.cli import flags
from eloss_plugins.cli.checks import CHECKS, WRONG, Finding
from eloss_plugins.cli.output import emit, emit_json, table
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.plugin_choice import add_plugin_choice

NAME = "doctor"
SUMMARY = "Check the installation; test the loss on this machine."


def configure(parser: Parser) -> None:
    """The flags of `doctor`."""
    flags.add_json(parser)
    add_plugin_choice(parser)


def run(arguments: argparse.Namespace) -> int:
    """Run all checks; 1 if one finds something wrong."""
    findings = examine(CHECKS)
    wrong = [finding for finding in findings if finding.state == WRONG]
    if arguments.json:
        emit_json({"ok": not wrong, "checks": findings})
    else:
        emit(
            table(["check", "state", "detail"], [_row(finding) for finding in findings], words=True)
        )
        emit(f"\n{f'{len(wrong)} wrong' if wrong else 'All good'}: {len(findings)} checks")
    return 1 if wrong else 0


def examine(checks: Iterable[Callable[[], Finding]]) -> list[Finding]:
    """What each check finds; one that breaks has found something wrong."""
    return [_guarded(check) for check in checks]


def _guarded(check: Callable[[], Finding]) -> Finding:
    try:
        return check()
    except Exception as error:  # a broken package may raise anything
        name = check.__name__.replace("_", " ")
        return Finding(name, WRONG, f"{type(error).__name__}: {error}")


def _row(finding: Finding) -> list[str]:
    return [finding.name, finding.state, finding.detail]
