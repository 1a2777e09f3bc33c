"""`eloss checkpoint`: in, out, and what it says."""

import json

import pytest
import torch

from cli.conftest import TINY
from eloss_plugins.trainers import checkpoint, jodo
from eloss_plugins.trainers.jodo_model.config import JodoConfig
from eloss_plugins.trainers.upstreams.jodo import JODO
from eloss_plugins.trainers.upstreams.upstream import Trained

REFUSED, USAGE = 3, 2


@pytest.fixture
def upstream(eloss, run_folder) -> str:
    """An output folder as GDM's scripts leave it."""
    assert eloss("checkpoint", "export", run_folder, "upstream").code == 0
    return "upstream"


@pytest.fixture
def imported(eloss, upstream) -> str:
    answer = eloss("checkpoint", "import", "gdm", upstream, "--out=mine", "--data=bundled-tiny")
    assert answer.code == 0, answer.err
    return "mine"


@pytest.fixture
def jodo_file(tmp_path) -> str:
    config, elements = JodoConfig(layers=1, features=16, heads=4), (1, 6, 7, 8, 9)
    torch.manual_seed(0)
    model = jodo.SPEC.build(config, elements)
    JODO.write(tmp_path / "jodo.pth", Trained(jodo.SPEC, config, elements, model, 9))
    return "jodo.pth"


def weights(run: str, tmp_path) -> dict[str, torch.Tensor]:
    found = checkpoint.load_newest(tmp_path / run / "checkpoints")
    assert found is not None
    return found.state["ema"]


def test_a_run_exported_and_imported_has_the_same_weights(run_folder, imported, tmp_path):
    first, second = weights(run_folder, tmp_path), weights(imported, tmp_path)
    assert first.keys() == second.keys()
    assert all(torch.equal(first[name], second[name]) for name in first)


def test_an_imported_run_is_sampled_and_evaluated(eloss, imported):
    assert eloss("sample", imported, "-n", "2").code == 0
    answer = eloss("evaluate", imported)
    assert answer.code == 0
    assert "training molecules of bundled-tiny" in answer.err


def test_the_import_says_where_sizes_come_from(eloss, upstream):
    answer = eloss("checkpoint", "import", "gdm", upstream, "--out=other")
    assert "sizes of molecules: those of the training molecules of bundled (--data)" in answer.err


def test_an_imported_run_cannot_be_resumed(eloss, imported):
    answer = eloss("train", "gdm", "--resume", f"--out={imported}", "--steps=9", *TINY)
    assert answer.code == REFUSED
    assert "--start-from" in answer.err


def test_a_jodo_file_becomes_a_run_and_a_file_again(eloss, jodo_file, tmp_path):
    words = ("checkpoint", "import", "jodo", jodo_file, "--out=run", "--data=bundled-tiny")
    answer = eloss(*words, "--model-options=heads=4,timesteps=3")
    assert answer.code == 0, answer.err
    assert "Imported jodo, 9 steps, to run" in answer.out
    assert eloss("sample", "run", "-n", "2").code == 0
    assert eloss("checkpoint", "export", "run", "again.pth").code == 0
    assert eloss("checkpoint", "export", "run", "again.pth").code == REFUSED
    first, second = (torch.load(tmp_path / name) for name in (jodo_file, "again.pth"))
    assert all(torch.equal(v, second["model"][k]) for k, v in first["model"].items())


def test_a_run_that_is_there_is_kept(eloss, upstream, imported):
    words = ("checkpoint", "import", "gdm", upstream, f"--out={imported}")
    answer = eloss(*words)
    assert answer.code == REFUSED
    assert "--overwrite" in answer.err
    assert eloss(*words, "--overwrite").code == 0


@pytest.mark.parametrize("kind", ["run", "gdm", "jodo"])
def test_show_says_what_is_there(eloss, kind, run_folder, upstream, jodo_file):
    place = {"run": run_folder, "gdm": upstream, "jodo": jodo_file}[kind]
    answer = eloss("checkpoint", "show", place, "--json")
    found = json.loads(answer.out)
    assert kind in found["kind"]
    assert found["trainer"] == ("jodo" if kind == "jodo" else "gdm")
    assert found["elements"] == ["H", "C", "N", "O", "F"]
    assert eloss("checkpoint", "show", place).out.startswith("kind")


@pytest.mark.parametrize(
    ("words", "code", "cause"),
    [
        (["import", "edm", "upstream", "--out=x"], REFUSED, "holds a model of gdm, not of edm"),
        (["import", "edm", "nowhere", "--out=x"], REFUSED, "no args.pickle"),
        (["import", "jodo", "nowhere.pth", "--out=x"], REFUSED, "is not a file"),
        (["import", "jodo", "text.pth", "--out=x"], REFUSED, "damaged or"),
        (["import", "mdm", "x", "--out=y"], USAGE, "Did you mean"),
        (["import", "gdm", "upstream", "--out=x", "--model-options=a=b"], USAGE, "leave out a"),
        (["export", "nowhere", "x"], USAGE, "no such folder"),
        (["show", "nowhere"], USAGE, "no such file or folder"),
        (["show", "."], USAGE, "neither a run nor a checkpoint"),
        (["show", "text.pth"], REFUSED, "no checkpoint"),
        ([], USAGE, "an action is missing"),
    ],
)
def test_errors_are_one_sentence(eloss, upstream, tmp_path, words, code, cause):
    (tmp_path / "text.pth").write_text("not a checkpoint, whatever its name says")
    answer = eloss("checkpoint", *words)
    assert answer.code == code
    assert cause in answer.err
    assert "Traceback" not in answer.err
    assert not (tmp_path / "x").exists()
