import gzip

import numpy as np
import pytest

from eloss_plugins.chem.formats import write_molecules
from eloss_plugins.data.readers import read_molecules
from eloss_plugins.errors import UsageError
from tests.data.files import METHANE_XYZ, WATER_XYZ


def read(tmp_path, text, name="some.xyz"):
    path = tmp_path / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return read_molecules(path)


def test_frames_follow_one_another(tmp_path):
    molecules = read(tmp_path, METHANE_XYZ + WATER_XYZ)
    assert molecules.sizes.tolist() == [5, 3]
    assert molecules.names == ("methane", "water")
    assert molecules[0].positions[2].tolist() == [0.63, -0.63, -0.63]
    assert molecules[1].numbers.tolist() == [8, 1, 1]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n\n\n"])
def test_line_ends_and_blank_lines_do_not_matter(tmp_path, end):
    text = METHANE_XYZ.replace("\n", end) if "\r" in end else METHANE_XYZ + end + WATER_XYZ + end
    assert read(tmp_path, text)[0].positions[1].tolist() == [0.63, 0.63, 0.63]


def test_byte_order_mark_and_foreign_comment_are_no_obstacle(tmp_path):
    latin = b"\xef\xbb\xbf1\nlength in \xc5\nC 0 0 0\n"
    assert read(tmp_path, latin).numbers.tolist() == [6]


def test_molecules_of_qm9_written_as_xyz_are_read_back(tmp_path):
    published = "2\ngdb 7\t1.0\t2.0\nC\t0\t0\t0\t0\nO\t1.1\t0\t0\t0\n99.0\nC\tC\nInChI\tInChI\n"
    molecules = read(tmp_path, 3 * published)
    write_molecules(tmp_path / "written.xyz", molecules)
    again = read_molecules(tmp_path / "written.xyz")
    assert again.sizes.tolist() == [2, 2, 2]
    assert np.array_equal(again.positions, molecules.positions)


def test_declared_columns_are_used(tmp_path):
    text = (
        '2\nLattice="9 0 0 0 9 0 0 0 9" Properties=forces:R:3:species:S:1:pos:R:3 name="c o"\n'
        "9 9 9 C 1 2 3\n8 8 8 O 1 2 4.128\n"
    )
    (found,) = read(tmp_path, text, "some.extxyz")
    assert found.positions.tolist() == [[1, 2, 3], [1, 2, 4.128]]
    assert found.name == "c o"


def test_gzipped_file_reads_the_same(tmp_path):
    molecules = read(tmp_path, gzip.compress(METHANE_XYZ.encode()), "some.extxyz.gz")
    assert molecules.sizes.tolist() == [5]


def test_extra_columns_numbers_and_isotopes_are_understood(tmp_path):
    molecules = read(tmp_path, "3\n\n6 0 0 0 -0.1\nD 1 0 0 0.1\nh 0 1e0 0 0\n")
    assert molecules.numbers.tolist() == [6, 1, 1]
    assert molecules.names == ("some.xyz[0]",)


def test_qm9_file_with_its_tail_is_one_molecule(tmp_path):
    text = (
        "2\ngdb 7\t1.0\t2.0\nC\t0.1\t-6.5*^-6\t 0.0\t-0.5\nH\t1.0\t0.0\t0.0\t0.1\n"
        "1341.3 1341.3\nC\tC\nInChI=1S/CH4/h1H4\tInChI=1S/CH4/h1H4\n"
    )
    (found,) = read(tmp_path, text)
    assert found.positions[0].tolist() == [0.1, -6.5e-6, 0.0]


def test_broken_molecules_are_read_as_they_are(tmp_path):
    molecules = read(tmp_path, "0\nnone\n2\nbroken\nX nan 0 0\nC inf 0 0\n0\n\n")
    assert molecules.sizes.tolist() == [0, 2, 0]
    assert molecules.numbers.tolist() == [0, 6]
    assert np.isnan(molecules.positions[0, 0])


BAD = {
    "five\nx\n": "some.xyz:1: expected the number of atoms of a frame; got 'five'",
    "-1\nx\n": "expected the number of atoms of a frame; got '-1'",
    "3\nwater\nO 0 0 0\nH 1 0 0\n": "some.xyz:1: expected 3 atom lines; the file ends after 2",
    "2": "expected 2 atom lines; the file ends after 0",
    "1\nx\nC 0 0\n": "some.xyz:3: expected an element and coordinates in 4 columns; got 'C 0 0'",
    "1\nx\nC 0 0,5 0\n": "got '0,5'. It has a decimal comma: write decimal points",
    "1\nx\nC 0 o 0\n": "some.xyz:3: expected a coordinate in angstrom; got 'o'",
    "1\nx\nQq 0 0 0\n": "some.xyz:3: expected an element symbol such as C; got 'Qq'",
    "1\nx\n300 0 0 0\n": "expected an element symbol such as C; got '300'",
    "1\nx\nC 0 0 0\nH 0 0 0\n": "some.xyz:4: expected the number of atoms",
    "1\nProperties=species:S:1\nC 0 0 0\n": "some.xyz:2: expected the columns species and pos",
    "1\nProperties=species:S\nC 0 0 0\n": "expected Properties=name:type:columns",
    "1\nProperties=pos:R:3:species:S:1\n0 0 0\n": "coordinates in 4 columns; got '0 0 0'",
    "1\nProperties=pos:R:2:species:S:1\n0 0 C\n": "expected a coordinate in angstrom; got 'C'",
}


@pytest.mark.parametrize("text", BAD)
def test_what_is_wrong_is_said_with_file_and_line(tmp_path, text):
    with pytest.raises(UsageError) as refusal:
        read(tmp_path, text)
    assert BAD[text] in str(refusal.value)
