"""What the templates of all pages have in common."""

from importlib.resources import files

import pytest
from jinja2 import UndefinedError

from eloss_plugins.report.templates import asset, render

SHARED = {"base.html.j2", "parts.html.j2"}
TEMPLATES = {
    file.name
    for file in files("eloss_plugins.report").joinpath("assets").iterdir()
    if file.name.endswith(".j2")
}
PAGES = sorted(TEMPLATES - SHARED)


def test_there_are_pages_beside_what_they_share():
    assert SHARED < TEMPLATES
    assert "report.html.j2" in PAGES


@pytest.mark.parametrize("name", PAGES)
def test_every_page_extends_the_base(name):
    assert asset(name).startswith('{% extends "base.html.j2" %}\n')


@pytest.mark.parametrize("name", PAGES)
def test_no_page_repeats_what_the_base_has(name):
    assert not [tag for tag in ("<html", "<head", "<footer", "<title") if tag in asset(name)]


@pytest.mark.parametrize("name", PAGES)
def test_a_page_without_its_report_is_an_error(name):
    with pytest.raises(UndefinedError):
        render(name)
