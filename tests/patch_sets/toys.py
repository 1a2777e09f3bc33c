"""Toy trainers of upstreams' shapes, patched or not, and how to run them in the test's process."""

import runpy
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from eloss_plugins.patches import edm, jodo, semlaflow

from eloss_plugins.patching.patch_set import PatchSet
from eloss_plugins.patching.plan import plan

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Toy:
    """A toy trainer.

    Attributes:
        patch_set: of the upstream whose shape it has.
        script: the file that trains.
        modules: names that its files are imported by.
    """

    patch_set: PatchSet
    script: str
    modules: tuple[str, ...]


EDM = Toy(edm.PATCH_SET, "main_qm9.py", ("equivariant_diffusion", "train_test", "utils", "wandb"))
JODO = Toy(jodo.PATCH_SET, "main.py", ("absl", "losses", "run_lib"))
SEMLAFLOW = Toy(semlaflow.PATCH_SET, "semlaflow/train.py", ("semlaflow", "lightning"))


def copied(folder: Path, toy: Toy = EDM) -> Path:
    source = HERE / f"toy_{toy.patch_set.name}"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def patched(folder: Path, toy: Toy = EDM) -> Path:
    """A copy of the toy with its upstream's patch set in it."""
    copied(folder, toy)
    for change in plan(folder, toy.patch_set).changes:
        (folder / change.path).write_bytes(change.after)
    return folder


@dataclass(frozen=True)
class Run:
    """What a run of the toy left behind.

    Attributes:
        code: of its exit.
        names: of its script, when it came to its end.
    """

    code: int
    out: str
    err: str
    names: dict[str, Any] = field(default_factory=dict)

    def lines(self, *starts: str) -> list[str]:
        """The output's lines that begin with one of `starts`."""
        return [line for line in self.out.splitlines() if line.startswith(starts)]


@contextmanager
def imported_from(folder: Path, toy: Toy = EDM) -> Iterator[None]:
    """Within the block, the toy's modules are those of `folder`; afterwards it is as before."""
    before = _taken_out(toy)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setattr(sys, "dont_write_bytecode", True)
        try:
            yield
        finally:
            _taken_out(toy)
            sys.modules.update(before)


def _taken_out(toy: Toy) -> dict[str, ModuleType]:
    """Modules called like the toy's, which are no longer imported."""
    names = [name for name in sys.modules if name.split(".")[0] in toy.modules]
    return {name: sys.modules.pop(name) for name in names}


class Runner:
    """`python SCRIPT FLAGS` in a toy's folder."""

    def __init__(
        self,
        capsys: pytest.CaptureFixture[str],
        monkeypatch: pytest.MonkeyPatch,
        toy: Toy = EDM,
    ) -> None:
        self.toy = toy
        self.capsys = capsys
        self.monkeypatch = monkeypatch

    def __call__(self, folder: Path, *flags: str) -> Run:
        self.monkeypatch.setattr(sys, "argv", [self.toy.script, *flags])
        self.monkeypatch.chdir(folder)
        self.capsys.readouterr()
        with imported_from(folder, self.toy):
            code, names = 0, {}
            try:
                names = runpy.run_path(self.toy.script, run_name="__main__")
            except SystemExit as end:
                code = end.code
        return Run(code, *self.capsys.readouterr(), names)
