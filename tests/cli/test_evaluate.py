import json
from pathlib import Path

import pytest
from molecules_by_hand import at_nan, carbon_dioxide, methane, together, two_waters

from eloss_plugins.chem.formats import write_molecules


@pytest.fixture
def file() -> str:
    """Two stable molecules in one piece, one in two pieces, one broken."""
    write_molecules(Path("some.xyz"), together(methane(), methane(), two_waters(), at_nan()))
    return "some.xyz"


def test_a_table_with_counts_is_printed(eloss, file):
    answer = eloss("evaluate", file)
    assert answer.code == 0, answer.err
    assert "3/4 (75.0 %)" in answer.out  # molecules stable
    assert "2/4 (50.0 %)" in answer.out  # and connected


def test_json_on_standard_output_is_all_there_is(eloss, file):
    for words in ((file, "--json"), ("--json", "-", file), (file, "--json=-")):
        found = json.loads(eloss("evaluate", *words).out)
        assert found["rates"]["molecule_stability"]["numerator"] == 3


def test_json_goes_to_a_file_beside_the_table(eloss, file):
    answer = eloss("evaluate", file, "--json", "made/evaluation.json")
    assert json.loads(Path("made/evaluation.json").read_text())["molecules"] == 4
    assert "molecules stable" in answer.out
    assert eloss("evaluate", file, "--json", "made/evaluation.json").code == 3
    assert eloss("evaluate", file, "--json", "made/evaluation.json", "--overwrite").code == 0


@pytest.mark.parametrize("place", ["", "~no-such-user/x.json"])
def test_a_place_for_json_that_is_none_is_refused(eloss, file, place):
    answer = eloss("evaluate", file, "--json", place)
    assert answer.code == 2
    assert "path" in answer.err or "home directory" in answer.err


def test_a_reference_adds_novelty_and_distances(eloss, file):
    write_molecules(Path("reference.sdf"), together(*[methane() for _ in range(20)]))
    without = json.loads(eloss("evaluate", file, "--json").out)
    with_one = json.loads(eloss("evaluate", file, "--reference", "reference.sdf", "--json").out)
    assert "novelty" not in without["rates"]
    assert with_one["rates"]["novelty"]["denominator"] == 2
    assert with_one["geometry"] is not None


def test_a_run_is_compared_with_its_own_data(eloss, run_folder):
    assert eloss("sample", run_folder, "-n", "3", "-q").code == 0
    answer = eloss("evaluate", run_folder)
    assert answer.code == 0
    assert "training molecules of bundled-tiny" in answer.err


def test_samples_of_before_the_run_went_on_are_told(eloss, run_folder):
    assert eloss("sample", run_folder, "-n", "3", "-q").code == 0
    assert "trained further" not in eloss("evaluate", run_folder).err
    assert eloss("train", "gdm", "--out", run_folder, "--resume", "--steps", "4").code == 0
    answer = eloss("evaluate", run_folder)
    assert answer.code == 0
    assert "warning: run was trained further since samples.sdf" in answer.err


def test_a_run_without_samples_says_how_to_get_them(eloss, run_folder):
    answer = eloss("evaluate", run_folder)
    assert answer.code == 2
    assert f"eloss sample {run_folder}" in answer.err


@pytest.mark.parametrize("what", ["nowhere.sdf", "empty", "text.sdf", "picture.png"])
def test_what_holds_no_molecules_is_refused(eloss, what):
    Path("empty").mkdir()
    Path("text.sdf").write_text("<html>not found</html>")
    Path("picture.png").write_bytes(b"\x89PNG")
    answer = eloss("evaluate", what)
    assert answer.code == 2
    assert what in answer.err


def stating(molecules):
    """What a model that makes bonds would have made."""
    from eloss_plugins.data.perception import with_bonds

    return with_bonds(molecules)


def test_molecules_that_state_bonds_are_judged_by_them_too(eloss):
    write_molecules(Path("made.sdf"), stating(together(methane(), methane(), carbon_dioxide())))
    write_molecules(Path("reference.xyz"), together(*[methane() for _ in range(20)]))
    words = ("evaluate", "made.sdf", "--reference", "reference.xyz", "--json")
    rates = json.loads(eloss(*words).out)["rates"]
    assert rates["molecule_stability_2d"]["numerator"] == 3
    assert rates["uniqueness_2d"]["numerator"] == 2
    assert (rates["novelty_2d"]["numerator"], rates["novelty_2d"]["denominator"]) == (1, 2)
    assert "molecules stable, stated bonds" in eloss("evaluate", "made.sdf").out


@pytest.mark.parametrize("ending", [".sdf", ".xyz"])
def test_bonds_found_by_distance_are_not_judged_as_stated(eloss, ending):
    write_molecules(Path(f"made{ending}"), together(methane(), carbon_dioxide()))
    found = json.loads(eloss("evaluate", f"made{ending}", "--json").out)
    assert not [name for name in found["rates"] if name.endswith("_2d")]
