import os
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from eloss_plugins.cli.main import main

DOCUMENTED = {0, 1, 2, 3, 4, 5, 70, 129, 130, 143}

TINY = (
    "--layers=1",
    "--features=8",
    "--timesteps=10",
    "--batch-size=4",
    "--valid-molecules=4",
    "--accelerator=cpu",
)


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Eloss = Callable[..., Answer]


@pytest.fixture(autouse=True)
def workplace(tmp_path, monkeypatch):
    """An empty folder, no settings of the developer's, and a place for tracebacks."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("ELOSS_TRAIN_")]:
        monkeypatch.delenv(name)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "COLUMNS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ELOSS_LOG_DIR", str(tmp_path / "logs"))
    return tmp_path


@pytest.fixture
def eloss(capsys) -> Eloss:
    """`eloss` in this process."""

    def call(*words: str) -> Answer:
        capsys.readouterr()
        code = main(words)
        captured = capsys.readouterr()
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture
def run_folder(eloss) -> str:
    """A run of three steps."""
    answer = eloss("train", "gdm", "--steps=3", "--out=run", "--data=bundled-tiny", *TINY)
    assert answer.code == 0, answer.err
    return "run"
