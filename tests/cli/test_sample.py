import json
from pathlib import Path

import numpy as np
import pytest
import torch

from eloss_plugins.cli.generation import by_size
from eloss_plugins.data.readers import read_molecules
from eloss_plugins.trainers.diffusion.model import Diffusion
from eloss_plugins.trainers.generator import Sampled


@pytest.mark.parametrize("ending", [".sdf", ".xyz", ".extxyz"])
def test_as_many_molecules_as_asked_are_written(eloss, run_folder, ending):
    answer = eloss("sample", run_folder, "-n", "7", "-o", f"made{ending}", "--json")
    assert answer.code == 0, answer.err
    assert json.loads(answer.out)["molecules"] == 7
    marks = {".sdf": "$$$$", ".xyz": "sample ", ".extxyz": "Properties="}
    assert Path(f"made{ending}").read_text().count(marks[ending]) == 7


def test_equal_seeds_give_equal_molecules_and_others_do_not(eloss, run_folder):
    texts = []
    for seed in ("1", "1", "2"):
        words = ("--seed", seed, "-n", "3", "-o", "made.xyz", "--overwrite")
        assert eloss("sample", run_folder, *words).code == 0
        texts.append(Path("made.xyz").read_text())
    assert texts[0] == texts[1] != texts[2]


def test_samples_stand_in_the_run_by_default(eloss, run_folder):
    assert eloss("sample", run_folder, "-n", "2").code == 0
    assert (Path(run_folder) / "samples.sdf").is_file()


def test_a_checkpoint_is_sampled_as_the_run_was_then(eloss, run_folder):
    (checkpoint,) = (Path(run_folder) / "checkpoints").glob("*.pt")
    assert eloss("sample", str(checkpoint), "-n", "2").code == 0
    assert eloss("sample", run_folder, "-n", "2").code == 0
    of_checkpoint = Path(run_folder) / f"samples-{checkpoint.stem}.sdf"
    assert of_checkpoint.read_bytes() == (Path(run_folder) / "samples.sdf").read_bytes()


def test_more_steps_than_the_training_had_are_counted_as_those_of_the_training(eloss, run_folder):
    told = eloss("sample", run_folder, "-n", "3", "--sample-steps", "99").err
    assert "sampling 3 molecules, 10 steps each: 30/30 (100 %)" in told


def test_sampling_can_differ_from_the_run(eloss):
    words = ("--steps=1", "--layers=1", "--features=8", "--timesteps=4", "--valid-molecules=0")
    trained = eloss(
        "train", "flow", "--data=bundled-tiny", "--out=run", "--accelerator=cpu", *words
    )
    assert trained.code == 0, trained.err
    texts = []
    for options in ("solver=euler", "solver=midpoint"):
        made = ("-n2", "-o", "made.xyz", "--overwrite", "--json", "--sample-options", options)
        told = json.loads(eloss("sample", "run", *made).out)["sampling"]
        assert told == {
            **{"absolute_tolerance": 1e-4, "relative_tolerance": 1e-4},
            "solver": options.removeprefix("solver="),
        }
        texts.append(Path("made.xyz").read_text())
    assert texts[0] != texts[1]
    refused = eloss("sample", "run", "-o", "other.xyz", "--sample-options=layers=2")
    assert refused.code == 2
    assert "absolute_tolerance, relative_tolerance, solver; got `layers`" in refused.err


def test_a_file_that_is_there_is_refused(eloss, run_folder):
    Path("made.sdf").write_text("mine")
    answer = eloss("sample", run_folder, "-o", "made.sdf")
    assert answer.code == 3
    assert "--overwrite" in answer.err
    assert Path("made.sdf").read_text() == "mine"


@pytest.mark.parametrize(
    ("output", "code"), [("made.pdb", 2), ("made", 2), ("folder.sdf", 2), ("made.sdf/x.sdf", 2)]
)
def test_outputs_that_cannot_be_are_refused_before_the_work(eloss, run_folder, output, code):
    Path("folder.sdf").mkdir()
    Path("made.sdf").touch()
    assert eloss("sample", run_folder, "-o", output).code == code


@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_what_is_no_run_is_refused(eloss, folder):
    answer = eloss("sample", folder)
    assert answer.code == 2
    assert folder in answer.err


def test_batches_hold_molecules_of_similar_size():
    assert by_size([5, 2, 9, 2], 2) == [[1, 3], [0, 2]]
    assert by_size([], 3) == []


def test_bonds_and_charges_that_a_model_makes_are_written(eloss, run_folder, monkeypatch):
    def chain(model, num_atoms, *, steps=None, on_step=None):
        """Atoms in a row, each bonded to the next by a double bond, the first with a charge."""
        mask = torch.arange(int(num_atoms.max())) < num_atoms.unsqueeze(1)
        place = torch.arange(mask.shape[1])
        both = mask.unsqueeze(1) & mask.unsqueeze(2)
        bonds = 2 * (both & ((place - place.unsqueeze(1)).abs() == 1))
        charges = (place == 0).expand(mask.shape) * -1
        return Sampled(torch.randn(*mask.shape, 3), mask.long(), mask, bonds, charges)

    monkeypatch.setattr(Diffusion, "sample", chain)
    assert eloss("sample", run_folder, "-n", "3", "-o", "made.sdf").code == 0
    for molecule in read_molecules("made.sdf"):
        steps = np.arange(len(molecule) - 1)
        assert molecule.bonds.pairs.tolist() == np.stack([steps, steps + 1], axis=1).tolist()
        assert set(molecule.bonds.orders) == {2}
        assert molecule.formal_charges.tolist() == [-1] + [0] * (len(molecule) - 1)


def test_bonds_that_no_model_made_are_marked_as_found(eloss, run_folder):
    assert eloss("sample", run_folder, "-n", "2", "-o", "made.sdf").code == 0
    assert Path("made.sdf").read_text().count("> <bonds>\nfrom distances\n") == 2
    assert read_molecules("made.sdf").bonds is None
