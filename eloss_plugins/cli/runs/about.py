"""What surrounds a report that is made here and now."""

import time
from collections.abc import Iterable, Mapping

from eloss_plugins.cli.runs.machine import machine, versions
from eloss_plugins.report.about import About


def about(
    subject: Mapping[str, str], notes: Iterable[str], packages: Iterable[str], seconds: float | None
) -> About:
    """Subject and notes, with this machine, the versions of the packages and the time of day."""
    return About(
        subject=subject,
        notes=tuple(notes),
        machine=machine(),
        versions=versions(packages),
        created=time.strftime("%Y-%m-%d %H:%M"),
        seconds=seconds,
    )
