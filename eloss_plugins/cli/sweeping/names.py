"""What the names in a space belong to, and whether their values are ones that a run takes."""

import typing
from argparse import ArgumentTypeError
from collections.abc import Iterator, Mapping
from dataclasses import replace
from itertools import product
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli import train_settings
from eloss_plugins.cli.settings import Setting
from eloss_plugins.cli.sweeping.plan import Kind
from eloss_plugins.cli.sweeping.space import Choices, Domain, Space, Span, text_of
from eloss_plugins.errors import ElossError, UsageError

if TYPE_CHECKING:
    from eloss_plugins.trainers.spec import TrainerSpec

MOST_COMBINATIONS = 64
FIXED = ("model_options", "non_finite_limit")
SEARCHED: Mapping[str, Setting] = {
    setting.key: setting
    for setting in (*train_settings.RATE, *train_settings.SHARED)
    if setting.group in (train_settings.MODEL, train_settings.OPTIMISER)
    and setting.key not in FIXED
}
SAME = {setting.key for setting in train_settings.TRAIN} - set(SEARCHED)
Options = Mapping[str, str]


def recognised(
    space: Space, spec: "TrainerSpec", loss: str, options: Options
) -> tuple[dict[str, Domain], dict[str, Kind]]:
    """The space with each name as runs know it, and what each belongs to.

    Args:
        space: as the user wrote it.
        spec: the trainer.
        loss: registered name.
        options: of the loss, where they are not searched.

    Raises:
        UsageError: a name that nothing has, or a value that no run takes.
    """
    known: dict[str, Domain] = {}
    kinds: dict[str, Kind] = {}
    for written, domain in space.items():
        name, kind = _place(written, spec)
        if name in known:
            raise UsageError(f"--search: {name} is given twice; keep one")
        known[name], kinds[name] = domain, kind
    of_loss = {name: domain for name, domain in known.items() if kinds[name] == "loss"}
    described = check_loss(spec, loss, options, of_loss)
    checks = {"setting": _setting, "model": _of_model(spec), "loss": _of_loss(described)}
    return {name: checks[kinds[name]](name, domain) for name, domain in known.items()}, kinds


def described_value(described: Mapping[str, Any], name: str) -> Any:
    """What an option came to, named in full or by its last part."""
    if name in described:
        return described[name]
    found = [value for key, value in described.items() if key.endswith(f".{name}")]
    return found[0] if len(found) == 1 else None


def check_loss(spec: "TrainerSpec", loss: str, options: Options, searched: Space) -> dict[str, Any]:
    """Bind the loss at every combination of choices and both ends of ranges.

    Returns:
        What the first combination came to.

    Raises:
        UsageError: one that the loss does not take.
    """
    from eloss_plugins import host

    first: dict[str, Any] | None = None
    for point in _corners(searched):
        try:
            bound = host.bind(spec.target, loss, {**options, **point})
        except ElossError as problem:
            at = ", ".join(f"{name}={value}" for name, value in point.items())
            raise UsageError(f"--search at {at}: {problem}" if at else str(problem)) from None
        if first is None:
            first = {} if bound is None else dict(bound.describe())
    return first or {}


def _place(written: str, spec: "TrainerSpec") -> tuple[str, Kind]:
    key = written.replace("-", "_")
    if key in SEARCHED:
        return key, "setting"
    if key in SAME:
        raise UsageError(f"--search {written}: this is the same for every trial; give it as a flag")
    if key in typing.get_type_hints(type(spec.config)):
        return key, "model"
    return written, "loss"


def _setting(name: str, domain: Domain) -> Domain:
    parse = SEARCHED[name].parse
    try:
        found = [parse(text) for text in _texts(domain)]
    except ArgumentTypeError as problem:
        raise UsageError(f"--search {name}: {problem}") from None
    return _real(domain) if isinstance(found[0], float) else domain


def _of_model(spec: "TrainerSpec") -> Any:
    from eloss_plugins.trainers.parts import model_config

    hints = typing.get_type_hints(type(spec.config))

    def check(name: str, domain: Domain) -> Domain:
        for text in _texts(domain):
            model_config(spec, {name: text})
        return _real(domain) if hints[name] is float else domain

    return check


def _of_loss(described: Mapping[str, Any]) -> Any:
    def check(name: str, domain: Domain) -> Domain:
        is_real = isinstance(described_value(described, name), float)
        return _real(domain) if is_real else domain

    return check


def _real(domain: Domain) -> Domain:
    """A range of real numbers, however its ends are written."""
    if isinstance(domain, Span) and domain.whole:
        return replace(domain, low=float(domain.low), high=float(domain.high), whole=False)
    return domain


def _texts(domain: Domain) -> tuple[str, ...]:
    if isinstance(domain, Choices):
        return domain.values
    return text_of(domain.low), text_of(domain.high)


def _corners(searched: Space) -> Iterator[dict[str, str]]:
    """All combinations of choices and ends; where they are many, each value at least once."""
    names, texts = list(searched), [_texts(domain) for domain in searched.values()]
    count = 1
    for values in texts:
        count *= len(values)
    if count <= MOST_COMBINATIONS:
        yield from (dict(zip(names, values, strict=True)) for values in product(*texts))
        return
    for turn in range(max(len(values) for values in texts)):
        yield {n: values[turn % len(values)] for n, values in zip(names, texts, strict=True)}
