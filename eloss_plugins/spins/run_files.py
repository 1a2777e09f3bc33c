"""Files of an experiment: problem sets that runs read, and the logits that they leave."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eloss_plugins.graphs.cache import array_file
from eloss_plugins.graphs.cache.array_file import Damaged
from eloss_plugins.spins.problem_set import ProblemSet, Source

DATA, LOGITS = "spin glasses with ground states", "logits"
ANSWER = "logits.arrays"


def write_problems(path: Path, problems: ProblemSet) -> None:
    """Write couplings, ground states and energies in one step."""
    arrays: dict[str, NDArray[Any]] = {
        "couplings": problems.couplings,
        "spins": problems.spins,
        "energies": problems.energies,
    }
    array_file.write(path, DATA, arrays, problems.source.to_json())


def read_problems(path: Path) -> ProblemSet:
    """What `write_problems` wrote.

    Raises:
        Damaged: it is not whole.
        OSError: it cannot be opened.
    """
    file = array_file.read(path, DATA)
    couplings, spins, energies = (
        np.array(file.arrays[name]) for name in ("couplings", "spins", "energies")
    )
    return ProblemSet(Source.from_json(file.notes), couplings, spins, energies)


def write_logits(folder: Path, logits: NDArray[np.float32]) -> None:
    """Leave the answer of a run; where it stands, the run is finished."""
    array_file.write(folder / ANSWER, LOGITS, {"logits": logits.astype(np.float64)}, {})


def read_logits(folder: Path) -> NDArray[np.float64] | None:
    """The answer of a run; None where there is none or none that is whole."""
    try:
        return np.array(array_file.read(folder / ANSWER, LOGITS).arrays["logits"])
    except (OSError, Damaged, KeyError):
        return None
