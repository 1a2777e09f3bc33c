"""How much of the first weights is left in the averaged ones, which samples use."""

WORTH_TELLING = 0.05
DEFAULT_DECAY = 0.999


def remark(what: str, decay: float | None, steps: int | None) -> str | None:
    """A sentence when runs are too short for their average; None when they are not.

    The average after n steps holds `decay ** n` of the weights that training began with.

    Args:
        what: the runs, as the sentence begins.
        decay: `--ema-decay`; None for the default.
        steps: of each run; None when it is not known beforehand.
    """
    left = (DEFAULT_DECAY if decay is None else decay) ** steps if steps else 0.0
    if left < WORTH_TELLING:
        return None
    return (
        f"{what}: after {steps} steps the averaged weights, which samples use, still hold "
        f"{100 * left:.0f} % of the first ones. Train longer, or lower --ema-decay"
    )
