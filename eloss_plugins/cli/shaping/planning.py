"""The losses of an experiment from the words of the command line."""

from collections.abc import Mapping, Sequence

from eloss_plugins.cli.comparison.plan import entrant
from eloss_plugins.errors import UsageError
from eloss_plugins.shapes.losses import Contender, bound

SHORT_NAMES = {"energy/edges=random-regular": "sparse energy"}
"""What tables and figures call a loss instead of the words of the command line."""


def contenders(
    texts: Sequence[str], rates: Mapping[str, float], *, sweep: bool
) -> tuple[Contender, ...]:
    """The losses with their options and learning rates, each known to bind.

    Args:
        texts: `NAME` or `NAME/option=value/...`.
        rates: learning rates by such a text.
        sweep: whether a sweep finds them.

    Raises:
        UsageError: an unknown name or option, a rate of a loss that does not enter.
    """
    if sweep and rates:
        raise UsageError("--sweep finds the learning rates; leave --learning-rates out")
    strangers = sorted(set(rates) - set(texts))
    if strangers:
        raise UsageError(
            f"--learning-rates names {', '.join(strangers)}; the losses are {', '.join(texts)}"
        )
    found = tuple(_contender(text, rates.get(text)) for text in texts)
    for contender in found:
        bound(contender)
    return found


def _contender(text: str, rate: float | None) -> Contender:
    entered = entrant(text)
    return Contender(
        SHORT_NAMES.get(entered.label, entered.label), entered.loss, entered.options, rate
    )
