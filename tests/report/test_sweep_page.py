"""The page and the picture of a sweep."""

import re
from dataclasses import replace

import pytest

from eloss_plugins.report.model import Curve, Table
from eloss_plugins.report.scatter import Axis, Dot, dot_chart
from eloss_plugins.report.sweep_model import Parameter, SweepReport, TrialView
from eloss_plugins.report.sweep_page import best_so_far, course_lines, importance_bars, render
from eloss_plugins.report.sweep_picture import write_sweep_picture

from .hostile import HOSTILE, assert_hostile_words_stay_words

VALUES = (3.0, None, 1.0, 2.0)


def trial(number: int, value: float | None) -> TrialView:
    point = {"learning_rate": 1e-4 * 3**number, "stiffness": "ab"[number % 2]}
    state = "complete" if value is not None else "pruned"
    course = Curve((1, 2), (9.0 - number, 8.0))
    return TrialView(number, state, value, point, is_preset=number == 0, course=course)


@pytest.fixture
def report() -> SweepReport:
    return SweepReport(
        title="Sweep of <gdm>",
        label="NLL, nats",
        higher=False,
        course_label="validation NLL",
        trials=tuple(trial(number, value) for number, value in enumerate(VALUES)),
        best=2,
        parameters=(
            Parameter("learning_rate", logarithmic=True),
            Parameter("stiffness", ("a", "b")),
        ),
        importance={"learning_rate": 0.25, "stiffness": 0.75},
        findings=("Best of 4 trials.", "A second thing."),
        table=Table("Trials", ("rank", "trial"), (("1", "2"), ("2", "3")), "a note"),
        command="eloss train gdm --learning-rate=0.1",
    )


def circles(text: str) -> list[str]:
    return re.findall(r'<circle class="dot (c\d)"', text)


def test_every_trial_with_a_value_is_a_dot_in_every_panel(report):
    svgs = re.findall(r"<svg.*?</svg>", render(report), flags=re.DOTALL)
    assert [sorted(circles(svg)) for svg in svgs[:3]] == [["c0", "c1", "c5"]] * 3
    assert len(svgs) == 4


def test_the_page_needs_no_network(report):
    assert not re.search(r"(src|href)=|https?://", render(report).replace("http://www.w3.org", ""))


def test_hostile_words_stay_words(report):
    fields = {
        "label": HOSTILE,
        "findings": (HOSTILE, HOSTILE),
        "table": Table(HOSTILE, (HOSTILE,), ((HOSTILE,),), HOSTILE),
        "command": HOSTILE,
        "importance": {HOSTILE: 1.0},
    }
    assert_hostile_words_stay_words(render, report, **fields)


def test_the_best_so_far_never_gets_worse_and_lasts_to_the_end(report):
    assert best_so_far(report) == [(0, 3.0), (2, 1.0), (3, 1.0), (3, 1.0)]
    assert [value for _, value in best_so_far(replace(report, higher=True))] == [3.0] * 4


def test_pruned_courses_are_dashed(report):
    lines = {line.label: line.dash for line in course_lines(report)}
    assert lines == {"trial 0 (preset)": 0, "trial 1": 2, "trial 2": 0, "trial 3": 0}


def test_what_mattered_stands_first(report):
    assert importance_bars(report) == [
        ("stiffness", "75 %", "75.0"),
        ("learning_rate", "25 %", "25.0"),
    ]
    assert "What mattered" in render(report)
    assert "What mattered" not in render(replace(report, importance={}))


def test_one_trial_is_a_page_too(report, tmp_path):
    alone = replace(report, trials=report.trials[:1], best=0)
    assert "c0" in circles(render(alone))
    write_sweep_picture(tmp_path / "one.png", alone)


def test_the_picture_has_a_panel_for_each_parameter(report, tmp_path):
    write_sweep_picture(tmp_path / "sweep.png", report)
    data = (tmp_path / "sweep.png").read_bytes()
    assert data.startswith(b"\x89PNG")
    assert int.from_bytes(data[16:20], "big") == 1800


def test_words_stand_below_their_dots():
    svg = dot_chart([Dot(0, 1), Dot(1, 2)], Axis("law", ("a", "b<c")), "y", "two laws")
    places = re.findall(r'<text x="([\d.]+)"[^>]*middle">(a|b&lt;c)<', svg)
    dots = re.findall(r'cx="([\d.]+)"', svg)
    assert [place for place, _ in places] == dots
