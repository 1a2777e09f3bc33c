"""docs/trainers.md: its snippets run, its tables are complete."""

import re
from dataclasses import fields

import pytest
import torch
from pages import code, page

from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.diffusion.presets import PRESETS
from eloss_plugins.trainers.flow_model.config import FlowConfig
from eloss_plugins.trainers.jodo_model import presets as jodo_presets
from eloss_plugins.trainers.jodo_model.config import JodoConfig

TEXT = page("docs/trainers.md")
TABLES = {"Hyper-parameters": DiffusionConfig, "Flow matching": FlowConfig, "jodo": JodoConfig}
ROWS = [(title, field) for title, config in TABLES.items() for field in fields(config)]
SNIPPETS = code(TEXT)


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_snippet_runs(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    exec(compile(SNIPPETS[number], f"docs/trainers.md, snippet {number}", "exec"), {})


@pytest.mark.parametrize(("title", "field"), ROWS, ids=lambda it: getattr(it, "name", it))
def test_every_hyper_parameter_is_in_the_table_of_its_model(title, field):
    section = re.split(r"^## ", TEXT.partition(f"## {title}\n")[2], flags=re.MULTILINE)[0]
    (row,) = re.findall(rf"^\|[^|]*`{field.name}`.*\|$", section, flags=re.MULTILINE)
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


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_named(name):
    assert f"`{name}`" in TEXT


JODO = TEXT[TEXT.index("\n## jodo\n") :]


@pytest.mark.parametrize("name", jodo_presets.PRESETS)
def test_every_preset_of_jodo_is_named(name):
    assert f"`{name}`" in JODO
