"""README.md: its examples run and stay short."""

import subprocess
import sys

import pytest
from pages import code, page

README = page("README.md")


@pytest.mark.slow
def test_every_python_block_runs_as_it_stands():
    for block in code(README):
        subprocess.run([sys.executable, "-W", "error", "-c", block], check=True, timeout=120)


def test_the_own_trainer_example_has_ten_lines_of_code():
    [block] = code(README)
    assert len([line for line in block.splitlines() if line.strip()]) <= 10


def test_it_names_commands_and_targets_to_begin_with():
    assert "make demo" in README
    assert "make test" in README
    assert "eloss train" in "".join(code(README, "sh"))
