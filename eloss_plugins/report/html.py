"""A report as one HTML file that opens anywhere, without a network."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from eloss_plugins.atomic_write import atomic_write_text
from eloss_plugins.report import templates
from eloss_plugins.report.gallery import figures_of
from eloss_plugins.report.model import Report
from eloss_plugins.report.page import chart_views, findings, table_views
from eloss_plugins.report.word_tables import word_tables

MOST_FACTS = 8
"""Facts that the head of the page shows; the others open on demand."""

SCRIPTS = ("viewer.js", "report.js")


def write_report(path: Path, report: Report) -> None:
    """Write the report as one HTML file, in one step: whole or not at all.

    Everything is inside: style, script, drawings and the coordinates of the viewer. All text from
    outside is escaped.

    Raises:
        OSError: no space, no permission, no folder.
    """
    atomic_write_text(path, render(report))


def render(report: Report) -> str:
    """The report as the text of an HTML page."""
    galleries = [(group.loss, figures_of(group)) for group in report.groups]
    scenes = [figure.scene for _, figures in galleries for figure in figures]
    return templates.render(
        "report.html.j2",
        report=report,
        findings=findings(report),
        tables=table_views(report),
        charts=chart_views(report),
        words=word_tables(report),
        facts=list(report.about.subject.items()),
        most_facts=MOST_FACTS,
        galleries=galleries,
        scenes=as_script_data(scenes),
        scripts=[Markup(templates.asset(name)) for name in SCRIPTS],
    )


def as_script_data(scenes: Sequence[dict[str, Any]]) -> Markup:
    """JSON that cannot end the script element that holds it."""
    text = json.dumps(scenes, allow_nan=False, separators=(",", ":"))
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)
