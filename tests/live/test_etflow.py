"""ETFlow through the adapter for flow matching; needs ELOSS_ETFLOW, ELOSS_QM7 and its packages."""

import csv
import math
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest

from . import checkouts, of_etflow

pytestmark = pytest.mark.slow

STEPS = 24
EPOCHS = "max_epochs: 5"
FLAGS = ("--config", "first.yaml", "--no_logger")


@pytest.fixture(scope="module")
def place(tmp_path_factory, qm7) -> Iterator[Path]:
    folder = of_etflow.prepared(tmp_path_factory)
    with pytest.MonkeyPatch.context() as patch:
        of_etflow.exported(patch, folder)
        done = checkouts.python(folder, "write_data.py", str(qm7))
        assert done.code == 0, done.err[-2000:]
        yield folder


def losses(trace: str) -> list[float]:
    """Of each step of a driven run."""
    return [float.fromhex(line.split()[0]) for line in trace.splitlines()]


def logged(place: Path, name: str) -> list[float]:
    """What the last run logged under a name."""
    newest = max(place.rglob("metrics.csv"), key=lambda path: path.stat().st_mtime)
    rows = csv.DictReader(newest.read_text().splitlines())
    return [float(row[name]) for row in rows if row[name]]


def trace(place: Path, steps: int, loss: str, options: str = "") -> str:
    return checkouts.traced(place, steps, place / "train_with_loss.py", loss, options, *FLAGS)


def test_its_loss_falls_with_the_energy(place):
    found = losses(trace(place, 0, "energy"))
    assert all(0 < loss < math.inf for loss in found)
    fifth = len(found) // 5
    assert sum(found[-fifth:]) < 0.8 * sum(found[:fifth])
    validated = logged(place, "val/loss")
    assert validated[-1] < validated[0]


def test_without_a_loss_it_is_upstream_bit_for_bit(place):
    """Weights, losses and random numbers."""
    expected = checkouts.traced(place, STEPS, place / "scripts/train.py", *FLAGS)
    assert expected.count("\n") == STEPS
    assert trace(place, STEPS, "none") == expected
    assert trace(place, STEPS, "energy") != expected


def test_the_squared_error_trains_as_upstreams_own(place):
    """Upstream has one, `batchwise_mse_loss`, which can stand where its own loss does."""
    script = place / "train_with_its_squares.py"
    script.write_text(
        "from etflow.models import loss, model\n"
        "model.batchwise_l2_loss = loss.batchwise_mse_loss\n"
        + of_etflow.blocks("python")[1].replace("sys.argv[1:]", '("none", "", *sys.argv[1:])')
    )
    expected = losses(checkouts.traced(place, STEPS, script, *FLAGS))
    found = losses(trace(place, STEPS, "mse", "reduction=per_atom"))
    assert found == pytest.approx(expected, rel=1e-3)  # the same numbers, rounded otherwise


def test_every_command_of_the_page_works(tmp_path_factory, qm7, monkeypatch):
    folder = of_etflow.prepared(tmp_path_factory)
    of_etflow.exported(monkeypatch, folder)
    settings = folder / "first.yaml"
    settings.write_text(settings.read_text().replace(EPOCHS, "max_epochs: 1"))
    said = []
    for command in of_etflow.commands():
        program, *words = shlex.split(command.replace("_data.py bundled", f"_data.py {qm7}"))
        if program == "python":
            done = checkouts.python(folder, *words)
            assert done.code == 0, f"{command}\n{done.out[-500:]}\n{done.err[-2000:]}"
            said.append(done.out)
    assert "'preset': 'balanced'" in said[1]
    assert pairs_of_conformers(folder) == len(list((folder / "data").rglob("test/*.pt")))


def pairs_of_conformers(folder: Path) -> int:
    """Test molecules of which upstream drew two conformers, all at finite positions."""
    (file,) = folder.rglob("generated_files.pkl")
    code = "import numpy as np, pickle, sys; kept = pickle.load(open(sys.argv[1], 'rb'));"
    code += "print(sum(len(it.pos_gen) == 2 and np.isfinite(it.pos_gen).all() for it in kept))"
    done = checkouts.python(folder, "-c", code, str(file))
    assert done.code == 0, done.err[-2000:]
    return int(done.out)
