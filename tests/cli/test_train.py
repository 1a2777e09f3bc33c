import json
from pathlib import Path

import pytest

from .conftest import TINY

SHORT = (*TINY, "--steps=3")


def test_a_run_is_made_where_it_is_said_to_be(eloss):
    answer = eloss("train", "gdm", "--loss-plugin", "energy", *SHORT)
    assert answer.code == 0
    assert "runs/gdm-energy-0" in answer.out
    assert Path("runs/gdm-energy-0/config.json").is_file()


def test_the_resolved_loss_is_told_at_the_start(eloss):
    answer = eloss("train", "gdm", "--loss-plugin", "energy", *SHORT)
    first = answer.err.splitlines()[0]
    assert first.startswith("loss: energy (preset tuned")
    assert "stiffness exponential" in first
    assert "weight" in first


def test_the_next_command_is_told_at_the_end(eloss):
    assert "Next: eloss sample runs/gdm-none-0" in eloss("train", "gdm", *SHORT).err


def test_quiet_leaves_the_result_alone(eloss):
    answer = eloss("train", "gdm", "-q", *SHORT)
    assert answer.err == ""
    assert len(answer.out.splitlines()) == 1


def test_json_is_all_that_is_printed(eloss):
    answer = eloss("train", "gdm", "--json", *SHORT)
    found = json.loads(answer.out)
    assert (found["step"], found["total_steps"], found["exit_code"]) == (3, 3, 0)


@pytest.mark.parametrize(
    ("words", "hint"),
    [
        (("gdm", "--loss-plugin", "enrgy"), "`energy`"),
        (("gmd",), "`gdm`"),
        (("gdm", "--loss-plugin=energy", "--loss-options=wieght=1"), "weight"),
        (("gdm", "--loss-plugin=energy", "--loss-options=stiffness=inverze"), "inverse"),
        (("gdm", "--loss-plugin=energy", "--loss-options=weight=-1"), "weight"),
        (("gdm", "--loss-plugin=energy", "--loss-options=weight=nan"), "weight"),
        (("gdm", "--data=bundeld"), "bundled"),
        (("gdm", "--data=/nowhere/at/all.xyz"), "/nowhere/at/all.xyz"),
    ],
)
def test_unknown_names_are_explained_before_anything_is_made(eloss, words, hint):
    answer = eloss("train", *words, *SHORT)
    assert answer.code == 2, answer.err
    assert hint in answer.err
    assert not Path("runs").exists()


def test_a_run_that_is_there_is_refused_with_both_ways_out(eloss, run_folder):
    before = sorted(Path(run_folder).rglob("*"))
    answer = eloss("train", "gdm", "--out", run_folder, *SHORT)
    assert answer.code == 3
    assert "--resume" in answer.err
    assert "--overwrite" in answer.err
    assert sorted(Path(run_folder).rglob("*")) == before


def test_resume_takes_the_settings_of_the_run(eloss, run_folder):
    answer = eloss("train", "gdm", "--resume", "--out", run_folder, "--steps=5", "--json")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["step"] == 5
    config = json.loads((Path(run_folder) / "config.json").read_text())["config"]
    assert config["model"]["features"] == 8
    assert config["batch_size"] == 4


def test_resume_of_a_finished_run_changes_nothing(eloss, run_folder):
    answer = eloss("train", "gdm", "--resume", "--out", run_folder)
    assert answer.code == 0
    assert "Trained 3 steps" in answer.out


def test_resume_with_other_settings_is_refused(eloss, run_folder):
    answer = eloss("train", "gdm", "--resume", "--out", run_folder, "--batch-size=5")
    assert answer.code == 3
    assert "batch_size" in answer.err


def test_overwrite_that_is_refused_leaves_the_run_and_its_results(eloss, run_folder):
    result = Path(run_folder) / "evaluation.json"
    result.write_text("{}")
    words = ("--overwrite", "--out", run_folder, "--model-options", "lyers=3")
    assert eloss("train", "gdm", *words, *SHORT).code == 2
    assert result.exists()
    assert (Path(run_folder) / "config.json").exists()


def test_overwrite_forgets_what_was_made_of_the_old_run(eloss, run_folder):
    stale = [Path(run_folder) / "samples.sdf", Path(run_folder) / "curve" / "step-00000001.sdf"]
    stale[1].parent.mkdir()
    for file in stale:
        file.touch()
    assert eloss("train", "gdm", "--overwrite", "--out", run_folder, *SHORT).code == 0
    assert not any(file.exists() for file in stale)


def test_a_first_run_leaves_files_that_were_in_its_folder(eloss):
    mine = Path("new/samples.sdf")
    mine.parent.mkdir()
    mine.touch()
    assert eloss("train", "gdm", "--out", "new", *SHORT).code == 0
    assert mine.exists()


def test_an_output_that_cannot_be_made_is_an_environment_problem(eloss, tmp_path):
    (tmp_path / "file").touch()
    answer = eloss("train", "gdm", "--out", str(tmp_path / "file" / "run"), *SHORT)
    assert answer.code == 5
    assert str(tmp_path / "file") in answer.err


def test_a_device_that_is_not_there_is_an_environment_problem(eloss):
    torch = pytest.importorskip("torch")
    if torch.backends.mps.is_available():
        pytest.skip("this machine has an mps device")
    words = [word for word in SHORT if not word.startswith("--accelerator")]
    answer = eloss("train", "gdm", *words, "--accelerator=mps")
    assert answer.code == 5
    assert "--accelerator cpu" in answer.err
