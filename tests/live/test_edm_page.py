"""Every command on the page about EDM, in its order, from clone to molecules and back."""

import re
import shlex
import shutil
from pathlib import Path

import pytest

from . import checkouts

pytestmark = pytest.mark.slow

PAGE = (Path(__file__).parents[2] / "docs/upstreams/edm.md").read_text()
BLOCKS = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^\$ (.*)$", "".join(BLOCKS), re.MULTILINE)
SHORT = (
    *("--no_wandb", "--no-cuda", "--n_epochs", "1", "--batch_size", "16", "--nf", "16"),
    *("--n_layers", "1", "--diffusion_steps", "20", "--n_stability_samples", "5"),
)


def shortened(words: list[str]) -> list[str]:
    """The same training, small; of a flag that stands twice the last one counts."""
    return [*words, *SHORT] if words[0].startswith("main_") else words


@pytest.fixture
def elsewhere(edm, qm7):
    """The commands that take something from the network or take long, with what is here."""
    lines = {
        "eloss vendor edm": ["vendor", "edm", "--from", str(edm)],
        "eloss data export edm bundled --out qm9/temp --drop-unknown": [
            *("data", "export", "edm", str(qm7), "--out", "qm9/temp", "--drop-unknown")
        ],
    }
    assert lines.keys() <= set(COMMANDS)
    return lines


def test_every_command_of_the_page_works(tmp_path, geom_place, elsewhere):
    place = tmp_path
    for command in COMMANDS:
        program, *words = shlex.split(command)
        if program == "cd":
            place = place / words[0]
            shutil.copytree(geom_place / "data/geom", place / "data/geom", dirs_exist_ok=True)
            continue
        if program == "eloss":
            done = checkouts.eloss(place, *elsewhere.get(command, words))
        else:
            done = checkouts.python(place, *shortened(words))
        assert done.code == 0, f"{command}\n{done.out[-500:]}\n{done.err[-2000:]}"
    assert "# eloss" not in (place / "main_qm9.py").read_text()


def test_the_page_states_the_footprint():
    from eloss_plugins.patches.edm import PATCH_SET

    lines = sum(len(edit.lines) for edit in PATCH_SET.edits)
    assert f"{len(PATCH_SET.files)} files, {lines} lines" in PAGE
