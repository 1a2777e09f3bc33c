"""Points for tests of graphs: random, degenerate in every way, and chains like molecules."""

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray

from eloss_plugins.graphs.structure import Structure

Points = NDArray[np.float64]


def cloud(num_atoms: int, seed: int = 0, dimensions: int = 3) -> Structure:
    """Points at about the density of atoms, no bonds."""
    side = (num_atoms / 0.1) ** (1 / dimensions)
    rng = np.random.default_rng(seed)
    return Structure(rng.uniform(size=(num_atoms, dimensions)) * side)


def chain(num_atoms: int, seed: int = 0) -> Structure:
    """A freely rotating chain with bonds of 1.5 and right angles at least apart."""
    rng = np.random.default_rng(seed)
    steps = [np.array([1.5, 0, 0])]
    while len(steps) < num_atoms - 1:
        step = rng.normal(size=3)
        step *= 1.5 / np.linalg.norm(step)
        if step @ steps[-1] > 0.4:
            steps.append(step)
    positions = np.concatenate([np.zeros((1, 3)), np.cumsum(steps, axis=0)])
    return Structure(
        positions, bonds=np.stack([np.arange(num_atoms - 1), np.arange(1, num_atoms)], 1)
    )


def flattened(points: Points, thickness: float) -> Points:
    return points * np.append(np.ones(points.shape[1] - 1), thickness)


def in_line(points: Points, _: float) -> Points:
    return np.outer(points[:, 0], np.arange(1.0, points.shape[1] + 1))


def doubled(points: Points, _: float) -> Points:
    return points[np.arange(len(points)) // 2]


def on_a_grid(points: Points, _: float) -> Points:
    return np.round(points)


def in_pieces(points: Points, _: float) -> Points:
    return points + 1e3 * (np.arange(len(points)) % 3)[:, None]


def one_off_plane(points: Points, thickness: float) -> Points:
    flat = flattened(points, 0.0)
    flat[:1, -1] = thickness
    return flat


def as_drawn(points: Points, _: float) -> Points:
    return points


SHAPES = (as_drawn, flattened, in_line, doubled, on_a_grid, in_pieces, one_off_plane)
THICKNESSES = (0.0, 1e-12, 1e-9, 1e-8, 1e-6, 1e-3, 0.1, 1.0)


@st.composite
def structures(draw: st.DrawFn, largest: int = 14) -> Structure:
    """Any cloud, with any bonds or none."""
    num_atoms, dimensions = draw(st.integers(0, largest)), draw(st.integers(1, 3))
    rng = np.random.default_rng(draw(st.integers(0, 2**20)))
    points = rng.normal(size=(num_atoms, dimensions)) * draw(st.sampled_from([1e-3, 1.0, 1e3]))
    positions = draw(st.sampled_from(SHAPES))(points, draw(st.sampled_from(THICKNESSES)))
    if num_atoms < 2 or draw(st.booleans()):
        return Structure(positions)
    pairs = rng.integers(num_atoms, size=(draw(st.integers(0, 20)), 2))
    return Structure(positions, bonds=pairs[pairs[:, 0] != pairs[:, 1]])
