import platform
import re
from importlib.metadata import version

from eloss_plugins.cli.runs.about import about


def test_a_report_says_what_it_was_made_on_and_with():
    found = about({"model": "gdm"}, ["a note"], ("numpy",), 1.5)
    assert (found.subject, found.notes, found.seconds) == ({"model": "gdm"}, ("a note",), 1.5)
    assert found.versions == {"numpy": version("numpy")}
    assert found.machine["python"] == platform.python_version()
    assert re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d", found.created)
