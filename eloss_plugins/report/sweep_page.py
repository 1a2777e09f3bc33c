"""The page of a sweep as one HTML file that opens anywhere, without a network."""

from pathlib import Path

from markupsafe import Markup

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.report import templates
from eloss_plugins.report.chart import ChartView, Line, line_chart
from eloss_plugins.report.scatter import BEST, PLAIN, SPECIAL, Axis, Dot, dot_chart
from eloss_plugins.report.sweep_model import Parameter, SweepReport, TrialView

ENDED = ("complete", "pruned", "failed")
MOST_COURSES = 12
"""Courses that a chart can tell apart by their labels."""


def write_sweep(path: Path, report: SweepReport) -> None:
    """Write the page in one step: whole or not at all; all text from outside is escaped.

    Raises:
        OSError: no space, no permission, no folder.
    """
    atomic_write_text(path, render(report))


def render(report: SweepReport) -> str:
    """The page as text."""
    return templates.render(
        "sweep.html.j2",
        report=report,
        findings=report.findings,
        charts=chart_views(report),
        bars=importance_bars(report),
    )


def chart_views(report: SweepReport) -> list[ChartView]:
    """The course of the search, the values over each parameter, the courses of the runs."""
    charts = [ChartView(text, Markup(history_chart(report, text))) for text in [HISTORY]]
    for parameter in report.parameters:
        text = f"{report.label} over {parameter.name}."
        charts.append(ChartView(text, Markup(slice_chart(report, parameter, text))))
    lines = course_lines(report)
    if lines:
        svg = line_chart(lines, report.course_label, COURSES)
        charts.append(ChartView(COURSES, Markup(svg)))
    return charts


HISTORY = "Trials in their order, and the best so far."
COURSES = "What runs were compared by on the way: the preset, the best and the latest ones."


def history_chart(report: SweepReport, description: str) -> str:
    """Values in the order of the trials."""
    axis = Axis("trial")
    return dot_chart(history_dots(report), axis, report.label, description, best_so_far(report))


def slice_chart(report: SweepReport, parameter: Parameter, description: str) -> str:
    """Values over one parameter."""
    axis = Axis(parameter.name, parameter.choices, parameter.logarithmic)
    return dot_chart(slice_dots(report, parameter), axis, report.label, description)


def history_dots(report: SweepReport) -> list[Dot]:
    """A dot for each trial with a value."""
    return [
        Dot(trial.number, trial.value, kind_of(report, trial), title_of(trial))
        for trial in report.complete
        if trial.value is not None
    ]


def slice_dots(report: SweepReport, parameter: Parameter) -> list[Dot]:
    """The same over the values of a parameter."""
    return [
        Dot(_place(trial, parameter), trial.value, kind_of(report, trial), title_of(trial))
        for trial in report.complete
        if trial.value is not None and parameter.name in trial.point
    ]


def best_so_far(report: SweepReport) -> list[tuple[float, float]]:
    """The best value after each trial."""
    found: list[tuple[float, float]] = []
    better = max if report.higher else min
    for trial in report.complete:
        if trial.value is not None:
            value = better(trial.value, found[-1][1]) if found else trial.value
            found.append((float(trial.number), value))
    last = max((trial.number for trial in report.trials if trial.state in ENDED), default=0)
    return [*found, (float(last), found[-1][1])] if found else []


def course_lines(report: SweepReport) -> list[Line]:
    """The courses of the best, of presets and of the latest trials; pruned ones dashed."""
    shown = [trial for trial in report.trials if trial.course is not None and trial.course.steps]
    first = [trial for trial in shown if trial.is_preset or trial.number == report.best]
    chosen = (first + [trial for trial in reversed(shown) if trial not in first])[:MOST_COURSES]
    colours = {BEST: 0, SPECIAL: 1, PLAIN: 5}
    return [
        Line(
            title_of(trial, short=True),
            trial.course,
            colours[kind_of(report, trial)],
            dash=2 if trial.state == "pruned" else 0,
        )
        for trial in reversed(chosen)
        if trial.course is not None
    ]


def kind_of(report: SweepReport, trial: TrialView) -> str:
    """How a trial is drawn."""
    if trial.number == report.best:
        return BEST
    return SPECIAL if trial.is_preset else PLAIN


def title_of(trial: TrialView, *, short: bool = False) -> str:
    """A trial in words."""
    name = f"trial {trial.number}" + (" (preset)" if trial.is_preset else "")
    if short:
        return name
    values = (
        f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in trial.point.items()
    )
    return ", ".join([name, *values])


def importance_bars(report: SweepReport) -> list[tuple[str, str, str]]:
    """Name, share in words and width in percent, the most important first."""
    ranked = sorted(report.importance.items(), key=lambda item: -item[1])
    return [(name, f"{100 * share:.0f} %", f"{100 * share:.1f}") for name, share in ranked]


def _place(trial: TrialView, parameter: Parameter) -> float:
    value = trial.point[parameter.name]
    return parameter.choices.index(str(value)) if parameter.choices else float(value)
