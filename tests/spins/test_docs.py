"""docs/spins.md: its code runs and its names are those of the code."""

import re

import numpy as np
from pages import code, page

from eloss_plugins.spins.draws import GRID
from eloss_plugins.spins.ground_states import METHODS
from eloss_plugins.spins.ground_states.transfer import WIDEST
from eloss_plugins.spins.solving import FOLDER_VARIABLE, PIECE

TEXT = page("docs/spins.md")


def test_its_file_of_couplings_is_solved(tmp_path, monkeypatch, capsys):
    from eloss_plugins.cli.main import main

    monkeypatch.chdir(tmp_path)
    [block] = code(TEXT)
    exec(block, {})
    assert main(["spins", "solve", "chain.npz"]) == 0
    told = capsys.readouterr().out
    assert "energy: -3\n" in told  # the bonds 1 and -2 can both be satisfied
    assert "gap of file: 4\n" in told


def test_the_table_has_every_method_the_preferred_first():
    section = TEXT.partition("## Exact ground states")[2]
    assert tuple(re.findall(r"^\| `([a-z]+)` \|", section, flags=re.MULTILINE)) == METHODS


def test_numbers_are_those_of_the_code():
    assert f"at most {WIDEST} sites" in TEXT
    assert f"{PIECE} to a file" in TEXT
    assert FOLDER_VARIABLE in TEXT
    assert np.log2(GRID) == 23
    assert "2^-23" in TEXT
