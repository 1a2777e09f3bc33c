"""Fixtures for tests of patch sets on toys."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch

from . import toys

collect_ignore_glob = ["toy_*"]


@pytest.fixture
def kind(request: pytest.FixtureRequest) -> toys.Toy:
    """What a test module is about: its `TOY`, or EDM's."""
    return getattr(request.module, "TOY", toys.EDM)


@pytest.fixture
def toy(tmp_path: Path, kind: toys.Toy) -> Path:
    return toys.copied(tmp_path / "toy", kind)


@pytest.fixture
def patched(tmp_path: Path, kind: toys.Toy) -> Path:
    return toys.patched(tmp_path / "patched", kind)


@pytest.fixture
def run(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: toys.Toy
) -> toys.Runner:
    return toys.Runner(capsys, monkeypatch, kind)


@pytest.fixture
def no_package(monkeypatch: pytest.MonkeyPatch, kind: toys.Toy) -> None:
    """Imports of this package fail, as where it is not installed."""
    host = f"eloss_plugins.patched.{kind.patch_set.name}"
    for name in ("eloss_plugins", "eloss_plugins.patched", host):
        monkeypatch.setitem(sys.modules, name, None)


@pytest.fixture(autouse=True)
def _global_generator() -> Iterator[None]:
    """The toys seed torch's generator; give it back as it was."""
    state = torch.get_rng_state()
    yield
    torch.set_rng_state(state)
