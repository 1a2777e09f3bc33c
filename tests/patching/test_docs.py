"""docs/patching.md: its commands are run, its outputs are those of the commands."""

import os
import re
import shutil
from pathlib import Path

import pytest

from eloss_plugins.cli import patch
from eloss_plugins.cli.main import build_parser, main
from eloss_plugins.cli.patch_text import STATE_WORDS

PAGE = (Path(__file__).parents[2] / "docs" / "patching.md").read_text()
TOY = Path(__file__).parents[1] / "patch_sets" / "toy_edm"
UPSTREAM = "e3_diffusion_for_molecules"
BLOCKS = [
    block for block in re.findall(r"```console\n(.*?)```", PAGE, re.DOTALL) if "clone" not in block
]
STEPS = [
    (step.partition("\n")[0], step.partition("\n")[2])
    for block in BLOCKS
    for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]
]


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """A checkout of EDM where one is given; a small trainer of its shape else."""
    given = os.environ.get("ELOSS_EDM")
    ignored = shutil.ignore_patterns("__pycache__", "outputs", "generated_samples")
    shutil.copytree(given or TOY, tmp_path / UPSTREAM, ignore=ignored)
    monkeypatch.chdir(tmp_path)
    return bool(given)


def lines(text: str, *, whole: bool) -> list[str]:
    """Those that do not depend on the checkout, unless it is the whole upstream."""
    rest = [" ".join(line.split()) for line in text.splitlines() if line.strip(" -")]
    return (
        rest if whole else [line for line in rest if not re.search(r"geom|git|file|\(|\d$", line)]
    )


def test_the_page_s_commands_print_what_the_page_says(workplace, capsys):
    for command, output in STEPS:
        capsys.readouterr()
        assert main(command.split()[1:]) == 0, command
        printed = lines(capsys.readouterr().out, whole=workplace)
        wanted = lines(output, whole=workplace)
        if command == "eloss patch list":  # plugins and later versions add to it
            printed = [line for line in printed if line in wanted]
        assert printed == wanted


def test_the_page_has_every_action_and_flag():
    for action in patch.ACTIONS:
        assert f"### {action}\n" in PAGE
    for flag in {flag for table in patch._FLAGS.values() for flag in table}:
        assert f"`{flag}`" in PAGE or f"`{flag} " in PAGE


def test_every_flag_of_the_page_exists():
    known = {flag for table in patch._FLAGS.values() for flag in table} | {"--json"}
    ours = PAGE.split("## The commands")[1].replace("git apply --check", "")
    assert set(re.findall(r"`(--[a-z-]+)`", ours)) <= known


def test_the_page_names_every_state():
    for state in (*STATE_WORDS, "drifted", "reverted outside", "unrecorded"):
        if state not in ("restored", "changed"):
            assert f"`{state}`" in PAGE


def test_every_command_of_the_page_is_understood():
    for command, _ in STEPS:
        build_parser().parse_args(command.split()[1:])
