import pytest

from eloss_plugins import plugins
from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.plugins import PluginWarning


@pytest.mark.parametrize("name", ["soft-spring", "Soft_Spring", "SOFT spring", " soft.spring "])
def test_case_dash_and_underscore_do_not_matter(site, name):
    site.add_loss("acme", "Soft_Spring")
    assert plugins.load().losses.find(name).name == "soft-spring"


def test_unknown_name_lists_the_known_and_the_closest(site):
    with pytest.raises(UsageError) as caught:
        plugins.load().losses.find("enrgy")
    assert str(caught.value) == (
        "Unknown loss `enrgy`; known: energy, gram, kabsch, mae, mse, none. Did you mean `energy`?"
    )


@pytest.mark.parametrize("name", ["", "x" * 10_000, "naïve", "\0\n", "::", "a:b:c:d"])
def test_odd_name_is_refused_in_one_short_line(site, name):
    with pytest.raises(UsageError) as caught:
        plugins.load().losses.find(name)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 300


def test_name_of_two_distributions_names_both(site):
    site.add_loss("acme", "shared")
    site.add_loss("bolt", "Shared", version="2.0")
    with pytest.raises(UsageError) as caught:
        plugins.load().losses.find("shared")
    assert str(caught.value) == (
        "Loss `shared` is registered by plugin `acme:acme` (version 1.0) and plugin `bolt:bolt` "
        "(version 2.0); write `acme:shared` or `bolt:shared`."
    )


@pytest.mark.parametrize("name", ["bolt:shared", "Bolt:SHARED", "bolt:bolt:shared"])
def test_distribution_picks_one_of_two(site, name):
    site.add_loss("acme", "shared")
    site.add_loss("bolt", "shared")
    assert plugins.load().losses.find(name).source.dist == "bolt"


def test_clash_within_one_distribution_is_picked_by_entry(site):
    site.add_loss("acme", "shared", entries="[eloss]\na = acme\nb = acme\n")
    with pytest.raises(UsageError, match="write `acme:a:shared` or `acme:b:shared`"):
        plugins.load().losses.find("acme:shared")
    assert plugins.load().losses.find("acme:b:shared").source.entry == "b"


def test_clash_with_a_builtin_name_leaves_the_other_names_alone(site):
    site.add_loss("acme", "energy")
    losses = plugins.load().losses
    assert {"acme:energy", "eloss-plugins:energy", "mse"} <= set(losses.names())
    assert losses.find("eloss-plugins:energy").source.entry == "builtin"


@pytest.mark.parametrize("name", ["faulty", "faulty:anything", "Faulty"])
def test_broken_plugin_that_is_asked_for_is_refused_with_version_and_cause(site, name):
    site.add("faulty", "1 / 0", version="0.3")
    with pytest.warns(PluginWarning):
        loaded = plugins.load()
    with pytest.raises(Refused, match=r"`faulty:faulty` \(version 0.3\).*ZeroDivisionError"):
        loaded.losses.find(name)


def test_unknown_name_mentions_what_was_not_loaded(site):
    site.add("faulty", "1 / 0")
    with pytest.warns(PluginWarning):
        loaded = plugins.load()
    with pytest.raises(UsageError, match=r"Not loaded: faulty:faulty \(ZeroDivisionError"):
        loaded.losses.find("its-loss")


def test_reference_that_cannot_be_imported_names_the_plugin(site):
    head = "from eloss_plugins import hookimpl\n@hookimpl\n"
    code = head + "def register_losses(): return {'far': 'm:x'}"
    site.add("acme", code)
    with pytest.raises(Refused, match=r"Loss `far` of plugin `acme:acme` \(version 1.0\).*`m:x`"):
        plugins.load().losses.find("far").load()
