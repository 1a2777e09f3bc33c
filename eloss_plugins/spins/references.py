"""Figures of others for the same experiment, to stand beside one's own."""

from collections.abc import Mapping

PAPER: Mapping[str, float] = {
    "cross-entropy": 58.8,
    "margin": 49.9,
    "local-field": 45.6,
    "true-energy": 14.6,
}
"""Mean energy gap on 16 x 16, arXiv 2511.02087, table 5. Its caption says energy; as positive
numbers on a lattice with ground states near -200 they are gaps."""

PROTOTYPE: Mapping[str, tuple[float, ...]] = {
    "cross-entropy": (32.8, 32.0),
    "margin": (25.7, 25.7),
    "local-field": (20.4, 20.5),
    "true-energy": (6.95, 7.03),
    "local-field-min": (12.3, 11.2),
    "cross-entropy-min": (18.8, 18.4),
    "pair-energy": (7.3, 7.8),
}
"""Mean gaps with two seeds of a prototype with other random numbers: 8 x 8 open, uniform couplings,
6000 spin glasses, 12 epochs, a network of the same kind and size."""

PROTOTYPE_SETTINGS = ("open", "uniform", 8, 6000, 12)
"""Boundary, couplings, size, spin glasses and epochs for which those hold."""

ORDER = ("cross-entropy", "margin", "local-field", "true-energy")
"""The paper's order, from the largest gap to the smallest."""

SYMMETRIC = ("local-field-min", "cross-entropy-min", "pair-energy")
"""Losses from data that do not ask for the global sign."""
