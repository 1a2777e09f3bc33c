"""docs/metrics.md: its snippet runs, and its lists are complete."""

import re
from importlib import import_module

from molecules_by_hand import methane, methyl, together
from pages import code, page

from eloss_plugins.metrics.evaluation import LABELS

PAGE = page("docs/metrics.md")


def test_snippet_prints_a_table(capsys):
    [snippet] = code(PAGE)
    molecules = together(methane(), methyl())
    exec(snippet, {"molecules": molecules, "training_molecules": molecules})
    assert "molecules stable" in capsys.readouterr().out


def test_every_rate_is_listed_in_order():
    assert re.findall(r"^\| `(\w+)`", PAGE, re.M) == list(LABELS)


def test_every_reason_of_failure_is_listed():
    modules = [import_module(f"eloss_plugins.metrics.{name}") for name in ("validity", "examine")]
    names = {v for m in modules for k, v in vars(m).items() if k.isupper() and isinstance(v, str)}
    assert len(names) == 8
    assert all(f"`{name}`" in PAGE for name in names)
