"""The polygons as a page, a picture, JSON and on the terminal."""

from dataclasses import asdict
from pathlib import Path
from typing import Any

import torch

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.cli.output import emit, table, to_json
from eloss_plugins.cli.runs.about import about
from eloss_plugins.cli.shaping.findings import findings, notes, over_angles, over_counts
from eloss_plugins.cli.shaping.holding import Held
from eloss_plugins.cli.shaping.tables import resolved, tables
from eloss_plugins.report.shapes_model import Drawing, Ring, ShapesReport
from eloss_plugins.report.shapes_page import write_shapes
from eloss_plugins.report.shapes_picture import write_shapes_picture
from eloss_plugins.shapes import landscape, rates
from eloss_plugins.shapes.one_thread import one_thread
from eloss_plugins.shapes.polygon import regular
from eloss_plugins.shapes.results import Measured, Series, Spot
from eloss_plugins.shapes.timing import Timed
from eloss_plugins.shapes.training import DRAWN_RADII

PACKAGES = ("eloss-plugins", "torch", "numpy")
SHOWN = (0, 1, 2, 3, 7, 8)
"""Columns of the first table that a terminal has room for."""


def publish(held: Held, out: Path, *, as_json: bool) -> None:
    """Write shapes.html, shapes.png and shapes.json, and print the outcome."""
    report = report_of(held)
    record = record_of(held, report)
    write_shapes(out / "shapes.html", report)
    write_shapes_picture(out / "shapes.png", report)
    atomic_write_text(out / "shapes.json", to_json(record) + "\n")
    emit(to_json(record) if as_json else text_of(report, out / "shapes.html"))


def report_of(held: Held) -> ShapesReport:
    """The experiment as the page takes it."""
    with one_thread():
        landscapes = landscape.many(held.contenders)
    return ShapesReport(
        title=f"Regular polygons of {held.plan.vertices} vertices from their radius",
        findings=tuple(findings(held)),
        labels=tuple(one.label for one in held.contenders),
        regularity=over_angles(held, lambda quality: quality.regularity),
        fidelity=over_angles(held, lambda quality: quality.fidelity),
        ratio=over_angles(held, lambda quality: quality.radius_ratio),
        by_vertices=over_counts(held, lambda quality: quality.regularity),
        times=times(held.timed),
        landscapes=landscapes,
        drawings=tuple(_drawings(held)),
        true=true_rings(held.plan.vertices),
        tables=tuple(tables(held)),
        about=about(_subject(held), notes(held), PACKAGES, held.seconds),
    )


def record_of(held: Held, report: ShapesReport) -> dict[str, Any]:
    """Everything that decided the experiment and came of it, as plain values."""
    return {
        "plan": held.plan,
        "contenders": held.contenders,
        "resolved": dict(zip(report.labels, resolved(held), strict=True)),
        "findings": report.findings,
        "angles": [_run_record(one) for one in held.angles],
        "counts": [_run_record(one) for one in held.counts],
        "sweep": rates.scores(held.swept),
        "timed": held.timed,
        "landscapes": report.landscapes,
        "versions": report.about.versions,
        "machine": report.about.machine,
        "seconds": None if held.resumed else held.seconds,
        "cpu_seconds": held.cpu_seconds,
    }


def text_of(report: ShapesReport, page: Path) -> str:
    """The outcome for a terminal."""
    shown = report.tables[0]
    rows = [[row[column] for column in SHOWN] for row in shown.rows]
    numbers = table([shown.header[column] for column in SHOWN], rows)
    return "\n".join([report.title, *report.findings, "", numbers, "", f"Report: {page}"])


def times(timed: tuple[Timed, ...]) -> tuple[Series, ...]:
    """Seconds of a step over the number of vertices."""
    labels = dict.fromkeys(one.label for one in timed)
    return tuple(
        Series(
            label,
            tuple(Spot(it.vertices, *[it.seconds] * 3) for it in timed if it.label == label),
        )
        for label in labels
    )


def true_rings(vertices: int) -> tuple[Ring, ...]:
    """The polygons that the drawings should show."""
    radius = torch.tensor(DRAWN_RADII)
    rings = regular(radius, torch.zeros_like(radius), vertices)
    return tuple(tuple((x, y) for x, y in ring) for ring in rings.tolist())


def _drawings(held: Held) -> list[Drawing]:
    first = held.plan.seeds[0]
    return [
        Drawing(one.run.contender.label, one.run.task.angle, one.result.drawn)
        for one in held.angles
        if one.run.seed == first
    ]


def _run_record(one: Measured) -> dict[str, Any]:
    quality = one.result.quality
    return {
        "loss": one.run.contender.label,
        "vertices": one.run.task.vertices,
        "angle": one.run.task.angle,
        "seed": one.run.seed,
        "learning_rate": one.run.contender.rate,
        "q": quality.regularity,
        "q_radius": quality.fidelity,
        **asdict(quality),
        "loss_at_end": one.result.loss,
        "seconds": one.result.seconds,
        "cpu_seconds": one.result.cpu_seconds,
    }


def _subject(held: Held) -> dict[str, str]:
    plan, training = held.plan, held.plan.training
    return {
        "vertices": str(plan.vertices),
        "seeds": ", ".join(map(str, plan.seeds)),
        "samples": str(training.samples),
        "steps": str(training.steps),
        "batch": str(training.batch_size),
        "learning rate": f"{training.warmup} steps up, then {training.course}",
        "runs": str(len(held.angles) + len(held.counts) + len(held.swept)),
        "training, CPU time": f"{held.cpu_seconds:.0f} s",
    }
