"""Slow loops written from the equations, one pair at a time, in Python floats."""

import math

LAWS = {
    "constant": lambda d: 1.0,
    "inverse": lambda d: 1 / d,
    "inverse-square": lambda d: 1 / d**2,
    "exponential": lambda d: math.exp(-d),
    "lennard-jones": lambda d: 72 / d**2,
    "morse": lambda d: 2.0,
    "from-potential": lambda d: 72 / d**2,
}


def energy(target, prediction, law, pairs=None):
    """Value and gradient by the prediction of sum k (d - dhat)**2 for one molecule (Eq. 7).

    `target` and `prediction` are lists of coordinates, `law` is a function of distance and
    `pairs` a list of (i, j), all pairs for None.
    """
    num_atoms, dimensions = len(target), len(target[0]) if target else 0
    total, gradient = 0.0, [[0.0] * dimensions for _ in range(num_atoms)]
    if pairs is None:
        pairs = [(i, j) for i in range(num_atoms) for j in range(i)]
    for i, j in pairs:
        distance = math.dist(target[i], target[j])
        predicted = math.dist(prediction[i], prediction[j])
        stiffness = law(distance)
        total += stiffness * (distance - predicted) ** 2
        for axis in range(dimensions):
            unit = (prediction[i][axis] - prediction[j][axis]) / predicted
            pull = 2 * stiffness * (predicted - distance) * unit
            gradient[i][axis] += pull
            gradient[j][axis] -= pull
    return total, gradient


def weighted_energy(target, residual, ratio, law, pairs=None):
    """E / r**2 and its gradient by the residual, prediction = target + r residual."""
    prediction = [
        [x + ratio * delta for x, delta in zip(atom, error, strict=True)]
        for atom, error in zip(target, residual, strict=True)
    ]
    total, gradient = energy(target, prediction, law, pairs)
    return total / ratio**2, [[g / ratio for g in atom] for atom in gradient]
