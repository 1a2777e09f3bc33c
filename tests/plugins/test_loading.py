import sys

import pytest

from eloss_plugins import plugins
from eloss_plugins.plugins import PluginWarning

HOOKS = "from eloss_plugins import hookimpl\n"
IMPL = HOOKS + "@hookimpl\n"


def cause(dist: str) -> str:
    """Why `dist` was not loaded, as the one warning and the listing both say it."""
    with pytest.warns(PluginWarning) as caught:
        loaded = plugins.load()
    (missing,) = (m for m in loaded.not_loaded if m.source.dist == dist)
    (message,) = {str(w.message) for w in caught}
    assert message == f"Skipped {missing.source}: {missing.cause}"
    assert "\n" not in message
    return missing.cause


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("import no_such_module_anywhere", "No module named 'no_such_module_anywhere'"),
        ("def broken(:\n", "SyntaxError"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("1 / 0", "ZeroDivisionError: division by zero"),
        ("raise ValueError('two\\nlines')", "ValueError: two lines"),
        ("import sys; sys.exit()", "SystemExit"),
        ("x = 1", "implements no hook"),
        (IMPL + "def register_loses(): return {}", "did you mean `register_losses`?"),
        (IMPL + "def after_loss(step, moon): pass", "wants `moon`"),
        (IMPL + "def register_losses(): return ['a']", "expected a mapping from name to loss"),
        (IMPL + "def register_losses(): raise KeyError('x')", "register_losses raised KeyError"),
        (IMPL + "def register_losses(): raise SystemExit", "register_losses raised SystemExit"),
        (IMPL + "def register_losses(): return {'none': len}", "`none`, which is reserved"),
        (IMPL + "def register_losses(): return {'a b!': len}", "'a b!', which is no name"),
        (IMPL + "def register_losses(): return {3: len}", "3, which is no name"),
        (IMPL + "def register_losses(): return {'a': 3}", "is a int; expected a dataclass"),
        (IMPL + "def register_losses(): return {'a': 'x y'}", "not `module:attribute`"),
        (IMPL + "def register_losses(): return {'a_b': len, 'A-b': len}", "`a-b` twice"),
        (
            IMPL + "def register_losses():\n import eloss_plugins.plugins as p\n p.load()",
            "register_losses raised Refused: plugins cannot be asked for while they are being",
        ),
        (HOOKS + "eloss_api = '>=2'\n" + IMPL + "def after_loss(): pass", "version >=2, and"),
        (HOOKS + "eloss_api = '2'\n" + IMPL + "def after_loss(): pass", "this eloss-plugins has 1"),
        (HOOKS + "eloss_api = 'new'\n" + IMPL + "def after_loss(): pass", "no version range"),
        (HOOKS + "@hookimpl(wrapper=True)\ndef after_loss(): yield", "is a wrapper"),
        (HOOKS + "@hookimpl(wrapper=True)\ndef after_loss(): yield; yield", "is a wrapper"),
        (HOOKS + "@hookimpl(hookwrapper=True)\ndef after_loss(): yield", "is a wrapper"),
    ],
)
def test_broken_plugin_costs_one_line_that_gives_the_cause(site, code, expected):
    site.add("faulty", code)
    assert expected in cause("faulty")


