"""The patched JODO beside the unpatched one; needs ELOSS_JODO and ELOSS_QM7, and its packages."""

import json
import re
import shutil
from pathlib import Path

import pytest

from eloss_plugins.chem.elements import number_of
from eloss_plugins.patched.jodo import ELEMENTS

from . import checkouts
from .conftest import needs

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
    needs("JODO", *NEEDS)
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
def bonds(jodo, jodo_place) -> dict:
    """Of molecules in batches of JODO's loaders, and what it calls the columns of types."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
        script = str(Path(__file__).parent / "loaders" / "jodo_bonds.py")
        done = checkouts.python(jodo_place, script, str(jodo), "data/QM9")
    assert done.code == 0, done.err[-2000:]
    return json.loads(done.out.splitlines()[-1])


@pytest.mark.parametrize(("data", "order"), [("qm9", 3.0), ("geom", 1.5)])
def test_bonds_of_a_batch_are_those_of_its_molecules(bonds, data, order):
    ours, theirs = bonds[data]["ours"], bonds[data]["theirs"]
    assert [sorted(molecule) for molecule in ours] == theirs
    assert any(bond[2] == order for molecule in theirs for bond in molecule)


@pytest.mark.parametrize("info", ELEMENTS)
def test_columns_of_types_are_the_elements_that_jodo_calls_them(bonds, info):
    assert ELEMENTS[info] == tuple(map(number_of, bonds["decoders"][info]))


@pytest.mark.parametrize("edges", ["bonds", "rigid", "sampled", "random-symmetric"])
def test_it_trains_on_sparse_edges(jodo_place, patched_jodo, tmp_path, edges):
    flags = ("--loss-plugin", "energy", "--loss-options", f"edges={edges}")
    settings = {"training.n_iters": 20, "training.snapshot_sampling": False}
    done = train(jodo_place, patched_jodo, tmp_path, *flags, **settings)
    assert done.code == 0, done.err[-2000:]
    assert all(0 < loss < float("inf") for loss in losses(done.err))


EVALUATION = {
    "eval.ckpts": 0,
    "eval.batch_size": 4,
    "eval.num_samples": 8,
    "eval.save_graph": True,
    "eval.sub_geometry": True,
}


@pytest.fixture(scope="module")
def trained(jodo_place, patched_jodo, tmp_path_factory) -> Path:
    """The work directory of a short training with the energy."""
    work = tmp_path_factory.mktemp("trained")
    settings = {"training.n_iters": 40, "training.snapshot_sampling": False}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TORCH_FORCE_NO_WEIGHTS_ONLY_LOAD", "1")
        done = train(jodo_place, patched_jodo, work, "--loss-plugin", "energy", **settings)
    assert done.code == 0, done.err[-2000:]
    return work


def test_evaluation_is_upstreams_with_any_flag(jodo_place, jodo, patched_jodo, trained, tmp_path):
    """Metrics and molecules of a checkpoint that was trained with the energy."""
    found = []
    for checkout, *flags in ((jodo,), (patched_jodo,), (patched_jodo, "--loss-plugin", "energy")):
        work = tmp_path / str(len(found))
        shutil.copytree(trained / "checkpoints", work / "checkpoints")
        done = train(jodo_place, checkout, work, *flags, "--mode", "eval", **EVALUATION)
        assert done.code == 0, done.err[-2000:]
        samples = (work / "eval" / "ancestral_ckpt_0_42.pkl").read_bytes()
        found.append((re.findall(r"Metric-\S+ \|\|.*", done.err), samples))
    assert found[0][0]
    assert found == [found[0]] * 3


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
