"""docs/trainers.md, and the pages beside it: their snippets run, their tables are complete."""

import re
from dataclasses import fields

import pytest
import torch
from pages import code, page

from eloss_plugins.trainers import edm, flow, jodo

NAMES = ("trainers", "jodo", "flow", "checkpoints")
TEXTS = {name: page(f"docs/{name}.md") for name in NAMES}
TABLES = {
    "trainers": ("Hyper-parameters", edm.SPEC),
    "jodo": ("Its settings", jodo.SPEC),
    "flow": ("Its settings", flow.SPEC),
}
ROWS = [(name, field) for name, (_, spec) in TABLES.items() for field in fields(spec.config)]
SNIPPETS = [(name, text) for name in NAMES for text in code(TEXTS[name])]


@pytest.mark.parametrize("place", range(len(SNIPPETS)), ids=lambda place: SNIPPETS[place][0])
def test_snippet_runs(place, tmp_path, monkeypatch):
    name, text = SNIPPETS[place]
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    exec(compile(text, f"docs/{name}.md, snippet {place}", "exec"), {})


def test_every_page_has_a_snippet():
    assert {name for name, _ in SNIPPETS} == set(NAMES)


def section(name, title):
    return re.split(r"^## ", TEXTS[name].partition(f"## {title}\n")[2], flags=re.MULTILINE)[0]


@pytest.mark.parametrize(("name", "field"), ROWS, ids=lambda it: getattr(it, "name", it))
def test_every_hyper_parameter_is_in_the_table_of_its_model(name, field):
    text = section(name, TABLES[name][0])
    (row,) = re.findall(rf"^\|[^|]*`{field.name}`.*\|$", text, flags=re.MULTILINE)
    _, names, defaults, *_ = (cell.strip() for cell in row.split("|"))
    place = re.findall(r"`(\w+)`", names).index(field.name)
    said = defaults if isinstance(field.default, tuple) else defaults.split(",")[place]
    assert written(said) == written(field.default)


def written(value: object) -> str:
    """A default as a table says it, in one form."""
    numbers = value if isinstance(value, tuple) else str(value).strip("` ").lower().split(", ")
    found = []
    for number in numbers:
        try:
            found.append(f"{float(number):g}")
        except ValueError:
            found.append(str(number).strip("` "))
    return ", ".join(found)


@pytest.mark.parametrize("name", TABLES)
def test_every_preset_is_named(name):
    for preset in TABLES[name][1].presets:
        assert f"`{preset}`" in TEXTS[name]


@pytest.mark.parametrize("name", TABLES)
def test_every_choice_of_sampling_is_named(name):
    spec = TABLES[name][1]
    (row,) = re.findall(rf"^\|.*`{spec.name}`.*\|$", section("trainers", "Sampling"), re.MULTILINE)
    assert set(re.findall(r"`(\w+)`", row.split("|")[2])) == spec.sampling
