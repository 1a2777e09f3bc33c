"""Public forks of EDM: the patch set applies and they train, or it refuses; needs ELOSS_FORKS."""

import os
from pathlib import Path

import pytest

from . import checkouts
from .conftest import given
from .test_edm import SMALL

pytestmark = pytest.mark.slow

SCRIPT = "main_qm9.py"
REASONS = ("latent space", "already contains", "ambiguous", "not found", "no known upstream")
SHORT = ("--n_epochs", "1", "--test_epochs", "1", "--break_train_epoch", "True")


def forks() -> list[str]:
    folder = os.environ.get("ELOSS_FORKS")
    return sorted(it.name for it in Path(folder).iterdir() if it.is_dir()) if folder else []


@pytest.fixture(params=forks() or ["none"])
def fork(request, tmp_path) -> Path:
    folder = Path(given("ELOSS_FORKS", "a folder of forks of EDM")) / request.param
    root = next(iter(sorted(folder.rglob("en_diffusion.py"))), folder / "x" / "x").parents[1]
    return checkouts.copied(str(root), tmp_path / "fork")


def train(place: Path, fork: Path, *flags: str) -> checkouts.Run:
    return checkouts.python(place, str(fork / SCRIPT), *SMALL, *SHORT, *flags)


def test_it_trains_or_refuses(edm_place, fork):
    """Or it stops where the fork itself stops, patched or not."""
    before = checkouts.tree_hash(fork)
    applied = checkouts.eloss(fork.parent, "patch", "apply", "edm", "./fork")
    if applied.code:
        assert applied.code == 3
        assert any(reason in applied.err for reason in REASONS), applied.err
        assert checkouts.tree_hash(fork) == before
        return
    done = train(edm_place, fork, "--loss-plugin", "energy")
    assert checkouts.eloss(fork.parent, "patch", "revert", "./fork").code == 0
    assert checkouts.tree_hash(fork) == before
    if done.code == 0:
        assert done.series("Val energy")
    else:
        assert train(edm_place, fork).code == done.code, done.err[-2000:]
