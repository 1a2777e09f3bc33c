"""docs/losses.md: its code runs, and it names everything there is to choose."""

import doctest
import re
from dataclasses import fields
from fractions import Fraction

import pytest
from pages import code, page

import eloss_plugins.core
import eloss_plugins.core.front_door
from eloss_plugins.core import EDGE_SETS, LOSSES, STIFFNESS_LAWS
from eloss_plugins.core.discrete import DISCRETE_LOSSES
from eloss_plugins.core.presets import LEARNING_RATES, PRESETS

TEXT = page("docs/losses.md")


def test_the_code_of_the_page_runs_from_top_to_bottom():
    names = {}
    for block in code(TEXT):
        exec(block, names)  # noqa: S102  our own page
    assert names["loss"].shape == names["free"](names["logits"]).shape == (8,)


@pytest.mark.parametrize("module", [eloss_plugins.core, eloss_plugins.core.front_door])
def test_examples_in_docstrings_run(module):
    outcome = doctest.testmod(module)
    assert outcome.attempted > 0
    assert outcome.failed == 0


@pytest.mark.parametrize("name", [*LOSSES, *DISCRETE_LOSSES, *STIFFNESS_LAWS, *EDGE_SETS, *PRESETS])
def test_every_name_is_on_the_page(name):
    assert name == "energy" or f"`{name}`" in TEXT


@pytest.mark.parametrize(
    "part", [*LOSSES.values(), *DISCRETE_LOSSES.values(), *STIFFNESS_LAWS.values()]
)
def test_every_option_is_on_the_page(part):
    options = [field.name for field in fields(part) if field.init]
    assert all(f"`{option}`" in TEXT for option in options)


def test_the_table_of_learning_rates_is_the_one_in_the_presets():
    cell = r"(?:([\d.e-]+), ([\d./]+) )?\|"
    rows = re.findall(rf"^\| `([\w-]+)` \| {cell} {cell} {cell}$", TEXT, re.M)
    found = {name: tuple(float(Fraction(n)) for n in row if n) for name, *row in rows if row[0]}
    order = [LEARNING_RATES[trainer] for trainer in ("gdm", "edm", "jodo")]
    assert set(LEARNING_RATES) == {"gdm", "edm", "jodo"}
    assert found == {n: tuple(x for part in order for x in part.get(n, ())) for n in order[0]}
