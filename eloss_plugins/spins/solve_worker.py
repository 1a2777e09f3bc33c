"""A program that finds the ground states of pieces that are handed to it."""

from pathlib import Path

from eloss_plugins.side_by_side import Report, Task, work
from eloss_plugins.spins import solved_files
from eloss_plugins.spins.problem_set import Source


def find(task: Task, report: Report) -> None:
    """Solve one piece and leave its file in the folder."""
    source = Source.from_json(task["source"])
    solved_files.make(Path(task["folder"]), source, task["method"], report)


if __name__ == "__main__":
    work(find)
