"""Fixtures of the live suite: checkouts from the environment, and QM7 in their formats."""

import gzip
import itertools
import os
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import pytest

from . import checkouts, ill_loss

sys.path.insert(0, str(Path(__file__).parents[1] / "regression"))

collect_ignore = ["stand_ins"]
MOLECULES = 420
ALIKE = 40  # 32 to train, 4 each to validate and test


def given(variable: str, what: str) -> str:
    """The value of an environment variable; skips where there is none."""
    value = os.environ.get(variable)
    if not value:
        pytest.skip(f"{variable} does not name {what}")
    return value


def needs(what: str, *modules: str) -> None:
    """Skip where one of `modules` is not installed; tests of others may have put stand-ins."""
    missing = [it for it in modules if it not in sys.modules and find_spec(it) is None]
    if missing:
        pytest.skip(f"{what} needs {', '.join(missing)}, not installed here")


def frames(file: str) -> Iterator[str]:
    """The molecules of an extxyz file, one text each."""
    stream = gzip.open(file, "rt") if file.endswith(".gz") else open(file)  # noqa: SIM115
    with stream:
        for first in stream:
            yield first + "".join(itertools.islice(stream, int(first) + 1))


@pytest.fixture(scope="session")
def qm7(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some hundred molecules of QM7, evenly taken, as extxyz."""
    whole = list(frames(given("ELOSS_QM7", "the QM7 molecules as extxyz")))
    file = tmp_path_factory.mktemp("qm7") / "some.extxyz"
    file.write_text("".join(whole[:: max(1, len(whole) // MOLECULES)]))
    return file


def checkout(factory: pytest.TempPathFactory, name: str) -> Path:
    """A copy of the checkout of an upstream, not to be changed."""
    source = given(f"ELOSS_{name.upper()}", f"a checkout of {name.upper()}")
    return checkouts.copied(source, factory.mktemp(name) / name)


def patched(factory: pytest.TempPathFactory, original: Path) -> Path:
    """Another copy of it, patched with the patch set of its name."""
    copy = checkouts.copied(str(original), factory.mktemp("patched") / original.name)
    done = checkouts.eloss(copy.parent, "patch", "apply", original.name, str(copy))
    assert done.code == 0, done.err
    return copy


def exported(factory: pytest.TempPathFactory, name: str, qm7: Path, out: str) -> Path:
    """A working directory with QM7 where an upstream looks for QM9."""
    place = factory.mktemp(f"{name}_work")
    export = ("data", "export", name, str(qm7), "--out", out, "--drop-unknown")
    done = checkouts.eloss(place, *export)
    assert done.code == 0, done.err
    return place


@pytest.fixture(scope="session")
def ill(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for the import path, with a plugin that has the loss `ill`."""
    return ill_loss.installed(tmp_path_factory.mktemp("ill") / "site")


@pytest.fixture(scope="session")
def edm(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout(tmp_path_factory, "edm")


@pytest.fixture(scope="session")
def patched_edm(tmp_path_factory: pytest.TempPathFactory, edm: Path) -> Path:
    return patched(tmp_path_factory, edm)


@pytest.fixture(scope="session")
def edm_place(tmp_path_factory: pytest.TempPathFactory, qm7: Path) -> Path:
    return exported(tmp_path_factory, "edm", qm7, "qm9/temp")


@pytest.fixture(scope="session")
def geom_place(tmp_path_factory: pytest.TempPathFactory, qm7: Path) -> Path:
    """A working directory with the molecules of the commonest size where EDM looks for GEOM.

    Only one size: numpy 1.24 and later refuse the list of arrays that upstream makes of several.
    Upstream fails on a batch of one molecule, so their number leaves none.
    """
    texts = list(frames(str(qm7)))
    sizes = [text.split("\n", 1)[0] for text in texts]
    common = max(set(sizes), key=sizes.count)
    place = tmp_path_factory.mktemp("geom")
    alike = [t for t, size in zip(texts, sizes, strict=True) if size == common]
    (place / "alike.extxyz").write_text("".join(alike[:ALIKE]))
    done = checkouts.eloss(place, "data", "export", "edm-geom", "alike.extxyz", "--out", ".")
    assert done.code == 0, done.err
    return place


@pytest.fixture(scope="session")
def jodo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return checkout(tmp_path_factory, "jodo")


@pytest.fixture(scope="session")
def patched_jodo(tmp_path_factory: pytest.TempPathFactory, jodo: Path) -> Path:
    return patched(tmp_path_factory, jodo)


@pytest.fixture(scope="session")
def jodo_place(tmp_path_factory: pytest.TempPathFactory, qm7: Path) -> Path:
    return exported(tmp_path_factory, "jodo", qm7, "data/QM9")
