import sys

import pytest

from eloss_plugins import plugins
from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.plugins import Selection


@pytest.fixture(autouse=True)
def _two_plugins(site):
    site.add_loss("acme", "one", module="first_module")
    site.add_loss("other-dist", "two", module="second_module")


def third_party() -> set[str]:
    return {p.source.dist for p in plugins.load().plugins} - {"eloss-plugins"}


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        ({}, {"acme", "other-dist"}),
        ({"DISABLE": "1"}, set()),
        ({"DISABLE": "yes"}, set()),
        ({"DISABLE": "0"}, {"acme", "other-dist"}),
        ({"BLOCK": "acme"}, {"other-dist"}),
        ({"BLOCK": "first_module, Other_Dist"}, set()),
        ({"BLOCK": "acme:first-module"}, {"other-dist"}),
        ({"ALLOW": "acme"}, {"acme"}),
        ({"ALLOW": "acme other-dist", "BLOCK": "acme"}, {"other-dist"}),
    ],
)
def test_environment_selects(monkeypatch, variables, expected):
    for name, value in variables.items():
        monkeypatch.setenv(f"ELOSS_PLUGINS_{name}", value)
    assert third_party() == expected


def test_unselected_plugin_is_not_imported():
    plugins.load(Selection(block=frozenset({"acme"})))
    assert "first_module" not in sys.modules


def test_own_plugins_are_no_third_parties():
    loaded = plugins.load(Selection(disable_all=True))
    assert "energy" in loaded.losses.names()


def test_own_plugin_can_be_blocked():
    loaded = plugins.load(Selection(block=frozenset({"edm"})))
    assert "eloss-plugins:edm" not in {binder.source.name for binder in loaded.binders}


def test_blocked_plugin_that_is_asked_for_says_so(monkeypatch):
    monkeypatch.setenv("ELOSS_PLUGINS_BLOCK", "acme")
    with pytest.raises(
        Refused,
        match=r"`acme:first_module`.*it is blocked \(--block-plugins or ELOSS_PLUGINS_BLOCK\)",
    ):
        plugins.load().losses.find("acme:one")


def test_listing_shows_what_is_switched_off():
    rows = plugins.load(Selection(disable_all=True)).describe()
    assert {row["name"] for row in rows if row["status"] == "off"} == {
        "acme:first_module",
        "other-dist:second_module",
    }


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "inf"])
def test_time_limit_must_be_positive(monkeypatch, text):
    monkeypatch.setenv("ELOSS_PLUGIN_TIMEOUT", text)
    with pytest.raises(UsageError, match="ELOSS_PLUGIN_TIMEOUT"):
        plugins.load()
