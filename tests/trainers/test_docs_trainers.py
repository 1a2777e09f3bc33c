"""docs/trainers.md: its snippets run, its tables are complete."""

import re
from dataclasses import fields

import pytest
import torch
from pages import code, page

from eloss_plugins.trainers.diffusion.config import DiffusionConfig
from eloss_plugins.trainers.diffusion.presets import PRESETS
from eloss_plugins.trainers.jodo_model import presets as jodo_presets
from eloss_plugins.trainers.jodo_model.config import JodoConfig

TEXT = page("docs/trainers.md")
SNIPPETS = code(TEXT)


@pytest.mark.parametrize("number", range(len(SNIPPETS)))
def test_snippet_runs(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    torch.manual_seed(0)
    exec(compile(SNIPPETS[number], f"docs/trainers.md, snippet {number}", "exec"), {})


@pytest.mark.parametrize("field", fields(DiffusionConfig), ids=lambda field: field.name)
def test_every_hyper_parameter_is_in_the_table(field):
    assert re.search(rf"^\|.*`{field.name}`", TEXT, flags=re.MULTILINE)


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_is_named(name):
    assert f"`{name}`" in TEXT


JODO = TEXT[TEXT.index("\n## jodo\n") :]


@pytest.mark.parametrize("field", fields(JodoConfig), ids=lambda field: field.name)
def test_every_setting_of_jodo_is_in_its_table_with_its_default(field):
    (default,) = re.findall(rf"^\| `{field.name}` \| (.*?) \|", JODO, flags=re.MULTILINE)
    assert default == written(field.default)


def written(value: object) -> str:
    """A default as the page has it."""
    if isinstance(value, tuple):
        return ", ".join(f"{number:g}" for number in value)
    if isinstance(value, bool):
        return str(value).lower()
    return f"`{value}`" if isinstance(value, str) else f"{value:g}"


@pytest.mark.parametrize("name", jodo_presets.PRESETS)
def test_every_preset_of_jodo_is_named(name):
    assert f"`{name}`" in JODO
