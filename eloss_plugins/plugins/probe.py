"""Import a plugin in a process of its own, where a hang or a crash harms nobody."""

import json
import subprocess
import sys

from eloss_plugins.plugins.discovery import Source
from eloss_plugins.plugins.loading import BrokenPlugin

_SCRIPT = """
import importlib, json, sys
sys.path[:] = json.loads(sys.argv[1])
importlib.import_module(sys.argv[2])
"""


def probe(source: Source, timeout: float) -> None:
    """Import the plugin's module elsewhere and wait at most `timeout` seconds.

    An ordinary exception is left for the real import to report.

    Raises:
        BrokenPlugin: the import hung, or killed the process that tried it.
    """
    module = source.value.partition(":")[0]
    command = [sys.executable, "-c", _SCRIPT, json.dumps(sys.path), module]
    try:
        done = subprocess.run(command, timeout=timeout, capture_output=True, check=False)
    except subprocess.TimeoutExpired as error:
        raise BrokenPlugin(f"its import took longer than {timeout:g} s") from error
    if done.returncode < 0:
        raise BrokenPlugin(f"its import crashed the process with signal {-done.returncode}")
