import numpy as np
import pytest

from eloss_plugins.data.build_bundled import build, main, make, pack
from eloss_plugins.data.builder.candidates import Plan
from eloss_plugins.data.builder.verify import verdict
from eloss_plugins.data.load import load
from eloss_plugins.data.molecules import Molecule

SMALL = Plan(exhaustive_to=2, draws={3: 5})


def hash_of(journal, jobs: int = 1) -> str:
    return pack(build(SMALL, "mmff94", jobs, journal)).content_hash()


@pytest.mark.slow
def test_rebuild_gives_the_same_bytes_on_any_number_of_cores(tmp_path):
    assert hash_of(tmp_path / "one", 1) == hash_of(tmp_path / "two", 2)


@pytest.mark.slow
def test_interrupted_build_goes_on_to_the_same_bytes(tmp_path):
    journal = tmp_path / "journal"
    whole = hash_of(journal)
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:4]) + lines[4][:20])
    assert hash_of(journal) == whole


def distances(positions):
    return np.linalg.norm(positions[:, None] - positions[None], axis=-1)


@pytest.mark.parametrize("smiles", ["C", "C#N", "CCO", "C1CO1", "CN(C)C=O"])
def test_bundled_geometry_can_be_made_again(smiles):
    pytest.importorskip("tblite")
    molecules = load("bundled").molecules
    stored = molecules[molecules.names.index(smiles)]
    made = make(smiles, "gfn2-xtb", 0)
    assert made.numbers == tuple(stored.numbers)
    assert np.abs(distances(np.array(made.positions)) - distances(stored.positions)).max() < 0.01


def test_geometry_of_another_molecule_is_dropped():
    molecules = load("bundled").molecules
    ethanol = molecules[molecules.names.index("CCO")]
    assert verdict(ethanol, "CCO") is None
    assert verdict(ethanol, "COC") == "bonded to another molecule"
    stretched = Molecule(1.3 * ethanol.positions, ethanol.numbers)
    assert verdict(stretched, "CCO") == "an atom is not stable"


def test_candidate_without_a_stable_geometry_is_reported():
    outcome = make("c1ccccc1", "mmff94", 0)
    assert outcome.dropped == "an atom is not stable"
    assert outcome.positions == ()


def test_command_writes_the_file_and_prints_what_was_dropped(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr("eloss_plugins.data.build_bundled.Plan", lambda seed: Plan(2, {}, seed))
    for _ in range(2):  # the second time, everything is read back
        main(["--out", str(tmp_path), "--geometry", "mmff94"])
    assert (tmp_path / "molecules.npz").is_file()
    printed = capsys.readouterr().out
    assert "molecules, content sha256" in printed
    assert printed.count("| 1 | 4 | 0 |") == 2
