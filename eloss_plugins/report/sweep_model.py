"""What the page of a sweep says, before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass

from eloss_plugins.report.about import About
from eloss_plugins.report.model import Curve, Table

Value = float | int | str


@dataclass(frozen=True)
class Parameter:
    """Something that was searched.

    Attributes:
        name: as the user wrote it.
        choices: the words it was searched among; empty for numbers.
        logarithmic: numbers were searched by factors.
    """

    name: str
    choices: tuple[str, ...] = ()
    logarithmic: bool = False


@dataclass(frozen=True)
class TrialView:
    """One trial.

    Attributes:
        number: from 0.
        state: complete, pruned, failed, running or waiting.
        value: the objective in the unit of `SweepReport.label`; None without one.
        point: its values by parameter.
        is_preset: whether it is the tuned preset itself.
        course: the numbers by which it was compared with others on the way.
    """

    number: int
    state: str
    value: float | None
    point: Mapping[str, Value]
    is_preset: bool = False
    course: Curve | None = None


@dataclass(frozen=True)
class SweepReport:
    """A sweep.

    Attributes:
        title: one line.
        label: what the objective is, with its unit.
        higher: whether more of it is better.
        course_label: what the courses are; empty where there are none.
        trials: in order.
        best: number of the best trial.
        parameters: what was searched.
        importance: share of each parameter in the differences, by name; empty when not known.
        findings: the outcome in sentences, the first one largest.
        table: all trials, best first.
        command: the line that trains with the best values.
        about: subject, notes, and how it came about.
    """

    title: str
    label: str
    higher: bool
    course_label: str
    trials: tuple[TrialView, ...]
    best: int
    parameters: tuple[Parameter, ...]
    importance: Mapping[str, float]
    findings: tuple[str, ...]
    table: Table
    command: str
    about: About = About()

    @property
    def complete(self) -> list[TrialView]:
        """Trials that have a value, in order."""
        return [trial for trial in self.trials if trial.value is not None]
