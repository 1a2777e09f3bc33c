import pytest

from eloss_plugins import plugins
from eloss_plugins.plugins import PluginWarning, Selection


def cause(timeout: float) -> str:
    with pytest.warns(PluginWarning):
        (missing,) = plugins.load(Selection(timeout=timeout)).not_loaded
    return missing.cause


def test_import_that_hangs_is_given_up(site):
    site.add("sleepy", "import time; time.sleep(60)")
    assert cause(0.3) == "its import took longer than 0.3 s"


def test_import_that_crashes_the_interpreter_is_survived(site):
    site.add("crashing", "import os; os.abort()")
    assert cause(30) == "its import crashed the process with signal 6"


def test_import_that_merely_raises_is_reported_as_ever(site):
    site.add("raising", "1 / 0")
    assert "ZeroDivisionError" in cause(30)


def test_good_plugin_loads_under_a_time_limit(site):
    site.add_loss("good", "fine")
    assert "fine" in plugins.load(Selection(timeout=30)).losses.names()
