import json
from pathlib import Path

import pytest
from molecules_by_hand import together

from eloss_plugins.chem.formats import write_molecules
from tests.data.exporters.sets import sound, with_misfits


@pytest.fixture
def molecules() -> str:
    """A folder of five sound molecules, split."""
    return folder_of(sound(), "molecules")


def folder_of(data, name: str) -> str:
    Path(name).mkdir()
    for split in data.splits:
        write_molecules(Path(name, f"{split}.xyz"), together(*data.split(split)))
    return name


def test_files_are_written_and_the_next_command_is_printed(eloss, molecules):
    answer = eloss("data", "export", "edm", molecules, "--out", "made")
    assert answer.code == 0, answer.err
    assert "3 train, 1 valid, 1 test" in answer.out
    assert Path("made/qm9/valid.npz").is_file()
    assert answer.out.splitlines()[-1].startswith("python main_qm9.py --datadir /")


def test_json_is_all_there_is(eloss, molecules):
    answer = eloss("data", "export", "jodo", molecules, "--out", "made", "--json")
    found = json.loads(answer.out)
    assert found["molecules"] == {"train": 3, "valid": 1, "test": 1}
    assert found["dropped"] == 0
    assert all(Path("made", file).is_file() for file in found["files"])


def test_misfits_are_refused_and_nothing_is_written(eloss):
    answer = eloss("data", "export", "edm", folder_of(with_misfits(), "some"), "--out", "made")
    assert answer.code == 3
    assert "2 with S, 1 of another size (2 atoms)" in answer.err
    assert not Path("made").exists()


def test_misfits_are_left_out_when_asked_for_and_counted(eloss):
    words = ("data", "export", "edm", folder_of(with_misfits(), "some"), "--out", "made")
    answer = eloss(*words, "--drop-unknown")
    assert answer.code == 0, answer.err
    assert "Left out: 3 (2 with S, 1 of another size (2 atoms))" in answer.out


def test_what_is_there_is_replaced_only_when_asked_for(eloss, molecules):
    words = ("data", "export", "semlaflow", molecules, "--out", "made")
    assert eloss(*words).code == 0
    answer = eloss(*words)
    assert answer.code == 3
    assert "made/train.smol exists" in answer.err
    assert eloss(*words, "--overwrite").code == 0


def test_what_the_trainer_derived_is_removed_only_when_asked_for(eloss, molecules):
    old = Path("made/lmdb_geom/train.lmdb")
    old.parent.mkdir(parents=True)
    old.touch()
    words = ("data", "export", "tabasco", molecules, "--out", "made")
    answer = eloss(*words)
    assert answer.code == 3
    assert "made/lmdb_geom/train.lmdb was made of other data" in answer.err
    assert eloss(*words, "--overwrite").code == 0
    assert not old.exists()


@pytest.mark.parametrize(
    ("words", "cause"),
    [
        (("export", "edmm", "bundled", "--out", "made"), "Did you mean edm?"),
        (("import", "edm", "bundled", "--out", "made"), "Known: export"),
        (("export", "edm", "bundeld", "--out", "made"), "Did you mean 'bundled'?"),
        (("export", "edm", "bundled"), "--out"),
        (("export", "edm"), "DATA"),
    ],
)
def test_wrong_words_are_explained(eloss, words, cause):
    answer = eloss("data", *words)
    assert answer.code == 2
    assert cause in answer.err
    assert not Path("made").exists()


def test_a_file_in_the_way_is_named(eloss, molecules):
    Path("made").write_text("a file")
    answer = eloss("data", "export", "edm", molecules, "--out", "made")
    assert answer.code == 2
    assert "made is a file" in answer.err
