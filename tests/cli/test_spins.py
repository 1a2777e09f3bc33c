"""`eloss spins`: an experiment from end to end, single ground states, bad input."""

import json

import numpy as np
import pytest

from eloss_plugins.cli import spins
from tests.spins.oracle import least_energy

TINY = (
    "--size=4",
    "--instances=40",
    "--test=10",
    "--epochs=2",
    "--batch-size=20",
    "--blocks=1",
    "--channels=4",
    "--seeds=0,1",
    "--losses=local-field,pair-energy/h0=0.2",
    "--jobs=2",
    "--out=out",
)


@pytest.fixture(autouse=True)
def kept(tmp_path, monkeypatch):
    monkeypatch.setenv("ELOSS_SPINS", str(tmp_path / "kept"))


@pytest.mark.slow
def test_an_experiment_leaves_page_picture_and_numbers(eloss, workplace):
    answer = eloss("spins", *TINY, "--json")
    assert answer.code == 0, answer.err
    record = json.loads(answer.out)
    assert record == json.loads((workplace / "out/spins.json").read_text())
    assert list(record["losses"]) == ["local-field", "pair-energy"]
    assert len(record["losses"]["pair-energy"]["gap"]["seeds"]) == 2
    page = (workplace / "out/spins.html").read_text()
    assert page.count('class="spins"') == 9  # three glasses: exact and two losses
    assert "http" not in page.replace("http://www.w3.org", "")
    assert (workplace / "out/spins.png").read_bytes().startswith(b"\x89PNG")
    _resumes(eloss, workplace, record)


def _resumes(eloss, workplace, record):
    """Without --resume it is refused; with it nothing is trained again; other plans are refused."""
    assert eloss("spins", *TINY).code == 3
    made = {path: path.stat().st_mtime_ns for path in (workplace / "out/runs").rglob("*.pt")}
    answer = eloss("spins", *TINY, "--resume", "--json")
    assert answer.code == 0, answer.err
    assert made == {
        path: path.stat().st_mtime_ns for path in (workplace / "out/runs").rglob("*.pt")
    }
    again = json.loads(answer.out)
    assert again["losses"] == record["losses"]
    other = eloss("spins", *TINY[:-1], "--out=out", "--resume", "--test-share=1")
    assert other.code == 2
    changed = [word if not word.startswith("--epochs") else "--epochs=3" for word in TINY]
    refused = eloss("spins", *changed, "--resume")
    assert refused.code == 3
    assert "differs in common.epochs" in refused.err


def test_solve_draws_a_lattice(eloss):
    answer = eloss("spins", "solve", "--size=4", "--couplings=binary")
    assert answer.code == 0, answer.err
    assert "method: matching" in answer.out
    assert [len(line.split()) for line in answer.out.splitlines()[-4:]] == [4] * 4


def test_solve_gives_json_that_fits(eloss):
    record = json.loads(eloss("spins", "solve", "--size=5", "--boundary=periodic", "--json").out)
    assert (record["method"], record["sites"], record["pairs"]) == ("seams", 25, 50)
    assert len(record["spins"]) == 25


def test_solve_writes_many_for_use_elsewhere(eloss, workplace):
    many = (
        "spins",
        "solve",
        "--size=4",
        "--instances=3",
        "--jobs=1",
        "--out=new/three.npz",
        "--json",
    )
    record = json.loads(eloss(*many).out)
    assert (record["instances"], record["method"]) == (3, "matching")
    with np.load(workplace / "new/three.npz") as found:
        agreeing = found["spins"][:, found["index"][0]] * found["spins"][:, found["index"][1]]
        energies = -(found["couplings"] * agreeing).sum(1)
        assert energies.tolist() == found["energies"].tolist()
        least = [least_energy(16, found["index"], couplings) for couplings in found["couplings"]]
    assert least == energies.tolist()
    assert record["mean_energy"] == pytest.approx(np.mean(least))
    assert eloss(*many).code == 3
    assert eloss(*many, "--overwrite").code == 0


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--instances=3"], "expected --out FILE.npz for the ground states; got None"),
        (["--instances=3", "--out=folder"], "expected --out FILE.npz"),
        (["--out=a.npz"], "takes no --out without --instances"),
        (["chain.npz", "--instances=3", "--out=a.npz"], "leave it out to solve the couplings"),
        (["--instances=3", "--epochs=2", "--out=a.npz"], "takes no --epochs"),
    ],
)
def test_solving_many_needs_a_file_and_nothing_else(eloss, words, sentence):
    answer = eloss("spins", "solve", *words)
    assert answer.code == 2
    assert sentence in answer.err


def test_solve_judges_the_spins_of_a_file(eloss, workplace):
    matrix = np.array([[0, 1.0, 0], [1.0, 0, -2.0], [0, -2.0, 0]])
    np.savez(workplace / "chain.npz", couplings=matrix, spins=[1, 1, 1])
    record = json.loads(eloss("spins", "solve", "chain.npz", "--json").out)
    assert (record["energy"], record["gap_of_file"]) == (-3.0, 4.0)
    assert record["spins"] == [1, 1, -1]


SQUARE = np.array([[0, 1.0], [1.0, 0]])


@pytest.mark.parametrize(
    ("arrays", "words"),
    [
        ({"couplings": np.array([[0, 1.0], [2.0, 0]])}, "couplings must be symmetric"),
        ({"couplings": SQUARE + np.eye(2)}, "site 0 is coupled to itself"),
        ({"couplings": SQUARE, "spins": [1, 2]}, "spins must be +1 or -1; got 2"),
        ({"couplings": SQUARE, "spins": [1]}, "expected 2 spins"),
    ],
)
def test_a_bad_file_is_one_sentence(eloss, workplace, arrays, words):
    np.savez(workplace / "bad.npz", **arrays)
    answer = eloss("spins", "solve", "bad.npz")
    assert answer.code == 2
    assert answer.err.startswith("eloss: bad.npz: ")
    assert words in answer.err
    assert len(answer.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--size=1",), "from 2 to 256"),
        (("--size=2", "--boundary=periodic"), "needs at least 3 sites"),
        (("--losses=cross-entrpy",), "cross-entropy"),
        (("--losses=energy",), "discrete loss"),
        (("--losses=margin/h0=1",), "h0"),
        (("--losses=margin,margin",), "each entry once"),
        (("chain.npz",), "choice"),
        (("solve", "--epochs=3"), "takes no --epochs"),
        (("solve", "--size=40", "--method=transfer"), "at most 20 sites"),
        (("solve", "--boundary=periodic", "--method=matching"), "open lattices alone"),
        (("solve", "missing.txt"), "missing.txt: no such file"),
    ],
)
def test_a_bad_flag_is_one_sentence(eloss, words, said):
    answer = eloss("spins", *words)
    assert answer.code == 2
    assert said in answer.err


def test_default_losses_are_the_registered_ones():
    from eloss_plugins.core.discrete import DISCRETE_LOSSES

    assert set(spins.LOSSES) == set(DISCRETE_LOSSES)
