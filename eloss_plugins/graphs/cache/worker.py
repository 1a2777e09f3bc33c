"""A program that builds the graphs of structures: folders with a question and its answer."""

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from eloss_plugins.graphs.cache import array_file
from eloss_plugins.graphs.cache.packed import PackedGraphs, pack
from eloss_plugins.graphs.cache.structures import Structures
from eloss_plugins.graphs.recipe import Recipe
from eloss_plugins.graphs.rigid.graph import RigidGraph
from eloss_plugins.graphs.rigid.options import RigidOptions
from eloss_plugins.side_by_side import Report, Task, work

QUESTION, ANSWER = "question", "answer"
REPORTED = 64  # structures at a time


def ask(folder: Path, structures: Structures, recipe: Recipe) -> None:
    """Put a question into `folder`."""
    arrays: dict[str, NDArray[Any]] = {
        "positions": structures.positions,
        "offsets": structures.offsets,
    }
    if structures.numbers is not None:
        arrays["numbers"] = structures.numbers
    array_file.write(folder / QUESTION, QUESTION, arrays, asdict(recipe))


def answer_of(folder: Path) -> Sequence[RigidGraph]:
    """The answer that a worker left in `folder`."""
    return PackedGraphs(array_file.read(folder / ANSWER, ANSWER))


def answer(task: Task, report: Report) -> None:
    """Answer the question in a folder."""
    folder = Path(task["folder"])
    asked = array_file.read(folder / QUESTION, QUESTION)
    structures = Structures(
        asked.arrays["positions"], asked.arrays["offsets"], asked.arrays.get("numbers")
    )
    recipe = recipe_of(asked.notes)
    graphs = []
    for place in range(len(structures)):
        graphs.append(recipe(structures[place]))
        if len(graphs) % REPORTED == 0 or place == len(structures) - 1:
            report((len(graphs) - 1) % REPORTED + 1)
    packed = pack(graphs, structures.positions.shape[1])
    array_file.write(folder / ANSWER, ANSWER, packed.arrays, packed.notes)


def recipe_of(notes: dict[str, Any]) -> Recipe:
    """The recipe that `dataclasses.asdict` took apart."""
    return Recipe(**{**notes, "options": RigidOptions(**notes["options"])})


if __name__ == "__main__":
    work(answer)
