"""A loss of two parts, one of which has a part of its own, stands in for the real ones."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, Protocol

import pytest

from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.plugins import Registration, Registry, Source
from eloss_plugins.plugins.parts import plan
from eloss_plugins.plugins.settings import build, describe, resolve

OWN = Source("acme", "own", "own", "1.0")
OTHER = Source("bolt", "laws", "laws", "2.0")


class Law(Protocol):
    def __call__(self, distance: float) -> float: ...


class Graph(Protocol):
    def edges(self) -> int: ...


@dataclass(frozen=True)
class Soft:
    prefactor: float = 1.0
    power: int = 2


@dataclass(frozen=True)
class Hard:
    prefactor: float = 5.0
    temperature: float = 3.0

    def __post_init__(self) -> None:
        if self.prefactor < 0:
            raise ValueError("prefactor must not be negative")


@dataclass(frozen=True)
class Nested:
    inner: Law = Soft()


@dataclass(frozen=True)
class Ring:
    size: int
    callback: Callable[[], None] | None = None


def flat(distance: float) -> float:
    return 1.0


@dataclass(frozen=True)
class Spring:
    law: Law = field(default_factory=Soft)
    graph: Graph | None = None
    temperature: float = 1.0
    mode: Literal["sum", "mean"] = "sum"
    _cache: int = field(default=0, init=False)


@dataclass(frozen=True)
class Stubborn:
    value: float = 1.0

    def __post_init__(self) -> None:
        raise KeyError("inside")


@dataclass(frozen=True)
class Needy:
    secret: Callable[[], None]


def registry(kind: str, **values: object) -> Registry:
    entries = [Registration(kind, name, value, OWN) for name, value in values.items()]
    return Registry(kind, (*entries, Registration(kind, "foreign", Hard, OTHER)))


PARTS = {
    Law: registry("law", soft=Soft, hard=Hard, flat=flat, nested=Nested, steep=Soft(9.0)),
    Graph: registry("graph", ring=Ring),
}


def made(loss: object = Spring, **given: object) -> object:
    tree = plan(Registration("loss", "it", loss, OWN), given, PARTS)
    return build(tree, resolve(tree, given))


def shown(loss: object = Spring, **given: object) -> dict[str, object]:
    tree = plan(Registration("loss", "it", loss, OWN), given, PARTS)
    return describe(tree, build(tree, resolve(tree, given)))


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, Spring()),
        ({"temperature": "2"}, Spring(temperature=2.0)),
        ({"mode": "Mean"}, Spring(mode="mean")),
        ({"prefactor": "42"}, Spring(Soft(42.0))),
        ({"law.prefactor": "42", "power": "3"}, Spring(Soft(42.0, 3))),
        ({"law": "hard"}, Spring(Hard())),
        ({"law": "Hard", "prefactor": "1"}, Spring(Hard(1.0))),
        ({"law": "hard", "temperature": "7"}, Spring(Hard(), temperature=7.0)),
        ({"law": "hard", "law.temperature": "7"}, Spring(Hard(temperature=7.0))),
        ({"law": "flat"}, Spring(flat)),
        ({"law": "steep"}, Spring(Soft(9.0))),
        ({"law": "steep", "power": "1"}, Spring(Soft(9.0, 1))),
        ({"law": "bolt:foreign"}, Spring(Hard())),
        ({"graph": "ring", "size": "4"}, Spring(graph=Ring(4))),
        ({"graph": "none"}, Spring()),
        ({"law": "nested", "law.inner": "hard", "prefactor": "2"}, Spring(Nested(Hard(2.0)))),
    ],
)
def test_options_reach_the_field_that_they_name(given, expected):
    assert made(**given) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"temprature": "1"}, "Did you mean `temperature`?"),
        ({"law.prefactr": "1"}, "Did you mean `law.prefactor`?"),
        ({"prefactr": "1"}, "Did you mean `law.prefactor`?"),
        (
            {"colour": "1"},
            "known: graph, law, temperature (number), mode (sum|mean), law.prefactor (",
        ),
        ({"law": "sofd"}, "Unknown law `sofd`; known: flat, foreign, hard, nested, soft, steep."),
        ({"law": "none"}, "Unknown law `none`"),
        ({"_cache": "1"}, "Unknown option `_cache`"),
        ({"graph": "ring"}, "needs a value for `graph.size`; give size=..."),
        ({"graph": "ring", "size": "1", "callback": "f"}, "Unknown option `callback`"),
        (
            {"law": "hard", "prefactor": "-1"},
            "`hard` of plugin `acme:own` (version 1.0): prefactor",
        ),
        ({"prefactor": "1", "law.prefactor": "2"}, "given twice"),
        ({"power": "two"}, "`power` must be a whole number"),
    ],
)
def test_option_that_does_not_fit_is_named(given, expected):
    with pytest.raises(UsageError) as caught:
        made(**given)
    assert expected in str(caught.value)


def test_name_that_two_parts_have_must_be_given_in_full():
    @dataclass(frozen=True)
    class Two:
        first: Law = Soft()
        second: Law = Hard()

    with pytest.raises(UsageError, match="write `first.prefactor` or `second.prefactor`"):
        made(two := Two, prefactor="1")
    assert made(two, **{"second.prefactor": "1"}) == Two(second=Hard(1.0))


def test_loss_that_is_a_function_takes_no_options():
    assert made(flat) is flat
    with pytest.raises(UsageError, match="known: none"):
        made(flat, weight="1")


def test_code_that_fails_is_refused_by_name_with_its_cause():
    with pytest.raises(Refused, match=r"loss `it` of plugin `acme:own`.*KeyError: 'inside'") as e:
        made(Stubborn, value="1")
    assert isinstance(e.value.__cause__, KeyError)


def test_what_only_python_can_give_is_said():
    with pytest.raises(UsageError, match="needs `secret`, which only Python code can give"):
        made(Needy)


def test_unreadable_annotations_name_the_plugin():
    @dataclass(frozen=True)
    class Odd:
        x: "NoSuchType" = 1  # type: ignore[name-defined]  # noqa: F821

    with pytest.raises(Refused, match=r"fields of loss `it` of plugin `acme:own`"):
        made(Odd)


def test_description_follows_the_fields():
    assert list(shown(law="hard", prefactor="2").items()) == [
        ("law", "hard"),
        ("law.prefactor", 2.0),
        ("law.temperature", 3.0),
        ("graph", None),
        ("temperature", 1.0),
        ("mode", "sum"),
    ]


def test_description_names_the_default_part_as_registered():
    assert shown()["law"] == "soft"


def test_description_says_where_a_foreign_part_is_from():
    found = shown(law="foreign")
    assert (found["law.plugin"], found["law.version"]) == ("bolt:laws", "2.0")
