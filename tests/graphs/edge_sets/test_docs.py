"""docs/edges.md: its code runs, it names every option, and its numbers are those of the code."""

from dataclasses import fields

import pytest
from pages import code, page

from eloss_plugins import plugins
from eloss_plugins.graphs.sampling.plan import NEIGHBOURS

TEXT = page("docs/edges.md")
NAMES = ("rigid", "sampled", "orbits", "random-regular")


def test_the_code_of_the_page_runs():
    names = {}
    for block in code(TEXT):
        exec(block, names)  # noqa: S102  our own page
    assert names["prediction"].grad is not None


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_on_the_page(name):
    made = plugins.load().edges.find(name).load()
    options = [field.name for field in fields(made) if field.init]
    assert f"`{name}`" in TEXT
    assert all(f"`{option}`" in TEXT for option in options)


def test_the_size_up_to_which_all_pairs_have_their_own_probability_is_the_one_in_the_code():
    assert f"more than {NEIGHBOURS + 1} atoms" in TEXT
    assert f"with its {NEIGHBOURS} nearest" in TEXT
