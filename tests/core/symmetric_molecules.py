"""Ideal coordinates of symmetric molecules, in angstrom, and their automorphisms."""

import numpy as np

TETRAHEDRON = np.array([[1, 1, 1], [1, -1, -1], [-1, 1, -1], [-1, -1, 1]]) / 3**0.5


def _unit(vector):
    return vector / np.linalg.norm(vector)


def _circle(count, radius, height=0.0, turn=0.0):
    angles = turn + 2 * np.pi * np.arange(count) / count
    return np.stack([radius * np.cos(angles), radius * np.sin(angles), height + 0 * angles], 1)


def methane():
    return "CHHHH", np.vstack([np.zeros(3), 1.09 * TETRAHEDRON])


def ethane():
    half = np.vstack([[[0, 0, 0.77]], _circle(3, 1.028, 1.133)])
    return "CHHHCHHH", np.vstack([half, -half])


def benzene():
    return "C" * 6 + "H" * 6, np.vstack([_circle(6, 1.39), _circle(6, 2.48)])


def cubane():
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    return "C" * 8 + "H" * 8, np.vstack([0.785 * corners, (0.785 + 1.09 / 3**0.5) * corners])


def neopentane():
    methyls = [
        1.54 * axis - 1.09 * other
        for i, axis in enumerate(TETRAHEDRON)
        for j, other in enumerate(TETRAHEDRON)
        if i != j
    ]
    return "C" * 5 + "H" * 12, np.vstack([np.zeros(3), 1.54 * TETRAHEDRON, methyls])


def ammonia():
    return "NHHH", np.vstack([[[0, 0, 0.38]], _circle(3, 0.94)])


def water():
    return "OHH", np.array([[0, 0, 0.12], [0, 0.76, -0.47], [0, -0.76, -0.47]])


def carbon_dioxide():
    return "COO", np.array([[0, 0, 0], [0, 0, 1.16], [0, 0, -1.16]])


def allene():
    near = np.array([[0, 0, 1.31], [0, 0.93, 1.87], [0, -0.93, 1.87]])
    return "CCHHCHH", np.vstack([np.zeros(3), near, near[:, [1, 0, 2]] * [1, 1, -1]])


def sulfur_hexafluoride():
    return "S" + "F" * 6, 1.56 * np.vstack([np.zeros(3), np.eye(3), -np.eye(3)])


def adamantane():
    bridgeheads = 1.54 * TETRAHEDRON
    bridges = 2 * 1.54 / 3**0.5 * np.vstack([np.eye(3), -np.eye(3)])
    hydrogens = [(1.54 + 1.09) * axis for axis in TETRAHEDRON]
    for carbon in bridges:
        first, second = (_unit(b - carbon) for b in bridgeheads if b @ carbon > 0)
        for side in (1, -1):
            away = -(first + second) / 2 + side * 3**0.5 / 2 * np.cross(first, second)
            hydrogens.append(carbon + 1.09 * away)
    return "C" * 10 + "H" * 16, np.vstack([bridgeheads, bridges, hydrogens])


# Order of the group of permutations; a mirror plane that holds every atom permutes nothing.
GROUP_ORDERS = {
    methane: 24,
    ethane: 12,
    benzene: 12,
    cubane: 48,
    neopentane: 24,
    ammonia: 6,
    water: 2,
    carbon_dioxide: 2,
    allene: 8,
    sulfur_hexafluoride: 48,
    adamantane: 24,
}


def automorphisms(elements, positions, tolerance=1e-6):
    """Every permutation of the atoms that keeps all distances and elements, by backtracking."""
    distances = np.linalg.norm(positions[:, None] - positions, axis=-1)
    found = []

    def extend(images):
        atom = len(images)
        if atom == len(elements):
            found.append(tuple(images))
            return
        for image in set(range(len(elements))) - set(images):
            same = np.allclose(distances[atom, :atom], distances[image, images], atol=tolerance)
            if same and elements[atom] == elements[image]:
                extend([*images, image])

    extend([])
    return found
