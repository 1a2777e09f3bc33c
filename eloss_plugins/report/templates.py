"""Pages from templates, which all extend `base.html.j2`."""

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup

from eloss_plugins.report.numbers import duration


def render(name: str, **values: Any) -> str:
    """The page that a template makes of values, with the style and the words that all pages share.

    Text among the values is escaped; markup made here is passed as `Markup`.

    Args:
        name: of a file in the package's assets.
        **values: what the template asks for; `report` and `findings` in every one.

    Raises:
        jinja2.UndefinedError: a value is missing.
    """
    style = Markup(asset("report.css"))
    return environment().get_template(name).render(style=style, duration=duration, **values)


@cache
def asset(name: str) -> str:
    """The text of a file in the package's assets."""
    return files("eloss_plugins.report").joinpath("assets", name).read_text(encoding="utf-8")


@cache
def environment() -> Environment:
    """Of the templates: what is put in is escaped, what is missing is an error."""
    return Environment(
        loader=FunctionLoader(asset),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
