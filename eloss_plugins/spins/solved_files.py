"""Ground states on disk: a file for each piece of a problem set, verified whenever it is read."""

import hashlib
import json
from functools import lru_cache
from importlib import resources
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import numpy as np

from eloss_plugins.graphs.cache import array_file
from eloss_plugins.graphs.cache.array_file import Damaged
from eloss_plugins.side_by_side import Report
from eloss_plugins.spins.draws import instance
from eloss_plugins.spins.ground_states import solve
from eloss_plugins.spins.problem_set import ProblemSet, Source, energies

SUFFIX = ".spins"
CODE = {
    "eloss_plugins.spins": ("lattice.py", "glass.py", "draws.py"),
    "eloss_plugins.spins.ground_states": (),
}
"""Files whose every line may change a ground state; of a package without names, all."""

PACKAGES = ("numpy", "scipy", "pymatching")
REPORTED = 10  # spin glasses at a time


def path_of(folder: Path, source: Source, method: str) -> Path:
    """The file of a piece; the whole key is in it and compared."""
    return folder / f"{key_of(source, method)[:32]}{SUFFIX}"


def key_of(source: Source, method: str) -> str:
    """SHA-256 of all that decides: spin glasses, method, code and versions of packages."""
    decided = [source.to_json(), method, {name: _version(name) for name in PACKAGES}]
    digest = hashlib.sha256(code_digest().encode())
    digest.update(json.dumps(decided, sort_keys=True).encode())
    return digest.hexdigest()


def make(folder: Path, source: Source, method: str, report: Report) -> None:
    """Solve a piece and write its file."""
    solved = []
    for number in range(source.count):
        glass = instance(source.lattice, source.kind, source.seed, source.first + number)
        solved.append(solve(glass, method))
        if len(solved) % REPORTED == 0 or number == source.count - 1:
            report((len(solved) - 1) % REPORTED + 1)
    arrays = {
        "spins": np.array([one.spins for one in solved], np.int8),
        "energies": np.array([one.energy for one in solved]),
    }
    array_file.write(path_of(folder, source, method), key_of(source, method), arrays, {})


def read(folder: Path, source: Source, method: str) -> ProblemSet | None:
    """The piece, its couplings drawn anew; None where there is no file or none to trust."""
    try:
        file = array_file.read(path_of(folder, source, method), key_of(source, method))
        spins, kept = np.array(file.arrays["spins"]), np.array(file.arrays["energies"])
    except (Damaged, OSError, KeyError):
        return None
    if spins.shape != (source.count, source.lattice.num_sites) or not np.isin(spins, (-1, 1)).all():
        return None
    couplings = source.couplings()
    found = energies(source.lattice, couplings, spins)
    return ProblemSet(source, couplings, spins, found) if np.array_equal(found, kept) else None


@lru_cache(maxsize=1)
def code_digest() -> str:
    """SHA-256 of the code that draws and solves."""
    digest = hashlib.sha256()
    for package, names in CODE.items():
        folder = resources.files(package)
        known = names or sorted(it.name for it in folder.iterdir() if it.name.endswith(".py"))
        for name in known:
            digest.update(name.encode() + folder.joinpath(name).read_bytes())
    return digest.hexdigest()


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "none"
