"""A program that trains the runs that are handed to it."""

from pathlib import Path

import torch

from eloss_plugins.side_by_side import Report, Task, work
from eloss_plugins.spins.run_files import read_problems, write_logits
from eloss_plugins.spins.training import Training, train


def run(task: Task, report: Report) -> None:
    """Train one run and leave its logits in its folder."""
    torch.set_num_threads(1)
    folder = Path(task["folder"])
    data, test = (read_problems(Path(task[name])) for name in ("data", "test"))
    write_logits(folder, train(Training(**task["training"]), data, test, folder, report))


if __name__ == "__main__":
    work(run)
