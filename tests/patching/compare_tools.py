"""The same faults for `git apply`, GNU patch and `eloss patch`; not part of the suite.

    python tests/patching/compare_tools.py UPSTREAM CHECKOUT [--every N] [--tool NAME]

Needs strace, git and patch. The diff of a patch set is given to each tool on a fresh copy of
the files that it touches, once for each system call that changes something: the call fails with
ENOSPC, or the process is killed at it. Counted is what is there then: a mixed tree (some files
old, some new, or neither), and files of the user's that are gone or empty; for `eloss patch`,
before and after `recover`. The patch set must not be edited meanwhile.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eloss_plugins.patching import catalogue
from eloss_plugins.patching.diff import unified
from eloss_plugins.patching.plan import Plan, plan

CALLS = (
    "write,pwrite64,writev,rename,renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,"
    "fsync,fdatasync,chmod,fchmod,fchmodat,ftruncate,truncate"
)
TOOLS = ("git apply", "GNU patch", "eloss patch")
FAULTS = {"ENOSPC": "error=ENOSPC", "SIGKILL": "signal=SIGKILL"}
ELOSS = (sys.executable, "-m", "eloss_plugins.cli", "patch")
QUIET = {"PYTHONDONTWRITEBYTECODE": "1", "GIT_CONFIG_GLOBAL": os.devnull}


@dataclass
class Tally:
    """What the runs of one tool with one kind of fault left behind."""

    runs: int = 0
    hit: int = 0
    mixed: int = 0
    most_lost: int = 0
    mixed_after_recover: int = 0
    lost_after_recover: int = 0
    litter: int = field(default=0)


@dataclass(frozen=True)
class Bench:
    """One patch, a folder of its own for each run, and how to see what became of the files."""

    found: Plan
    signs: dict[str, bytes]
    scratch: Path

    def fresh(self) -> Path:
        """The files before the patch, and the patch itself beside them."""
        place = self.scratch / "copy"
        shutil.rmtree(place, ignore_errors=True)
        before = {it.path: it.before for it in self.found.changes}
        for path, data in {**self.signs, **before}.items():
            (place / path).parent.mkdir(parents=True, exist_ok=True)
            (place / path).write_bytes(data)
        (self.scratch / "patch.diff").write_bytes(unified(self.found))
        return place

    def command(self, tool: str, place: Path) -> list[str]:
        diff = str(self.scratch / "patch.diff")
        return {
            "git apply": ["git", "apply", diff],
            "GNU patch": ["patch", "-p1", "-s", "-i", diff],
            "eloss patch": [*ELOSS, "apply", self.found.patch_set.name, str(place)],
        }[tool]

    def lost(self, place: Path) -> int:
        files = [place / it.path for it in self.found.changes]
        return sum(not path.exists() or not path.stat().st_size for path in files)

    def is_mixed(self, place: Path) -> bool:
        states = {_state(place / it.path, it.before, it.after) for it in self.found.changes}
        return len(states) > 1 or "neither" in states

    def litter(self, place: Path) -> int:
        known = {*self.signs, *(it.path for it in self.found.changes)}
        files = (path.relative_to(place) for path in place.rglob("*") if path.is_file())
        return sum(str(path) not in known and path.parts[0] != ".eloss" for path in files)


def _state(path: Path, before: bytes, after: bytes) -> str:
    data = path.read_bytes() if path.exists() else None
    return "old" if data == before else "new" if data == after else "neither"


def traced(place: Path, command: Sequence[str], *more: str) -> str:
    """Run `command` in `place` under strace; the log."""
    log = place.parent / "trace"
    words = ["strace", "-f", "-o", str(log), "-e", f"trace={CALLS}", *more, *command]
    subprocess.run(words, cwd=place, env=os.environ | QUIET, capture_output=True, check=False)
    return log.read_text(errors="replace")


def points(bench: Bench, tool: str) -> list[tuple[str, int]]:
    """Each call of the tool that changes something: its name, and the how manieth of that name."""
    place = bench.fresh()
    log = traced(place, bench.command(tool, place))
    seen: Counter[str] = Counter()
    found = []
    for name in re.findall(r"^\d+ +(\w+)\(", log, re.MULTILINE):
        seen[name] += 1
        found.append((name, seen[name]))
    return found


def measure(bench: Bench, tool: str, fault: str, every: int) -> Tally:
    """One run for each point."""
    tally = Tally()
    for name, count in points(bench, tool)[::every]:
        place = bench.fresh()
        inject = f"inject={name}:{FAULTS[fault]}:when={count}"
        log = traced(place, bench.command(tool, place), "-e", inject)
        tally.runs += 1
        tally.hit += "INJECTED" in log or "SIGKILL" in log
        tally.mixed += bench.is_mixed(place)
        tally.most_lost = max(tally.most_lost, bench.lost(place))
        if tool == "eloss patch":
            subprocess.run([*ELOSS, "recover", str(place)], capture_output=True, check=True)
            tally.mixed_after_recover += bench.is_mixed(place)
            tally.lost_after_recover += bench.lost(place)
        tally.litter += bool(bench.litter(place))
    return tally


def rows(bench: Bench, tools: Sequence[str], every: int) -> Iterator[str]:
    """A table in Markdown."""
    yield "| tool | fault | runs | hit | mixed tree | lost, worst | litter | after `recover` |"
    yield "|---|---|---|---|---|---|---|---|"
    for tool in tools:
        for fault in FAULTS:
            it = measure(bench, tool, fault, every)
            after = f"{it.mixed_after_recover} mixed, {it.lost_after_recover} lost"
            after = after if tool == "eloss patch" else "(none)"
            counts = f"{it.runs} | {it.hit} | {it.mixed} | {it.most_lost} | {it.litter}"
            yield f"| {tool} | {fault} | {counts} | {after} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("upstream")
    parser.add_argument("checkout", type=Path)
    parser.add_argument("--every", type=int, default=1, help="take every N-th system call")
    parser.add_argument("--tool", choices=TOOLS, action="append", help="this one; all by default")
    words = parser.parse_args()
    patch_set = catalogue.find(words.upstream)
    found = plan(words.checkout, patch_set)
    signs = {it.file: (words.checkout / it.file).read_bytes() for it in patch_set.signs}
    with tempfile.TemporaryDirectory() as scratch:
        for row in rows(Bench(found, signs, Path(scratch)), words.tool or TOOLS, words.every):
            print(row, flush=True)


if __name__ == "__main__":
    main()
