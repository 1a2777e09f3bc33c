"""What a search leaves: a table, a page, a picture, JSON, and settings to train with."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.cli.comparison.plan import as_flags
from eloss_plugins.cli.output import emit, note, table, to_json, warn
from eloss_plugins.cli.runs.about import about
from eloss_plugins.cli.settings import Origin, show
from eloss_plugins.cli.sweeping.findings import findings, notes
from eloss_plugins.cli.sweeping.holding import Held
from eloss_plugins.cli.sweeping.objective import MEASURES
from eloss_plugins.cli.sweeping.plan import given_at
from eloss_plugins.cli.sweeping.results import COMPLETE, FAILED, PRUNED, Row, importance, rows_of
from eloss_plugins.cli.sweeping.space import Choices, short, text_of
from eloss_plugins.cli.train_settings import TRAIN
from eloss_plugins.errors import EnvironmentProblem
from eloss_plugins.report.model import Curve, Table
from eloss_plugins.report.numbers import NOTHING
from eloss_plugins.report.sweep_model import Parameter, SweepReport, TrialView
from eloss_plugins.report.sweep_page import write_sweep
from eloss_plugins.report.sweep_picture import write_sweep_picture

PACKAGES = ("eloss-plugins", "optuna", "torch", "rdkit", "numpy")
RATES = {"molecule_stability": "molecules", "atom_stability": "atoms"}


def publish(held: Held, out: Path, *, as_json: bool) -> None:
    """Write sweep.html, sweep.png, sweep.json and best.toml, and print the table.

    Raises:
        EnvironmentProblem: no trial has a value.
    """
    rows = rows_of(held)
    best = rows[0]
    if best.value is None:
        raise EnvironmentProblem(_why_nothing(rows, out))
    report = report_of(held, rows)
    record = record_of(held, rows, report)
    write_sweep(out / "sweep.html", report)
    write_sweep_picture(out / "sweep.png", report)
    atomic_write_text(out / "sweep.json", to_json(record) + "\n")
    atomic_write_text(out / "best.toml", best_toml(held, best))
    _tell(held, rows, report, out, record if as_json else None)


def report_of(held: Held, rows: Sequence[Row]) -> SweepReport:
    """The search as the page takes it."""
    plan, objective = held.study.plan, held.objective
    scale = 100.0 if objective.percent else 1.0
    return SweepReport(
        title=f"Sweep of {plan.common.model} with {plan.loss}",
        label=objective.label + (", %" if objective.percent else ""),
        higher=objective.higher,
        course_label=_course_label(held),
        trials=tuple(_view(held, row, scale) for row in sorted(rows, key=lambda row: row.trial)),
        best=rows[0].trial,
        parameters=tuple(_parameter(name, domain) for name, domain in plan.space.items()),
        importance=importance(held, list(rows)),
        findings=tuple(findings(held, rows)),
        table=_table(held, rows),
        command=command(held, rows[0]),
        about=about(_subject(held), notes(held, rows), PACKAGES, held.seconds),
    )


def record_of(held: Held, rows: Sequence[Row], report: SweepReport) -> dict[str, Any]:
    """Everything that decided the search and came of it, as plain values."""
    return {
        "plan": held.study.plan.to_json(),
        "objective": held.objective,
        "trials": [_row_record(row) for row in rows],
        "best": _row_record(rows[0]),
        "settings": given_at(held.study.plan, rows[0].point),
        "command": report.command,
        "importance": report.importance,
        "unfinished": sum(row.state not in (COMPLETE, PRUNED, FAILED) for row in rows),
        "versions": report.about.versions,
        "machine": report.about.machine,
        "seconds": held.seconds,
    }


def command(held: Held, row: Row) -> str:
    """The line that trains with a trial's values."""
    given = given_at(held.study.plan, row.point)
    model = str(given.pop("model"))
    return shlex.join(["eloss", "train", model, *as_flags(given)])


def best_toml(held: Held, row: Row) -> str:
    """The same as a file for `eloss train --config`."""
    given = given_at(held.study.plan, row.point)
    searched = {"loss_options", "learning_rate", *held.study.plan.space}
    found = {
        key: Origin(value, "found" if key in searched else "given") for key, value in given.items()
    }
    head = f"# eloss sweep, trial {row.trial}: {held.objective.label} {_value(held, row)}\n\n"
    return head + show([setting for setting in TRAIN if setting.key in found], found) + "\n"


