"""The index of the upstreams is what the package has."""

import re
from pathlib import Path

from eloss_plugins.data.exporters import EXPORTERS
from eloss_plugins.patching import catalogue

PAGE = (Path(__file__).parents[2] / "docs/upstreams/README.md").read_text()
ROWS = [row.split(" | ") for row in re.findall(r"^\| (.*\bMIT\b.*) \|$", PAGE, re.MULTILINE)]


def test_every_patch_set_is_in_the_table_and_no_other():
    named = {name for row in ROWS for name in re.findall(r"patch `(.*?)`", row[3])}
    assert named == {patch_set.name for patch_set in catalogue.installed()}


def test_every_export_is_in_the_table_and_no_other():
    named = {name for row in ROWS for name in re.findall(r"`(?:eloss data export )?(.*?)`", row[4])}
    assert named == set(EXPORTERS)


def test_commits_are_those_of_the_patch_sets():
    pinned = {patch_set.name: patch_set.commit for patch_set in catalogue.installed()}
    for row in ROWS:
        for name in re.findall(r"patch `(.*?)`", row[3]):
            assert pinned[name].startswith(row[2])
