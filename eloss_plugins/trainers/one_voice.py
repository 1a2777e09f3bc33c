"""Of several processes that meet the same trouble, one warns."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from eloss_plugins.trainers.ranks import Ranks

OURS = "eloss_plugins"


@contextmanager
def one_voice(ranks: Ranks) -> Iterator[None]:
    """Inside, this package logs warnings on rank 0 alone; errors, and all at level DEBUG, stay."""
    logger = logging.getLogger(OURS)
    before = logger.level
    if not ranks.is_main and logger.getEffectiveLevel() > logging.DEBUG:
        logger.setLevel(max(logger.getEffectiveLevel(), logging.ERROR))
    try:
        yield
    finally:
        logger.setLevel(before)
