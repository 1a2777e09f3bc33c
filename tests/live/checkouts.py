"""Copies of upstream checkouts, runs of their scripts, and hashes of their trees."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).parent
SEED = 7
PATIENCE = 900  # seconds; a run takes about 10 on a free machine


def copied(checkout: str, folder: Path) -> Path:
    """The files of a checkout without its history."""
    ignored = shutil.ignore_patterns(".git", "__pycache__", ".eloss")
    shutil.copytree(checkout, folder, ignore=ignored, symlinks=True)
    return folder


def tree_hash(folder: Path) -> str:
    """Of the names, modes and bytes of all files, ours in `.eloss` aside."""
    state = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.is_file() and not {".eloss", "__pycache__"} & set(inside.parts):
            state.update(f"{inside} {path.stat().st_mode} ".encode() + path.read_bytes())
    return state.hexdigest()


@dataclass(frozen=True)
class Run:
    """What a script left behind.

    Attributes:
        logged: what it gave to wandb, in order.
    """

    code: int
    out: str
    err: str
    logged: tuple[dict[str, object], ...] = ()

    def series(self, name: str) -> list[float]:
        """The numbers logged as `name`."""
        return [float(str(entry[name])) for entry in self.logged if name in entry]


def environment(**more: str) -> dict[str, str]:
    """Single-threaded, without traces in the checkout, stand-ins first on the import path."""
    path = os.pathsep.join([str(HERE / "stand_ins"), os.environ.get("PYTHONPATH", "")])
    fixed = {"OMP_NUM_THREADS": "1", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONWARNINGS": "ignore"}
    return {**os.environ, **fixed, "PYTHONPATH": path.rstrip(os.pathsep), **more}


def python(place: Path, *arguments: str) -> Run:
    """`python ARGUMENTS` in the folder `place`."""
    log = place / "logged.jsonl"
    log.unlink(missing_ok=True)
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=place,
        env=environment(ELOSS_LIVE_LOG=str(log)),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    lines = log.read_text().splitlines() if log.exists() else []
    return Run(done.returncode, done.stdout, done.stderr, tuple(map(json.loads, lines)))


def eloss(place: Path, *arguments: str) -> Run:
    """`eloss ARGUMENTS` in the folder `place`."""
    return python(place, "-m", "eloss_plugins.cli", *arguments)


def traced(place: Path, steps: int, script: Path, *arguments: str) -> str:
    """The trace of a script's first steps; see `driver`."""
    trace = place / "trace.txt"
    trace.unlink(missing_ok=True)
    driver = (str(HERE / "driver.py"), str(steps), str(SEED), str(trace))
    done = python(place, *driver, str(script), *arguments)
    assert done.code == 0, done.err[-2000:]
    return trace.read_text()
