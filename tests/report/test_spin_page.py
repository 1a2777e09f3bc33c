from eloss_plugins.report.model import Curve, Table
from eloss_plugins.report.spin_model import SpinDrawing, SpinLoss, SpinReport, SpinRow
from eloss_plugins.report.spin_page import drawing, gap_chart, render
from eloss_plugins.report.spin_picture import write_spin_picture

from .hostile import HOSTILE, assert_hostile_words_stay_words

SHOWN = SpinDrawing("margin, +1.5", ((1, -1), (1, 1)), ((False, False), (True, False)))
LOSS = SpinLoss("<b>margin</b>", 12.5, 0.5, (12.0, 13.0), Curve((10, 20), (20.0, 12.5)))
REPORT = SpinReport(
    title="Ground states & more",
    losses=(LOSS, SpinLoss("pair-energy", 3.0, 0.1, (3.0,), Curve((10, 20), (9.0, 3.0)))),
    chance=46.0,
    findings=("pair-energy comes nearest.",),
    tables=(Table("Numbers", ("loss", "gap"), (("margin", "12.5"),), "a note"),),
    rows=(SpinRow("Spin glass 1", (SHOWN,)),),
)


def test_a_drawing_has_a_square_for_each_spin_and_a_ring_for_each_wrong_one():
    svg = drawing(SHOWN)
    assert (svg.count("spin up"), svg.count("spin down"), svg.count("<circle")) == (3, 1, 1)
    assert 'cx="6.0" cy="18.0"' in svg  # row 1, column 0


def test_the_chart_has_a_bar_for_each_loss_and_a_dot_for_each_seed():
    svg = gap_chart(REPORT)
    assert svg.count('<rect class="dot') == 2
    assert svg.count("seed-dot") == 3
    assert "12.5 ± 0.5" in svg
    assert "fair coins" in svg


def test_bars_are_as_long_as_their_gaps():
    widths = [float(part.split('"')[0]) for part in gap_chart(REPORT).split('width="')[1:]]
    assert widths[0] / widths[1] == 12.5 / 3.0 or abs(widths[0] / widths[1] - 12.5 / 3.0) < 0.02
    assert abs(widths[2] / widths[1] - 46.0 / 3.0) < 0.1


def test_hostile_words_stay_words():
    tables = (Table(HOSTILE, (HOSTILE,), ((HOSTILE,),), HOSTILE),)
    rows = (SpinRow(HOSTILE, (SpinDrawing(HOSTILE, SHOWN.spins, SHOWN.wrong),)),)
    fields = {"findings": (HOSTILE, HOSTILE), "tables": tables, "rows": rows}
    assert_hostile_words_stay_words(render, REPORT, **fields)


def test_the_page_needs_no_network():
    page = render(REPORT)
    assert "http" not in page
    assert "src=" not in page


def test_the_picture_is_a_png(tmp_path):
    write_spin_picture(tmp_path / "spins.png", REPORT)
    assert (tmp_path / "spins.png").read_bytes().startswith(b"\x89PNG")
