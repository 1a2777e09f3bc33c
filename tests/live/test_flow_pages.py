"""Every command on the pages about SemlaFlow and TABASCO, in its order."""

import re
import shlex
from pathlib import Path

import pytest

from . import checkouts
from .conftest import given, needs
from .test_semlaflow import NEEDS as OF_SEMLAFLOW
from .test_tabasco import NEEDS as OF_TABASCO

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs/upstreams"
SHORT = {
    "-m": ("--batch_cost", "64", "--d_model", "32", "--n_layers", "2", "--n_coord_sets", "8")
    + ("--d_message", "16", "--d_edge", "16", "--n_attn_heads", "4", "--d_message_hidden", "16")
    + ("--size_emb", "8", "--n_validation_mols", "8", "--num_inference_steps", "3"),
    "src/train.py": ("model.net.hidden_dim=32", "model.net.num_layers=2", "model.net.num_heads=4")
    + ("model.num_random_augmentations=1", "trainer.max_epochs=1", "+trainer.limit_train_batches=8")
    + ("callbacks.mol_metrics.num_samples=4", "callbacks.mol_metrics.num_sampling_steps=3"),
}


def commands(page: str) -> list[str]:
    text = (DOCS / page).read_text()
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return re.findall(r"^\$ (.*)$", "".join(blocks), re.MULTILINE)


def shortened(words: list[str]) -> list[str]:
    """The same, small; Hydra and argparse take the last of what stands twice."""
    return [*words, *SHORT.get(words[0], ())]


def run(command: str, place: Path, elsewhere: dict[str, str]) -> Path:
    """The folder in which the next command runs."""
    program, *words = shlex.split(elsewhere.get(command, command))
    if program == "cd":
        return place / words[0]
    if program == "cp":
        checkouts.copied(words[0], place / words[1])
    else:
        work = checkouts.eloss if program == "eloss" else checkouts.python
        done = work(place, *shortened(words))
        assert done.code == 0, f"{command}\n{done.out[-500:]}\n{done.err[-2000:]}"
    return place


def run_all(page: str, place: Path, elsewhere: dict[str, str]) -> Path:
    listed = commands(page)
    assert elsewhere.keys() <= set(listed)
    for command in listed:
        place = run(command, place, elsewhere)
    return place


def test_every_command_about_semlaflow_works(tmp_path, qm7):
    needs("SemlaFlow", *OF_SEMLAFLOW)
    checkout = given("ELOSS_SEMLAFLOW", "a checkout of SemlaFlow")
    elsewhere = {
        "eloss vendor semlaflow": f"eloss vendor semlaflow --from {checkout}",
        "eloss data export semlaflow bundled --out smol": (
            f"eloss data export semlaflow {qm7} --out smol"
        ),
    }
    place = run_all("semlaflow.md", tmp_path, elsewhere)
    assert "# eloss" not in (place / "semlaflow/train.py").read_text()


def test_every_command_about_tabasco_works(tmp_path, qm7):
    needs("TABASCO", *OF_TABASCO)
    checkout = given("ELOSS_TABASCO", "a checkout of TABASCO")
    elsewhere = {
        "git clone https://github.com/carlosinator/tabasco": f"cp {checkout} tabasco",
        "eloss data export tabasco bundled --out data": (
            f"eloss data export tabasco {qm7} --out data"
        ),
    }
    run_all("tabasco.md", tmp_path, elsewhere)


def test_the_page_states_the_footprint():
    from eloss_plugins.patches.semlaflow import PATCH_SET

    lines = sum(len(edit.lines) for edit in PATCH_SET.edits)
    assert f"{len(PATCH_SET.files)} files, {lines} lines" in (DOCS / "semlaflow.md").read_text()
