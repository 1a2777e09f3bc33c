"""The weights of a run that another one starts from."""

from pathlib import Path

from eloss_plugins.errors import Refused
from eloss_plugins.trainers.run import checkpoint_of
from eloss_plugins.trainers.session import Session
from eloss_plugins.trainers.upstreams.weights import load_state


def begin_with(source: str, session: Session) -> None:
    """Give the session the averaged weights of a run, for its model and for its average.

    Raises:
        UsageError: there is no such run.
        Refused: its weights have other shapes, or its elements another order.
    """
    state = checkpoint_of(Path(source)).state
    theirs, ours = list(state["elements"]), list(session.record["elements"])
    if theirs != ours:
        raise Refused(
            f"{source} was trained on the elements {theirs}, the data have {ours}; start from it "
            "with data of the same elements"
        )
    load_state(session.state.model, state["ema"], source)
    load_state(session.state.ema.module, state["ema"], source)
