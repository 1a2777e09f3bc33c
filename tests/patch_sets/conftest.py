"""Fixtures for tests of patch sets on toys."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from . import toys

collect_ignore_glob = ["toy_*"]


@pytest.fixture
def toy(tmp_path: Path) -> Path:
    return toys.copied(tmp_path / "toy")


@pytest.fixture
def patched(tmp_path: Path) -> Path:
    return toys.patched(tmp_path / "patched")


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> toys.Runner:
    return toys.Runner(capsys, monkeypatch)


@pytest.fixture(autouse=True)
def _global_generator() -> Iterator[None]:
    """The toys seed torch's generator; give it back as it was."""
    state = torch.get_rng_state()
    yield
    torch.set_rng_state(state)
