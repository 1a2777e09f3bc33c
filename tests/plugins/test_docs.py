"""The plugin in docs/plugins.md, as its reader would install it."""

import importlib
import json
import re
import sys
import tomllib

import pytest
import torch
from pages import page

from eloss_plugins import hookspecs, host, plugins
from eloss_plugins.cli.main import main

PAGE = page("docs/plugins.md")
FILES = dict(re.findall(r"^`([\w./]+)`\n\n```\w+\n(.*?)```", PAGE, re.M | re.S))


@pytest.fixture(autouse=True)
def _installed(site):
    project = tomllib.loads(FILES["pyproject.toml"])["project"]
    entries = "".join(f"{k} = {v}\n" for k, v in project["entry-points"]["eloss"].items())
    requires = "".join(f"Requires-Dist: {name}\n" for name in project["dependencies"])
    site.add(
        project["name"],
        None,
        version=project["version"],
        entries=f"[eloss]\n{entries}",
        metadata=requires,
    )
    for name, text in FILES.items():
        path = site.path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    site.modules.add("eloss_soft.terms")
    importlib.invalidate_caches()


def step(options: str, loss: str, target: str = "edm") -> tuple[torch.Tensor, torch.Tensor]:
    """Loss and error of two molecules, one with a padded atom full of garbage."""
    generator = torch.Generator().manual_seed(0)
    clean, noise, guess = torch.randn(3, 2, 4, 3, generator=generator).double()
    mask = torch.tensor([[True] * 4, [True] * 3 + [False]])
    clean = clean - (clean * mask[..., None]).sum(1, keepdim=True) / mask.sum(1)[:, None, None]
    clean = torch.where(mask[..., None], clean, 1e6)
    one = torch.ones(2, 1, 1, dtype=torch.float64)
    answer = host.bind(target, loss, options)(guess, noise, clean, one, one, mask)
    return answer, torch.where(mask[..., None], noise - guess, 0)


def test_plugin_is_short():
    assert sum(bool(line.strip()) for text in FILES.values() for line in text.splitlines()) < 40


@pytest.mark.parametrize("target", ["gdm", "gdm-aug", "edm"])
def test_its_loss_is_the_formula_in_every_trainer(target):
    answer, error = step("delta=0.5", "pseudo-huber", target)
    expected = [sum((a @ a + 0.25).sqrt() - 0.5 for a in molecule) for molecule in error]
    assert answer.tolist() == pytest.approx([float(x) for x in expected], rel=1e-12)


def test_its_law_changes_the_energy_as_its_options_say():
    answers = [step(f"stiffness=gaussian,{o}", "energy")[0] for o in ("width=9e9", "prefactor=2")]
    constant, _ = step("stiffness=constant", "energy")
    assert torch.allclose(answers[0], constant)
    assert not torch.allclose(answers[1], constant)


def test_description_says_where_the_law_is_from():
    described = host.bind("edm", "energy", "stiffness=gaussian").describe()
    assert described["stiffness.plugin"] == "eloss-soft:soft"
    assert described["stiffness.version"] == "0.1"


def test_command_lists_it(capsys):
    assert main(["plugins", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert "pseudo-huber" in listed["losses"]
    assert "gaussian" in listed["stiffness"]


def test_listing_it_imports_nothing_of_its_mathematics():
    assert "pseudo-huber" in plugins.load().losses.names()
    assert "eloss_soft.terms" not in sys.modules


def test_page_names_every_hook_with_its_arguments():
    hooks = {n: f for n, f in vars(hookspecs).items() if hasattr(f, "eloss_spec")}
    for name, function in hooks.items():
        arguments = ", ".join(function.__code__.co_varnames[: function.__code__.co_argcount])
        assert f"`{name}({arguments})`" in PAGE


def test_page_names_every_variable():
    from eloss_plugins.plugins import selection

    for name in (selection.DISABLE, selection.ALLOW, selection.BLOCK, selection.TIMEOUT):
        assert f"`{name}=" in PAGE
