"""Fixtures for tests of patching: a checkout, a registered patch set for it, the command."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from eloss_plugins.cli.main import main
from eloss_plugins.patching import apply as applying
from eloss_plugins.patching import catalogue, system
from eloss_plugins.patching import revert as reverting
from eloss_plugins.patching.patch_set import PatchSet

from . import checkouts, invariants

UPSTREAMS = """
from eloss_plugins import hookimpl
@hookimpl
def register_upstreams():
    return {upstreams}
"""


@dataclass(frozen=True)
class Answer:
    code: int
    out: str
    err: str


Eloss = Callable[..., Answer]
Register = Callable[..., None]


@pytest.fixture(autouse=True)
def _no_flushing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk is slow, and what `fsync` does cannot be seen without pulling the plug."""
    invoke = system.invoke

    def call(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        return None if function is os.fsync else invoke(function, *arguments, **options)

    monkeypatch.setattr(system, "invoke", call)


@pytest.fixture
def disturbed() -> None:
    """For tests in which somebody else changes the checkout meanwhile; they say what holds."""


@pytest.fixture(autouse=True)
def _invariants(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """After every apply, upgrade and revert of every test, what must always hold is looked at."""
    if "disturbed" not in request.fixturenames:
        for module in (applying, reverting):
            monkeypatch.setattr(module, "carry_out", invariants.watched(module.carry_out))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return checkouts.make(tmp_path / "checkout")


@pytest.fixture
def register(site) -> Iterator[Register]:
    """Installs plugins that register patch sets: `register(name="module:attribute")`."""

    def install(**upstreams: str) -> None:
        name = f"upstreams-{len(site.modules)}"
        site.add(name, UPSTREAMS.format(upstreams=upstreams))

    return install


@pytest.fixture
def shaper_is_installed(register: Register) -> None:
    register(shaper=f"{checkouts.__package__}.sources:SHAPER")


@pytest.fixture
def eloss_patch(shaper_is_installed, capsys) -> Eloss:
    """`eloss patch` in this process; every answer has the form that answers must have."""

    def call(*words: str) -> Answer:
        capsys.readouterr()
        code = main(["patch", *words])
        captured = capsys.readouterr()
        invariants.check_answer(code, captured.out, captured.err, as_json="--json" in words)
        return Answer(code, captured.out, captured.err)

    return call


@pytest.fixture(params=catalogue.installed(), ids=lambda patch_set: patch_set.name)
def patch_set(request: pytest.FixtureRequest) -> PatchSet:
    """Each of the patch sets that this package brings."""
    return request.param


@pytest.fixture
def original(patch_set: PatchSet) -> Path:
    """The real checkout that ELOSS_ and the upstream's name in capitals name."""
    variable = f"ELOSS_{patch_set.name.upper().replace('-', '_')}"
    if variable not in os.environ:
        pytest.skip(f"{variable} names no checkout")
    return Path(os.environ[variable])
