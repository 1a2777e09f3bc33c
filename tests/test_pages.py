"""What holds for every page: its links lead somewhere, its commands are commands."""

import re
import shlex

import pytest
from pages import PAGES, ROOT, code, page

from eloss_plugins.cli.main import build_parser

EVERY_PAGE = pytest.mark.parametrize("name", PAGES)


@EVERY_PAGE
def test_every_linked_file_exists(name):
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", page(name))
    assert [link for link in links if not (ROOT / name).parent.joinpath(link).exists()] == []


@EVERY_PAGE
def test_every_linked_heading_exists(name):
    for file, anchor in re.findall(r"\]\((?!https?://)([^)#]*)#([^)]+)\)", page(name)):
        there = (ROOT / name).parent.joinpath(file) if file else ROOT / name
        titles = re.findall(r"^#+ (.*)$", there.read_text("utf-8"), flags=re.MULTILINE)
        assert anchor in {
            re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles
        }


@EVERY_PAGE
def test_every_make_target_that_it_names_exists(name):
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z-]+)`", page(name)))
    assert named <= set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))


def commands(name):
    """Every `eloss` line in blocks for the shell, and those named in the text with their flags."""
    blocks = [block for kind in ("sh", "console") for block in code(page(name), kind)]
    lines = "\n".join(blocks).replace("\\\n", " ").splitlines()
    inline = re.findall(r"`(eloss [a-z]+ [^`A-Z]*--[^`]*)`", page(name))
    return [line.removeprefix("$ ") for line in [*lines, *inline] if "eloss " in line[:8]]


@EVERY_PAGE
def test_every_eloss_command_is_one_that_the_parser_takes(name):
    for line in commands(name):
        build_parser().parse_args(shlex.split(line, comments=True)[1:])


def test_there_are_commands_to_check():
    assert {name for name in PAGES if commands(name)} >= {
        "README.md",
        "docs/commands.md",
        "docs/comparison.md",
        "docs/plugins.md",
    }
