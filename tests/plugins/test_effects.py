import os
import random
import subprocess
import sys

import numpy as np
import pytest
import torch

from eloss_plugins import plugins
from eloss_plugins.plugins import PluginWarning

TAIL = "\nfrom eloss_plugins import hookimpl\n@hookimpl\ndef after_loss(): pass\n"


@pytest.mark.parametrize(
    ("code", "what"),
    [
        ("import torch; torch.manual_seed(3)", "torch's random state"),
        ("import torch; torch.rand(1)", "torch's random state"),
        ("import torch; torch.set_default_dtype(torch.float64)", "torch's default dtype"),
        ("import random; random.random()", "Python's random state"),
        ("import numpy; numpy.random.rand()", "numpy's random state"),
        ("import os; os.chdir('/')", "the working directory"),
    ],
)
def test_change_by_an_import_is_named_and_undone(site, code, what):
    before = (torch.get_rng_state(), random.getstate(), np.random.get_state()[1], os.getcwd())
    site.add("careless", code + TAIL)
    with pytest.warns(PluginWarning, match=f"changed {what}; that was undone"):
        plugins.load()
    assert torch.equal(torch.get_rng_state(), before[0])
    assert torch.get_default_dtype() == torch.float32
    assert random.getstate() == before[1]
    assert np.array_equal(np.random.get_state()[1], before[2])
    assert os.getcwd() == before[3]


def test_default_type_set_by_the_first_to_import_torch_is_undone(site):
    site.add("careless", "import torch; torch.set_default_dtype(torch.float64)" + TAIL)
    code = "import sys; from eloss_plugins import plugins; assert 'torch' not in sys.modules;"
    code += "plugins.load(); import torch; print(torch.get_default_dtype())"
    paths = os.pathsep.join([str(site.path), os.environ.get("PYTHONPATH", "")])
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": paths},
    )
    assert done.stdout == "torch.float32\n", done.stderr
    assert "changed torch's default dtype; that was undone" in done.stderr


def test_change_by_an_import_that_fails_is_undone_too(site):
    before = torch.get_rng_state()
    site.add("careless", "import torch; torch.manual_seed(3); 1 / 0")
    with pytest.warns(PluginWarning) as caught:
        plugins.load()
    assert len(caught) == 2
    assert torch.equal(torch.get_rng_state(), before)


def test_well_behaved_import_is_not_complained_about(site, recwarn):
    site.add("quiet", "import torch, numpy, random" + TAIL)
    plugins.load()
    assert not recwarn


def test_what_an_import_prints_stays_off_standard_output(site, capsys):
    site.add("chatty", "print('hello')" + TAIL)
    plugins.load()
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "hello\n")
