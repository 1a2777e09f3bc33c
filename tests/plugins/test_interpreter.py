"""Interpreters that see less than usual."""

import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest

CODE = "from eloss_plugins import plugins; print('energy' in plugins.load().losses.names())"
PATHS = (str(Path(__file__).parents[2]), sysconfig.get_path("purelib"))


@pytest.mark.parametrize("flags", [["-I"], ["-S"], ["-O"], ["-OO"], ["-E", "-s"]])
def test_names_are_there(flags):
    code = CODE if "-S" not in flags else f"import sys; sys.path[:0] = {PATHS!r}\n{CODE}"
    done = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True)
    assert done.stdout == "True\n", done.stderr
