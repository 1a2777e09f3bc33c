import json
from pathlib import Path

import pytest

from eloss_plugins.cli.comparison import learning
from eloss_plugins.errors import UsageError

from .conftest import TINY

COMPARE = ("compare", "gdm", "--losses=mse,energy", "--out=cmp", "--data=bundled-tiny", *TINY)
SHORT = (*COMPARE, "--seeds=0", "--steps=6", "--samples=4", "--curve-samples=3")


def test_every_checkpoint_before_the_last_is_a_point():
    assert learning.points(12, 4, 3) == (4, 8)
    assert learning.points(13, 4, 4) == (4, 8, 12)
    assert learning.points(4, 4, 1) == ()


def test_checkpoints_that_nobody_keeps_cannot_be_judged():
    with pytest.raises(UsageError, match="5 will be made and 3 kept. Add --keep-last 5"):
        learning.points(20, 4, None)


def test_epochs_do_not_tell_the_checkpoints():
    with pytest.raises(UsageError, match="needs --steps"):
        learning.points(None, 4, 3)


def test_a_plan_without_its_checkpoints_is_refused_before_it_begins(eloss):
    answer = eloss(*SHORT, "--checkpoint-every=1")
    assert answer.code == 2
    assert "--keep-last 6" in answer.err
    assert not Path("cmp").exists()


@pytest.mark.slow
def test_molecules_of_each_checkpoint_come_into_the_report(eloss):
    answer = eloss(*SHORT, "--checkpoint-every=2", "--keep-last=3", "--jobs=1")
    assert answer.code == 0, answer.err
    (run,) = Path("cmp/runs").glob("energy*")
    assert sorted(file.name for file in (run / "curve").glob("*.json")) == [
        "step-00000002.json",
        "step-00000004.json",
    ]
    assert json.loads(learning.record(run, 2).read_text())["molecules"] == 3
    page = Path("cmp/report.html").read_text()
    assert "molecules stable, %, mean over seeds" in page
