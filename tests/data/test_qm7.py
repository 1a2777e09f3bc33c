"""Real molecules, where a file of them is at hand: `ELOSS_QM7` names QM7 as extended xyz."""

import os
import time

import pytest

from eloss_plugins.data.load import load


def test_qm7_loads_whole_and_fast():
    path = os.environ.get("ELOSS_QM7")
    if not path:
        pytest.skip("ELOSS_QM7 does not name a file of molecules")
    start = time.process_time()
    data = load(path)
    assert time.process_time() - start < 3
    assert len(data.molecules) == 7101
    assert data.elements == (1, 6, 7, 8, 16)
    assert data.molecules.sizes.min() == 4
    assert data.molecules.sizes.max() == 23
