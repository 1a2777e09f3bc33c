import os
import subprocess
import sys
from pathlib import Path

import pytest

from eloss_plugins.graphs import jit

DRAW = """
import hashlib
from tests.graphs.clouds import chain, cloud
from eloss_plugins.graphs.rigid.build import build
digest = hashlib.sha256()
for structure in [chain(25), chain(12, 1), cloud(30), cloud(20, 1, 2), cloud(9, 2, 1)]:
    graph = build(structure)
    for values in (graph.edges, graph.kinds, graph.order, graph.anchors):
        digest.update(values.tobytes())
print(digest.hexdigest())
"""


def graphs(**switches):
    environment = {k: v for k, v in os.environ.items() if k != jit.SWITCH} | switches
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", DRAW], env=environment, cwd=root, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
def test_compiled_and_plain_loops_give_the_same_graphs():
    pytest.importorskip("numba")
    assert graphs() == graphs(**{jit.SWITCH: "1"})


def test_without_a_place_for_machine_code_kernels_still_compile(monkeypatch):
    numba = pytest.importorskip("numba")
    monkeypatch.delenv(jit.SWITCH, raising=False)
    original = numba.njit

    def njit(*args, **options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return original(*args, **options)

    monkeypatch.setattr(numba, "njit", njit)
    assert jit.compiled(lambda x: x + 1)(1) == 2


def test_the_switch_keeps_the_plain_function(monkeypatch):
    monkeypatch.setenv(jit.SWITCH, "1")
    assert jit.compiled(graphs) is graphs


def test_machine_code_older_than_a_source_is_removed(tmp_path):
    old, other = tmp_path / "kernel.nbi", tmp_path / "kernel.pyc"
    for path in (old, other):
        path.write_bytes(b"")
        os.utime(path, (1, 1))
    jit._forget_stale(tmp_path)
    assert not old.exists()
    assert other.exists()
