"""What the pictures of all reports share."""

import pytest

from eloss_plugins.report.figure import head, sheet, write_png


@pytest.mark.parametrize(("lead", "lines"), [("short", 1), ("word " * 40, 2), ("word " * 400, 2)])
def test_the_outcome_takes_two_lines_at_most(lead, lines):
    figure = sheet(3.0)
    head(figure, 3.0, "A title", lead)
    title, *said = [text.get_text() for text in figure.texts]
    assert (title, len(said)) == ("A title", lines)
    assert max(map(len, said)) <= 125


def test_a_sheet_is_a_png_of_twelve_inches(tmp_path):
    write_png(tmp_path / "sheet.png", sheet(1.0, 50))
    data = (tmp_path / "sheet.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 600
