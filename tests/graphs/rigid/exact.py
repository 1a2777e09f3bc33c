"""Lateration by exact arithmetic: slow, and free of any tolerance."""

from fractions import Fraction
from itertools import combinations

import numpy as np


def rank_of(rows) -> int:
    """Of a list of integer or fraction rows, by elimination."""
    rows, rank = [[Fraction(x) for x in row] for row in rows], 0
    for column in range(len(rows[0]) if rows else 0):
        pivot = next((r for r in range(rank, len(rows)) if rows[r][column]), None)
        if pivot is None:
            continue
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for r in range(rank + 1, len(rows)):
            factor = rows[r][column] / rows[rank][column]
            rows[r] = [a - factor * b for a, b in zip(rows[r], rows[rank], strict=True)]
        rank += 1
    return rank


def affine_rank(points) -> int:
    """Dimension of the smallest flat that holds points with exact coordinates; -1 of none."""
    points = [[Fraction(float(x)) for x in point] for point in points]
    return (
        rank_of([[a - b for a, b in zip(p, points[0], strict=True)] for p in points])
        if points
        else -1
    )


def is_lateration(points, edges, order) -> bool:
    """Whether earlier neighbours of each atom span what all atoms do, after a first clique."""
    points = np.asarray(points)
    joined = {frozenset(map(int, e)) for e in edges if not np.array_equal(*points[list(e)])}
    rank = affine_rank(points)
    first, later = order[: rank + 1], order[rank + 1 :]
    if affine_rank(points[first]) < rank:
        return False
    if not all(frozenset(map(int, pair)) in joined for pair in combinations(first, 2)):
        return False
    return all(
        affine_rank(
            points[[a for a in order[: rank + 1 + k] if frozenset((int(a), int(v))) in joined]]
        )
        == rank
        for k, v in enumerate(later)
    )