def _tell(
    held: Held, rows: Sequence[Row], report: SweepReport, out: Path, record: Any | None
) -> None:
    if record is not None:
        emit(to_json(record))
    else:
        lines = [*report.findings, "", _text_table(report), "", "Train with these values:"]
        emit("\n".join([report.title, *lines, f"  {report.command}"]))
        emit(f"or: eloss train --config {out / 'best.toml'}\nReport: {out / 'sweep.html'}")
    for row in rows:
        if row.state == FAILED:
            warn(f"trial {row.trial} failed: {row.failure}")
    left = sum(row.state not in (COMPLETE, PRUNED, FAILED) for row in rows)
    if left:
        note(f"{left} trials are not finished; continue with the same command and --resume")


def _text_table(report: SweepReport) -> str:
    return table(report.table.header, report.table.rows)


def _table(held: Held, rows: Sequence[Row]) -> Table:
    """Best first; a pruned trial shows the step at which it was stopped."""
    names = list(held.study.plan.space)
    rates = [name for name in RATES if any(name in row.facts for row in rows)]
    header = ("rank", "trial", held.objective.name, *(RATES[n] for n in rates), "validation")
    cells = [
        (
            str(place + 1) if row.value is not None else NOTHING,
            f"{row.trial}{' preset' if row.preset else ''}",
            _value(held, row),
            *(_rate(row, name) for name in rates),
            _number(row.facts.get("validation")),
            *(text_of(short(row.point.get(name, NOTHING))) for name in names),
            _state(row),
            _number(row.facts.get("seconds"), ".0f"),
        )
        for place, row in enumerate(rows)
    ]
    note = (
        "Validation is the model's own measure at the end, lower is better; seconds are those of "
        "training. Rates are counts of generated molecules, with the same seed in every trial."
    )
    return Table("Trials", (*header, *names, "state", "seconds"), tuple(cells), note)


def _view(held: Held, row: Row, scale: float) -> TrialView:
    turned = -1.0 if held.objective.higher and not held.study.plan.curve_samples else 1.0
    turned *= scale if held.study.plan.curve_samples else 1.0
    steps = sorted(row.course)
    course = Curve(tuple(steps), tuple(turned * row.course[step] for step in steps))
    value = None if row.value is None else scale * row.value
    return TrialView(row.trial, row.state, value, row.point, row.preset, course)


def _course_label(held: Held) -> str:
    plan = held.study.plan
    if plan.curve_samples:
        return held.objective.label + (", %" if held.objective.percent else "")
    return MEASURES.get(held.objective.name, "validation, lower is better")


def _parameter(name: str, domain: Any) -> Parameter:
    if isinstance(domain, Choices):
        return Parameter(name, domain.values)
    return Parameter(name, logarithmic=domain.log)


def _subject(held: Held) -> dict[str, str]:
    plan = held.study.plan
    shown: dict[str, Any] = {
        "trainer": plan.common.model,
        "loss": plan.loss,
        "options": ",".join(f"{k}={v}" for k, v in plan.options.items()) or None,
        **{key: value for key, value in plan.given.items() if key != "model_options"},
        **(plan.given.get("model_options") or {}),
        "objective": held.objective.label,
        "molecules a trial": None if held.objective.is_measure else plan.common.samples,
        "pruner": plan.pruner,
        "seed": plan.seed,
    }
    return {key.replace("_", " "): str(v) for key, v in shown.items() if v is not None}


def _row_record(row: Row) -> dict[str, Any]:
    return {**vars(row), "point": dict(row.point)}


def _value(held: Held, row: Row) -> str:
    return held.objective.text(row.value) if row.value is not None else NOTHING


def _rate(row: Row, name: str) -> str:
    found: Mapping[str, Any] = row.facts.get(name) or {}
    value = found.get("value")
    return NOTHING if value is None else f"{100 * value:.1f} %"


def _number(value: Any, form: str = ".4g") -> str:
    return f"{value:{form}}" if isinstance(value, int | float) else NOTHING


def _state(row: Row) -> str:
    return f"pruned at {row.facts.get('step', '?')}" if row.state == PRUNED else row.state


def _why_nothing(rows: Sequence[Row], out: Path) -> str:
    failed = [row for row in rows if row.failure]
    if not failed:
        return f"no trial has a value yet; continue with --resume. Logs: {out / 'logs'}"
    return f"no trial has a value; the first one: {failed[0].failure}. Logs: {out / 'logs'}"
