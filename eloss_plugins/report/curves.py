"""Curves from the records of a training run."""

from collections.abc import Iterable, Mapping
from math import isfinite
from typing import Any

from eloss_plugins.report.model import Curve

KIND_OF_CURVE = {"loss": "train", "nll": "valid"}
"""Which curves a report shows, and the kind of record that each is read from."""

MOST_POINTS = 160
"""Points that a drawn curve keeps: more than a panel has room for."""


def curves_from(records: Iterable[Mapping[str, Any]]) -> dict[str, Curve]:
    """The curves in records as `metrics.jsonl` has them; missing and null numbers are left out."""
    records = list(records)
    curves = {name: _curve(records, kind, name) for name, kind in KIND_OF_CURVE.items()}
    return {name: curve for name, curve in curves.items() if curve.steps}


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
