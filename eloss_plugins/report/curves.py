"""Curves from the records of a training run."""

from collections.abc import Iterable, Mapping, Sequence
from math import isfinite
from typing import Any

from eloss_plugins.metrics.evaluation import Evaluation
from eloss_plugins.report.model import Curve

KIND_OF_CURVE = {"loss": "train", "nll": "valid"}
"""Which curves a report shows, and the kind of record that each is read from."""

LEARNING_CURVES = ("molecule_stability", "atom_stability")
"""Rates that are shown over training where molecules were judged at several steps."""

MOST_POINTS = 160
"""Points that a drawn curve keeps: more than a panel has room for."""


def curves_from(records: Iterable[Mapping[str, Any]]) -> dict[str, Curve]:
    """The curves in records as `metrics.jsonl` has them; missing and null numbers are left out."""
    records = list(records)
    curves = {name: _curve(records, kind, name) for name, kind in KIND_OF_CURVE.items()}
    return {name: curve for name, curve in curves.items() if curve.steps}


def learning_curves(judged: Mapping[int, Evaluation]) -> dict[str, Curve]:
    """Rates in percent by the step at which the molecules were made; none from one step alone."""
    steps = tuple(sorted(judged))
    if len(steps) < 2:
        return {}
    return {
        name: Curve(steps, tuple(100 * judged[step].rates[name].value for step in steps))
        for name in LEARNING_CURVES
    }


def mean_curve(curves: Sequence[Curve]) -> Curve:
    """The mean of several curves at the steps that all of them have."""
    values = [dict(zip(curve.steps, curve.values, strict=True)) for curve in curves]
    steps = sorted(set(values[0]).intersection(*values)) if values else []
    means = (sum(value[step] for value in values) / len(values) for step in steps)
    return Curve(tuple(steps), tuple(means))


def thinned(curve: Curve, points: int = MOST_POINTS) -> Curve:
    """The curve as means over equal stretches, where it has more than `points` points.

    Points that are not finite are left out first.
    """
    pairs = [(s, v) for s, v in zip(curve.steps, curve.values, strict=True) if isfinite(v)]
    count = len(pairs)
    edges = [round(i * count / points) for i in range(points + 1)]
    if count > points:
        pairs = [_mean(pairs[a:b]) for a, b in zip(edges, edges[1:], strict=False)]
    return Curve(tuple(step for step, _ in pairs), tuple(value for _, value in pairs))


def _mean(pairs: list[tuple[int, float]]) -> tuple[int, float]:
    steps, values = zip(*pairs, strict=True)
    return round(sum(steps) / len(steps)), sum(values) / len(values)


def _curve(records: Iterable[Mapping[str, Any]], kind: str, name: str) -> Curve:
    found = [
        (int(record["step"]), float(record[name]))
        for record in records
        if record.get("kind") == kind and record.get(name) is not None
    ]
    return Curve(tuple(step for step, _ in found), tuple(value for _, value in found))
