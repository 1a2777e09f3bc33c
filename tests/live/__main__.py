"""`python -m tests.live`: say what is given, run everything that needs it, say what was skipped."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from eloss_plugins.patching.head_commit import head_commit
from tests.live.variables import VARIABLES, Given

USAGE = 2
SUITE = (
    "tests/live",
    "tests/regression",
    "tests/patching/test_real_checkouts.py",
    "tests/patching/test_faults_live.py",
    "tests/patching/test_docs.py",
)


def main(words: list[str]) -> int:
    """Run the suite; `words` go to pytest."""
    print("\n".join(report(os.environ)))
    given = {name: os.environ[name] for name in VARIABLES if os.environ.get(name)}
    missing = [name for name, place in given.items() if not Path(place).exists()]
    if missing or not given:
        print(f"nothing at {', '.join(missing)}" if missing else "set at least one of them")
        return USAGE
    return int(pytest.main([*SUITE, "-rs", *words]))


def report(environment: Mapping[str, str]) -> list[str]:
    """A line for each variable."""
    return [line(name, what, environment.get(name, "")) for name, what in VARIABLES.items()]


def line(name: str, given: Given, place: str) -> str:
    """What a variable names, or what it could."""
    if not place:
        return f"{name:16} not given; tests that need {given.what} are skipped"
    commit = head_commit(Path(place)) if given.commit else ""
    if not commit or commit.startswith(given.commit):
        return f"{name:16} {place}"
    return f"{name:16} {place} (at {commit[:7]}; the suite was made for {given.commit})"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
