"""What graphs on disk belong to: the code, the options and the data, by content."""

import hashlib
import json
from dataclasses import asdict
from functools import lru_cache
from importlib import resources

import numpy as np

from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.recipe import Recipe

BUILDERS = ("eloss_plugins.graphs.rigid", "eloss_plugins.graphs.symmetry")
"""Packages whose every line may change a graph."""

BESIDE = {
    "eloss_plugins.graphs": ("cores.py", "recipe.py", "structure.py"),
    "eloss_plugins.chem": ("bonds.py", "bond_table.py"),
}
"""Single files of which the same holds."""


def key_of(structures: Structures, recipe: Recipe) -> str:
    """SHA-256 of all that graphs depend on, in hexadecimal digits."""
    digest = hashlib.sha256(code_digest().encode())
    digest.update(json.dumps(asdict(recipe), sort_keys=True).encode())
    for array, kind in (
        (structures.positions, "<f8"),
        (structures.offsets, "<i8"),
        (structures.numbers, "<i8"),
    ):
        if array is None:
            digest.update(b"none")
            continue
        digest.update(f"{kind}{array.shape}".encode())
        plain = np.ascontiguousarray(array, kind).reshape(-1)
        digest.update(plain.view(np.uint8).data)
    return digest.hexdigest()


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 of the code that builds graphs: with other code come other files."""
    digest = hashlib.sha256()
    for package in BUILDERS:
        folder = resources.files(package)
        for entry in sorted(folder.iterdir(), key=lambda found: found.name):
            if entry.name.endswith(".py"):
                digest.update(entry.name.encode() + entry.read_bytes())
    for package, names in BESIDE.items():
        for name in names:
            digest.update(name.encode() + resources.files(package).joinpath(name).read_bytes())
    return digest.hexdigest()
