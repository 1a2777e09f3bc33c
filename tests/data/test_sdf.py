import numpy as np
import pytest

from eloss_plugins.data.readers import read_molecules
from eloss_plugins.errors import UsageError
from tests.data.files import WATER, WATER_V2000, WATER_V3000


def read(tmp_path, text, name="some.sdf"):
    (tmp_path / name).write_text(text)
    return read_molecules(tmp_path / name)


@pytest.mark.parametrize("block", [WATER_V2000, WATER_V3000], ids=["V2000", "V3000"])
@pytest.mark.parametrize("tail", ["", "$$$$\n", "> <energy>\n-76.4\n\n$$$$\n"])
def test_water_reads_as_water(tmp_path, block, tail):
    (found,) = read(tmp_path, block + tail)
    assert found.name == "water"
    assert np.array_equal(found.numbers, WATER.numbers)
    assert np.array_equal(found.positions, WATER.positions)


def test_versions_mix_in_one_file_with_crlf(tmp_path):
    text = (WATER_V2000 + "$$$$\n" + WATER_V3000 + "$$$$\n").replace("\n", "\r\n")
    assert read(tmp_path, text).sizes.tolist() == [3, 3]


def test_touching_columns_are_told_apart(tmp_path):
    row = "-1000.1234-1000.1234-1000.1234 C   0  0\n"
    text = f"\n\n\n  1  0  0  0  0  0  0  0  0  0999 V2000\n{row}M  END\n"
    (found,) = read(tmp_path, text, "one.mol")
    assert found.positions.tolist() == [[-1000.1234] * 3]
    assert found.name == "one.mol[0]"


BAD = {
    "only\ntwo lines\n": "some.sdf:1: expected a mol block of title, two header lines and counts",
    WATER_V2000.replace("3D", "2D"): "some.sdf:2: expected 3D coordinates; got those of a 2D",
    WATER_V2000.replace("  3  2", "three"): "some.sdf:4: expected counts of atoms and bonds",
    WATER_V2000.replace("  3  2", " 30  2"): "some.sdf:4: expected 30 atoms; got 6 before",
    WATER_V2000.replace(" 0.5900", " 0,5900"): "decimal comma",
    WATER_V2000.replace("    0.7600    0.5900", "  0.76  0.59"): "some.sdf:6: expected",
    WATER_V2000.replace(" O ", " Q "): "some.sdf:5: expected an element symbol such as C; got 'Q'",
    WATER_V2000.replace("0.0000 O  ", "0.0000"): "expected",
    WATER_V3000.replace("COUNTS 3", "COUNTS 4"): "some.sdf:4: expected 4 atoms; got 3 before",
    WATER_V3000.replace("M  V30 COUNTS 3 2 0 0 0\n", ""): "expected a line 'M  V30 COUNTS",
    WATER_V3000.replace("M  V30 3 H -0.76 0.59 0 0", "M  V30 3 H -0.76"): "some.sdf:11: expected",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path, text):
    with pytest.raises(UsageError) as refusal:
        read(tmp_path, text)
    assert BAD[text] in str(refusal.value)


def test_second_record_is_named_by_its_own_line(tmp_path):
    lines = WATER_V2000.count("\n") + 1
    with pytest.raises(UsageError, match=rf"some\.sdf:{lines + 4}: expected counts"):
        read(tmp_path, WATER_V2000 + "$$$$\n" + WATER_V2000.replace("  3  2", "three"))
