from dataclasses import replace

import pytest

from eloss_plugins.errors import UsageError
from eloss_plugins.patching.patch_set import Edit
from tests.patching.sources import GAP, GAP_EDIT, PARSE_EDIT, SHAPER, TOTAL_EDIT


@pytest.mark.parametrize("line", ["x = 1", "", "if a:\n    b", "a  ", "a = '\u00e9'", "   a", "\ta",
                                  "a  # eloss", "a \\"])  # fmt: skip
def test_line_that_could_not_be_told_again_is_refused(line):
    lines = ("if a:", line)
    if line == "x = 1":
        assert Edit("a.py", GAP, "after", lines).lines == lines
    else:
        with pytest.raises(UsageError, match="expected lines"):
            Edit("a.py", GAP, "after", lines)


def test_first_line_is_not_indented():
    with pytest.raises(UsageError, match="without indentation"):
        Edit("a.py", GAP, "after", ("    a = 1",))


def test_no_lines_are_no_edit():
    with pytest.raises(UsageError, match="expected lines"):
        Edit("a.py", GAP, "after", ())


def test_commit_is_whole():
    with pytest.raises(UsageError, match="full commit hash"):
        replace(SHAPER, commit="abc1234")


def test_edits_are_grouped_by_file_in_order():
    assert SHAPER.files == {
        "model/shaper.py": (GAP_EDIT, TOTAL_EDIT),
        "run.py": (PARSE_EDIT,),
    }