def test_keyboard_interrupt_at_import_passes(site):
    site.add("interrupted", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        plugins.load()


def test_missing_attribute_is_named(site):
    site.add("attribute", entries="[eloss]\nx = attribute:nothing\n")
    assert "has no attribute 'nothing'" in cause("attribute")


@pytest.mark.parametrize("line", ["x", "x =", "= y", "x = a b", "x = a:b:c", "x = 1a", "x = a.:b"])
def test_malformed_entry_point_is_shown(site, line):
    site.add("malformed", None, entries=f"[eloss]\n{line}\n")
    assert "is not `name = module:attribute`" in cause("malformed")


def test_leftover_of_an_uninstalled_package_is_explained(site):
    site.add("ghost", None)
    assert cause("ghost") == "module `ghost` is not there; reinstall or uninstall ghost"


def test_entry_that_names_a_class_is_refused(site):
    site.add("classy", "class Plugin: pass", entries="[eloss]\nx = classy:Plugin\n")
    assert "names a class" in cause("classy")


def test_entry_that_names_an_object_loads(site):
    code = (
        HOOKS + "class P:\n    @hookimpl\n    def register_losses(self): return {'o': len}\np = P()"
    )
    site.add("objective", code, entries="[eloss]\nx = objective:p\n")
    assert plugins.load().losses.find("o").source.name == "objective:x"


@pytest.mark.parametrize("requirement", ["Requires-Dist: torch>=99", "Requires-Python: <3.0"])
def test_unmet_torch_or_python_is_said_without_importing(site, requirement):
    module = site.add("demanding", "raise AssertionError", metadata=requirement)
    assert cause("demanding").startswith("it requires ")
    assert module not in sys.modules


def test_unmet_requirement_explains_a_failed_import(site):
    site.add("lacking", "import no_such_dep", metadata="Requires-Dist: no-such-dep>=2\n")
    assert "it requires no-such-dep>=2, which is not installed" in cause("lacking")


def test_requirement_of_an_extra_is_none(site):
    site.add("spare", metadata='Requires-Dist: torch>=99; extra == "gpu"\nRequires-Dist: ???\n')
    assert "spare:spare" in {plugin.source.name for plugin in plugins.load().plugins}


@pytest.mark.parametrize("accepted", ["1", "1.0", ">=1", ">=1,<3", "~=1.0"])
def test_range_that_covers_our_hooks_is_accepted(site, accepted):
    site.add("ranged", f"eloss_api = '{accepted}'\n{IMPL}def after_loss(): pass")
    assert "ranged:ranged" in {plugin.source.name for plugin in plugins.load().plugins}


def test_older_plugin_that_takes_fewer_arguments_is_called_with_those(site):
    site.add("older", IMPL + "def bind_trainer(target): return target.upper")
    source, bound = plugins.load().bind_trainer("moon", options=None)
    assert (source.dist, bound()) == ("older", "MOON")


def test_first_answer_binds_in_order_of_priority_then_name(site):
    for dist, mark in [("b", "tryfirst=True"), ("a", "trylast=True"), ("d", "tryfirst=True")]:
        site.add(dist, f"{HOOKS}@hookimpl({mark})\ndef bind_trainer(target): return '{dist}'")
    site.add("c", IMPL + "def bind_trainer(target): return None")
    order = [binder.source.dist for binder in plugins.load().binders]
    assert [dist for dist in order if dist != "eloss-plugins"] == ["b", "d", "c", "a"]
    assert plugins.load().bind_trainer("edm", options=None)[0].dist == "b"


def test_plugin_that_loads_plugins_in_a_hook_changes_nothing(site):
    code = (
        IMPL + "def register_losses():\n    import eloss_plugins.plugins as p\n    p.discover()\n"
    )
    site.add("nested", code + "    p.forget()\n    return {'inner': len}")
    assert plugins.load().losses.find("inner").source.dist == "nested"


def test_plugins_load_once_per_process(site):
    site.add("counted", "import builtins\n" + IMPL + "def register_losses(): return {'once': len}")
    assert plugins.load() is plugins.load()


@pytest.mark.parametrize("position", ["a", "m", "z"])
def test_one_broken_plugin_of_fifty_changes_nothing_for_the_others(site, position):
    for number in range(49):
        site.add_loss(f"good{number}", f"loss{number}")
    site.add(
        f"{position}-bad", HOOKS + "@hookimpl\ndef register_losses(): return {'x': len, 'y': 1}"
    )
    with pytest.warns(PluginWarning, match="-bad"):
        names = plugins.load().losses.names()
    assert {f"loss{number}" for number in range(49)} <= set(names)
    assert not {"x", "y"} & set(names)


def test_unselected_plugin_does_not_change_what_builtin_names_mean(site):
    before = plugins.load().losses.find("energy")
    site.add("broken", "1 / 0")
    plugins.forget()
    with pytest.warns(PluginWarning):
        assert plugins.load().losses.find("energy") == before


def test_listing_says_what_each_plugin_is_and_does(site):
    site.add_loss("listed", "shown", version="2.5")
    site.add("wrong", "1 / 0")
    with pytest.warns(PluginWarning):
        rows = {row["name"]: row for row in plugins.load().describe()}
    assert rows["listed:listed"]["provides"] == {"loss": ["shown"]}
    assert rows["listed:listed"]["version"] == "2.5"
    assert rows["wrong:wrong"]["status"] == "broken"
    assert "ZeroDivisionError" in rows["wrong:wrong"]["cause"]
