"""Fixtures for all tests."""

import importlib
import os
import shutil
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from eloss_plugins import plugins

HOOKS = "from eloss_plugins import hookimpl\n"
LOSS = HOOKS + "@hookimpl\ndef register_losses():\n    return {{'{0}': lambda batch: None}}\n"


@dataclass
class Site:
    """A folder on the import path into which tests install distributions without pip."""

    path: Path
    modules: set[str] = field(default_factory=set)

    def add(
        self,
        dist: str,
        code: str | None = HOOKS + "@hookimpl\ndef after_loss(): pass\n",
        *,
        module: str | None = None,
        version: str = "1.0",
        entries: str | None = None,
        metadata: str | None = "",
        path: Path | None = None,
    ) -> str:
        """Install `dist`; its module is named after it unless said otherwise."""
        place = path or self.path
        module = module or dist.replace("-", "_")
        place.mkdir(parents=True, exist_ok=True)
        if code is not None:
            (place / f"{module}.py").write_text(textwrap.dedent(code))
        info = place / f"{dist.replace('-', '_')}-{version}.dist-info"
        info.mkdir()
        if metadata is not None:
            head = f"Metadata-Version: 2.1\nName: {dist}\nVersion: {version}\n{metadata}"
            (info / "METADATA").write_text(head)
        (info / "entry_points.txt").write_text(entries or f"[eloss]\n{module} = {module}\n")
        self.modules.add(module)
        importlib.invalidate_caches()
        return module

    def remove(self, dist: str) -> None:
        """Uninstall what `add` installed."""
        module = dist.replace("-", "_")
        shutil.rmtree(next(self.path.glob(f"{module}-*.dist-info")))
        (self.path / f"{module}.py").unlink()
        sys.modules.pop(module, None)
        importlib.invalidate_caches()
        plugins.forget()

    def add_loss(self, dist: str, name: str, **others: object) -> str:
        """Install a distribution that registers the loss `name`."""
        return self.add(dist, LOSS.format(name), **others)  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def graphs_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Graphs on disk go where the tests' files go, also those of processes that a test starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ELOSS_GRAPHS", str(tmp_path_factory.getbasetemp() / "graphs"))
        yield


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An empty `Site`, first on the import path; what was imported from it is forgotten."""
    for name in [name for name in os.environ if name.startswith("ELOSS_PLUGIN")]:
        monkeypatch.delenv(name)
    made = Site(tmp_path / "site")
    made.path.mkdir()
    monkeypatch.setattr(sys, "path", [str(made.path), *sys.path])
    importlib.invalidate_caches()
    plugins.forget()
    yield made
    plugins.forget()
    for name in made.modules:
        sys.modules.pop(name, None)
