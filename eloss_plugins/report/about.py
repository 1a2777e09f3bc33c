"""What stands around the outcome in every report."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class About:
    """What a report is of, and how it came about.

    Attributes:
        subject: what all runs have in common, such as model, data and steps.
        notes: sentences.
        machine: what it ran on.
        versions: of packages.
        created: when, as text.
        seconds: wall time, of everything together or, where work can be continued, of the last
            sitting; None when not known.
    """

    subject: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    machine: Mapping[str, str] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    created: str = ""
    seconds: float | None = None
