"""A repository made here, and a patch set that fits it."""

import os
import subprocess
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from eloss_plugins.patching.patch_set import Anchor, Edit, PatchSet, Sign
from eloss_plugins.vendor.origin import origin_of
from eloss_plugins.vendor.vendor import Vendored, vendor

SCRIPT = "import argparse\n\nargs = argparse.ArgumentParser().parse_args()\n"
PATCHED = SCRIPT + "print('ours')  # eloss\n"
WEIGHTS = bytes(range(256)) * 8


def git(folder: Path, *words: str) -> str:
    """What git says, with no settings but those given here."""
    settings = ("user.name=a", "user.email=a@b.c", "commit.gpgsign=false", "gc.auto=0")
    options = [option for setting in settings for option in ("-c", setting)]
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    done = subprocess.run(
        ["git", *options, *words],
        cwd=folder,
        env=kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        capture_output=True,
        check=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """No settings of the developer's, and nothing of a repository that the tests run in."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder / ".config"))
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def upstream(tmp_path) -> Path:
    """A repository of three commits; the patch set is pinned to the second."""
    folder = tmp_path / "upstream"
    (folder / "data").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    git(folder, "commit", "-q", "--allow-empty", "-m", "empty")
    (folder / "train.py").write_text(SCRIPT)
    (folder / "data" / "weights é.bin").write_bytes(WEIGHTS)
    (folder / "latest").symlink_to("train.py")
    (folder / "run.sh").write_text("#!/bin/sh\n")
    (folder / "run.sh").chmod(0o755)
    git(folder, "add", ".")
    git(folder, "commit", "-q", "-m", "pinned")
    (folder / "train.py").write_text(f"# moved on\n{SCRIPT}")
    git(folder, "commit", "-q", "-a", "-m", "later")
    return folder


@pytest.fixture
def patch_set(upstream) -> PatchSet:
    anchor = Anchor("assign", assigns="args")
    return PatchSet(
        name="toy",
        title="A toy",
        homepage="https://example.invalid/toy",
        licence="MIT",
        commit=git(upstream, "rev-parse", "HEAD~1"),
        tested=(),
        version=1,
        signs=(Sign("train.py"),),
        guards=(),
        edits=(Edit("train.py", anchor, "after", ("print('ours')",)),),
        next_command="python train.py",
    )


@dataclass(frozen=True)
class Bring:
    patch_set: PatchSet
    into: Path

    def __call__(self, source: object, **changes: object) -> Vendored:
        return vendor(replace(self.patch_set, **changes), origin_of(str(source)), self.into)


@pytest.fixture
def bring(patch_set, tmp_path) -> Callable[..., Vendored]:
    """`vendor` of the toy from some place into `made`."""
    return Bring(patch_set, tmp_path / "place" / "made")
