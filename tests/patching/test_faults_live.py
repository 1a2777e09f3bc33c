"""Every fault on the real patch sets, on the files of checkouts that the environment names."""

import errno
from collections import Counter
from functools import cache, partial
from pathlib import Path

import pytest

from eloss_plugins.patching import apply as applying
from eloss_plugins.patching import bookkeeping, removal
from eloss_plugins.patching import revert as reverting
from eloss_plugins.patching.apply import apply
from eloss_plugins.patching.plan import Plan
from eloss_plugins.patching.revert import revert

from . import faults
from .faults import Sweep, changes, grows
from .sources import write

pytestmark = pytest.mark.slow
without = cache(removal.without)


@pytest.fixture
def template(patch_set, original, tmp_path) -> Path:
    """The files that the patch set edits and is told by."""
    paths = {*patch_set.files, *(sign.file for sign in patch_set.signs if "*" not in sign.file)}
    there = {path: original / path for path in paths if (original / path).is_file()}
    made = write(tmp_path / "template", {path: it.read_bytes() for path, it in there.items()})
    for path, given in there.items():
        (made / path).chmod(given.stat().st_mode & 0o777)
    return made


def sweep_all(sweep: Sweep) -> Counter[str]:
    kinds = [partial(sweep.error, fault=faults.fails(number)) for number in faults.ERRORS]
    kinds += [partial(sweep.error, fault=faults.torn), sweep.kill]
    kinds += [partial(sweep.lasting, number=errno.ENOSPC, lasts=grows)]
    kinds += [partial(sweep.lasting, number=errno.EROFS, lasts=changes)]
    kinds += [partial(sweep.interrupt, fault=faults.interrupts)]
    return Counter(kind(point) for point in range(1, sweep.points() + 1) for kind in kinds)


def remember(monkeypatch: pytest.MonkeyPatch, plan: Plan) -> None:
    """Answers that depend on bytes alone: the sweep repeats the writing, not the thinking."""
    monkeypatch.setattr(applying, "plan", lambda *_: plan)
    for module in (applying, reverting, bookkeeping):
        monkeypatch.setattr(module, "without", without)


def test_at_least_400_faults_lose_nothing(patch_set, template, tmp_path, monkeypatch):
    remember(monkeypatch, applying.plan(template, patch_set))
    (tmp_path / "one").mkdir()
    found = sweep_all(Sweep.of(tmp_path / "one", template, lambda it: apply(it, patch_set)))
    apply(template, patch_set)
    take_out = Sweep.of(
        tmp_path / "one", template, lambda it: revert(it, patch_set.name, patch_set)
    )
    found += sweep_all(take_out)
    print(patch_set.name, dict(found))
    assert found.total() >= 400
