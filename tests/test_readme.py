import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, flags=re.DOTALL)


@pytest.mark.slow
def test_every_python_block_runs_as_it_stands() -> None:
    for block in blocks("python"):
        subprocess.run([sys.executable, "-W", "error", "-c", block], check=True, timeout=120)


def test_the_own_trainer_example_has_ten_lines_of_code() -> None:
    [block] = blocks("python")
    assert len([line for line in block.splitlines() if line.strip()]) <= 10


def test_every_linked_file_exists() -> None:
    links = re.findall(r"\]\((?!https?://)([^)#]+)\)", README)
    assert links
    missing = [link for link in links if not (ROOT / link).exists()]
    assert missing == []


def test_every_make_target_that_the_readme_names_exists() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    named = set(re.findall(r"\bmake ([a-z-]+)", README))
    assert named
    assert named <= set(re.findall(r"^([a-z-]+):", makefile, flags=re.MULTILINE))


def test_every_eloss_command_line_is_one_that_the_parser_takes() -> None:
    from eloss_plugins.cli.main import build_parser

    lines = [line for block in blocks("sh") for line in block.splitlines()]
    commands = [shlex.split(line)[1:] for line in lines if line.startswith("eloss ")]
    inline = re.findall(r"`(eloss (?:train|compare)[^`]*)`", README)
    commands += [shlex.split(line)[1:] for line in inline]
    assert len(commands) >= 5
    for command in commands:
        build_parser().parse_args(command)
