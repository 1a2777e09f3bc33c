"""What a search makes better: one number for each run, the same for every loss."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from eloss_plugins.cli.parser import unknown
from eloss_plugins.errors import UsageError

if TYPE_CHECKING:
    from eloss_plugins.metrics.evaluation import Evaluation

STABILITY = "stability"
MEASURES = {
    "nll": "validation NLL, nats",
    "validation_error": "validation error",
}
LENGTHS = {"distances": "distance error (W1), A", "bond_lengths": "bond-length error (W1), A"}
TRAINING = ("loss", "train_loss", "training_loss", "position")


@dataclass(frozen=True)
class Objective:
    """One number of a run.

    Attributes:
        name: as the user writes it.
        label: for tables and axes.
        higher: whether more is better.
        is_measure: the journal has it; otherwise molecules are judged.
        percent: a rate, shown in percent.
    """

    name: str
    label: str
    higher: bool
    is_measure: bool = False
    percent: bool = False

    @property
    def direction(self) -> Literal["maximize", "minimize"]:
        """As Optuna says it."""
        return "maximize" if self.higher else "minimize"

    def text(self, value: float | None) -> str:
        """The number for people."""
        if value is None:
            return "-"
        return f"{100 * value:.2f} %" if self.percent else f"{value:.4g}"


def known() -> dict[str, Objective]:
    """Every objective by name."""
    from eloss_plugins.metrics.evaluation import LABELS
    from eloss_plugins.report.columns import NO_BETTER

    rates = {
        n: Objective(n, t, True, percent=True) for n, t in LABELS.items() if n not in NO_BETTER
    }
    lengths = {name: Objective(name, text, False) for name, text in LENGTHS.items()}
    measures = {name: Objective(name, t, False, is_measure=True) for name, t in MEASURES.items()}
    whole = Objective(STABILITY, "stability (molecules, then atoms)", True)
    return {STABILITY: whole, **rates, **lengths, **measures}


def find(name: str) -> Objective:
    """The objective called `name`.

    Raises:
        UsageError: there is none.
    """
    key, every = name.replace("-", "_"), known()
    if key in TRAINING:
        raise UsageError(
            f"{name} is no objective: losses, laws and weights differ in scale, so the smallest "
            f"scale would win. Take {STABILITY}, nll or another number that knows no loss"
        )
    if key not in every:
        raise UsageError(unknown("objective", name, every))
    return every[key]


def of_molecules(objective: Objective, evaluation: "Evaluation") -> float | None:
    """The number of judged molecules; None where it is not defined.

    `stability` is what `compare --sweep` chooses by in one number: the rate of stable molecules,
    and of stable atoms times 1 / sqrt(molecules). That factor is about half the 95 % interval of a
    rate near one half, so atoms decide between runs whose molecules chance may tell apart.
    """
    if objective.name == STABILITY:
        molecules, atoms = (
            _rate(evaluation, name) for name in ("molecule_stability", "atom_stability")
        )
        if molecules is None or atoms is None:
            return None
        return molecules + atoms / sqrt(evaluation.molecules)
    if objective.name in LENGTHS:
        found: float | None = getattr(evaluation.geometry, objective.name, None)
        return found if found is not None and isfinite(found) else None
    return _rate(evaluation, objective.name)


def of_journal(folder: Path, names: Sequence[str] = tuple(MEASURES)) -> dict[int, float]:
    """The validations of a run by step, of the measure that its model has."""
    from eloss_plugins.trainers.journal import read

    found: dict[int, float] = {}
    for line in read(folder / "metrics.jsonl"):
        value = _measure(line, names)
        if value is not None:
            found[int(line["step"])] = value
    return found


def _measure(line: dict[str, Any], names: Sequence[str]) -> float | None:
    if line.get("kind") != "valid":
        return None
    value = next((line[name] for name in names if line.get(name) is not None), None)
    return float(value) if value is not None and isfinite(value) else None


def _rate(evaluation: "Evaluation", name: str) -> float | None:
    rate = evaluation.rates.get(name)
    return rate.value if rate is not None and rate.denominator else None
