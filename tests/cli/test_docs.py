"""docs/commands.md: every flag is there, and every flag that is there exists."""

import re

import pytest
from pages import code, page

from eloss_plugins.cli.compare import plan_of, settings_of
from eloss_plugins.cli.main import COMMANDS, build_parser
from eloss_plugins.cli.parser import Parser

TEXT = page("docs/commands.md")
EXAMPLES = re.findall(r"^eloss .*$", TEXT, flags=re.MULTILINE)


def section(command: str) -> str:
    return TEXT.split(f"## eloss {command}\n")[1].split("\n## ")[0]


def below(parser: Parser) -> dict[str, Parser]:
    (action,) = parser._subparsers._group_actions
    return dict(action.choices)


def parsers() -> dict[str, Parser]:
    return below(build_parser())


def flags_of(parser: Parser) -> set[str]:
    """The flags of a command and of its actions."""
    actions = below(parser).values() if parser._subparsers else ()
    return {flag for one in (parser, *actions) for flag in one.flags()}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_flag_of_every_command_is_documented(command):
    documented = set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", TEXT))
    assert flags_of(parsers()[command]) <= documented


@pytest.mark.parametrize("command", COMMANDS)
def test_every_documented_flag_exists(command):
    known = {flag for parser in parsers().values() for flag in flags_of(parser)}
    assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", section(command))) <= known


def test_the_example_of_a_file_is_a_comparison(tmp_path):
    file = tmp_path / "duel.toml"
    file.write_text(code(TEXT, "toml")[0])
    arguments = build_parser().parse_args(["compare", "--config", str(file)])
    assert [e.learning_rate for e in plan_of(settings_of(arguments)).entrants] == [1e-3, 4e-4]


def test_every_command_has_an_example():
    assert {line.split()[1] for line in EXAMPLES} == set(COMMANDS)
