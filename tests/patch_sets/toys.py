"""A toy trainer of EDM's shape, patched or not, and how to run it within the test's process."""

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
from eloss_plugins.patches.edm import PATCH_SET

from eloss_plugins.patching.plan import plan

TOY = Path(__file__).parent / "toy_edm"
MODULES = ("equivariant_diffusion", "train_test", "utils", "wandb")


def copied(folder: Path) -> Path:
    shutil.copytree(TOY, folder, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def patched(folder: Path) -> Path:
    """A copy of the toy with EDM's patch set in it."""
    copied(folder)
    for change in plan(folder, PATCH_SET).changes:
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
def imported_from(folder: Path) -> Iterator[None]:
    """Within the block, the toy's modules are those of `folder`; afterwards it is as before."""
    before = _taken_out()
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setattr(sys, "dont_write_bytecode", True)
        try:
            yield
        finally:
            _taken_out()
            sys.modules.update(before)


def _taken_out() -> dict[str, ModuleType]:
    """Modules called like the toy's, which are no longer imported."""
    names = [name for name in sys.modules if name.split(".")[0] in MODULES]
    return {name: sys.modules.pop(name) for name in names}


class Runner:
    """`python main_qm9.py FLAGS` in a toy's folder."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self.capsys = capsys
        self.monkeypatch = monkeypatch

    def __call__(self, toy: Path, *flags: str) -> Run:
        self.monkeypatch.setattr(sys, "argv", ["main_qm9.py", *flags])
        self.monkeypatch.chdir(toy)
        self.capsys.readouterr()
        with imported_from(toy):
            code, names = 0, {}
            try:
                names = runpy.run_path("main_qm9.py", run_name="__main__")
            except SystemExit as end:
                code = end.code
        return Run(code, *self.capsys.readouterr(), names)
