"""The patched JODO beside the unpatched one; needs ELOSS_JODO and ELOSS_QM7, and its packages."""

import re
from importlib.util import find_spec
from pathlib import Path

import pytest

from . import checkouts

pytestmark = pytest.mark.slow

NEEDS = ("absl", "ml_collections", "pandas", "torch_geometric", "torch_scatter", "tqdm")
CONFIG = "configs/vpsde_qm9_uncond_jodo.py"
SMALL = {
    "data.num_workers": 0,
    "training.batch_size": 16,
    "training.eval_batch_size": 4,
    "training.eval_samples": 4,
    "training.log_freq": 1,
    "training.snapshot_freq": 1000000,
    "model.nf": 32,
    "model.n_layers": 2,
    "model.n_heads": 4,
    "sampling.steps": 5,
    "optim.warmup": 10,
    "optim.lr": 1e-3,
}
STEPS = 100


@pytest.fixture(autouse=True)
def _its_packages(monkeypatch):
    """All are there; and its data set is a pickle, which torch 2.6 and later refuse unasked."""
    missing = [name for name in NEEDS if find_spec(name) is None]
    if missing:
        pytest.skip(f"JODO needs {', '.join(missing)}, not installed here")
    monkeypatch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")


def arguments(checkout: Path, workdir: Path, **settings: object) -> list[str]:
    """Of `main.py`, for a small training in a fresh folder."""
    fixed = ("--config", str(checkout / CONFIG), "--mode", "train", "--workdir", str(workdir))
    return [*fixed, *(f"--config.{name}={value}" for name, value in {**SMALL, **settings}.items())]


def train(place: Path, checkout: Path, workdir: Path, *flags: str, **settings: object):
    words = arguments(checkout, workdir, **settings)
    return checkouts.python(place, str(checkout / "main.py"), *words, *flags)


def losses(log: str) -> list[float]:
    return [float(it) for it in re.findall(r"training_loss: (\S+)", log)]


def test_it_trains_and_samples_with_the_energy(jodo_place, patched_jodo, tmp_path):
    settings = {"training.n_iters": 80}
    done = train(jodo_place, patched_jodo, tmp_path, "--loss-plugin", "energy", **settings)
    assert done.code == 0, done.err[-2000:]
    found = losses(done.err)
    assert len(found) == 81
    assert all(0 < loss < float("inf") for loss in found)
    assert sum(found[-20:]) < 0.8 * sum(found[:20])
    assert "eloss: energy (eloss-plugins:builtin" in done.out
    assert "loss_plugin: energy" in done.err
    assert re.search(r"n_mol: 4, 3D atom stability: \d", done.err)


@pytest.fixture(scope="module")
def traces(jodo_place, tmp_path_factory):
    """From a checkout and flags to the trace of its first steps."""

    def traced(checkout: Path, *flags: str) -> str:
        words = arguments(checkout, tmp_path_factory.mktemp("run"), **{"training.n_iters": STEPS})
        return checkouts.traced(jodo_place, STEPS, checkout / "main.py", *words, *flags)

    return traced


def test_without_a_plugin_it_is_upstream_bit_for_bit(traces, jodo, patched_jodo):
    """Weights, losses and random numbers of 100 steps, the flag absent or `none`."""
    expected = traces(jodo)
    assert expected.count("\n") == STEPS
    assert traces(patched_jodo) == expected
    assert traces(patched_jodo, "--loss-plugin", "none") == expected


def test_revert_gives_every_byte_back(tmp_path, jodo):
    copy = checkouts.copied(str(jodo), tmp_path / "jodo")
    before = checkouts.tree_hash(copy)
    assert checkouts.eloss(tmp_path, "patch", "apply", "jodo", "jodo").code == 0
    assert checkouts.tree_hash(copy) != before
    assert checkouts.eloss(tmp_path, "patch", "revert", "jodo", "jodo").code == 0
    assert checkouts.tree_hash(copy) == before


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("enrgy",), "Did you mean `energy`"),
        (("energy", "--config.model.pred_data=False"), "got config.model.pred_data=False"),
    ],
)
def test_a_wrong_flag_is_one_sentence(jodo_place, patched_jodo, tmp_path, flags, words):
    done = train(jodo_place, patched_jodo, tmp_path, "--loss-plugin", *flags)
    assert "Traceback" not in done.err
    assert words in done.err.splitlines()[-1]
    assert done.code == 2


def test_a_missing_package_is_one_sentence(jodo_place, patched_jodo, tmp_path):
    """The script runs where importing our package fails."""
    script = patched_jodo / "main.py"
    code = "import runpy, sys; sys.modules['eloss_plugins'] = None; sys.argv = sys.argv[1:]; "
    code += "sys.path.insert(0, sys.argv[0].rpartition('/')[0]); "
    code += "runpy.run_path(sys.argv[0], run_name='__main__')"
    words = arguments(patched_jodo, tmp_path)
    done = checkouts.python(jodo_place, "-c", code, str(script), *words, "--loss-plugin", "energy")
    assert "--loss-plugin needs the package eloss-plugins: " in done.err.splitlines()[-1]
    assert "Traceback" not in done.err
    assert done.code == 5
