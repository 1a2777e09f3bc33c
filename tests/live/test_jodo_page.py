"""Every command on the page about JODO, in its order, from clone to molecules and back."""

import re
import shlex
from importlib.util import find_spec
from pathlib import Path

import pytest

from . import checkouts

PAGE = (Path(__file__).parents[2] / "docs/upstreams/jodo.md").read_text()
BLOCKS = re.findall(r"^```console\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
COMMANDS = re.findall(r"^\$ (.*)$", "".join(BLOCKS), re.MULTILINE)
SMALL = {
    "data.num_workers": 0,
    "training.batch_size": 8,
    "training.eval_batch_size": 4,
    "training.eval_samples": 4,
    "training.n_iters": 3,
    "model.nf": 16,
    "model.n_layers": 1,
    "model.n_heads": 4,
    "sampling.steps": 3,
}
SHORT = tuple(f"--config.{name}={value}" for name, value in SMALL.items())


@pytest.fixture
def elsewhere(jodo, qm7):
    """The commands that take something from the network, with what is here."""
    lines = {
        "eloss vendor jodo": ["vendor", "jodo", "--from", str(jodo)],
        "eloss data export jodo bundled --out data/QM9 --drop-unknown": [
            *("data", "export", "jodo", str(qm7), "--out", "data/QM9", "--drop-unknown")
        ],
    }
    assert lines.keys() <= set(COMMANDS)
    return lines


@pytest.mark.slow
@pytest.mark.skipif(find_spec("torch_geometric") is None, reason="JODO needs torch_geometric")
def test_every_command_of_the_page_works(tmp_path, elsewhere, monkeypatch):
    place = tmp_path
    for command in COMMANDS:
        program, *words = shlex.split(command)
        if program == "cd":
            place = place / words[0]
        elif program == "export":
            monkeypatch.setenv(*words[0].split("="))
        else:
            run = checkouts.eloss if program == "eloss" else checkouts.python
            given = elsewhere.get(command) or [*words, *(SHORT if program == "python" else ())]
            done = run(place, *given)
            assert done.code == 0, f"{command}\n{done.out[-500:]}\n{done.err[-2000:]}"
    assert "# eloss" not in (place / "main.py").read_text()


def test_the_page_states_the_footprint():
    from eloss_plugins.patches.jodo import PATCH_SET

    lines = sum(len(edit.lines) for edit in PATCH_SET.edits)
    assert f"{len(PATCH_SET.files)} files, {lines} lines" in PAGE
