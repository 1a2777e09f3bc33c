"""The weights of a run that another one starts from."""

from pathlib import Path

from eloss_plugins.errors import Refused
from eloss_plugins.trainers.run import checkpoint_of
from eloss_plugins.trainers.session import Session
from eloss_plugins.trainers.upstreams.weights import load_state


def begin(session: Session) -> None:
    """Give the session, for its model and its average, the weights of the run it starts from.

    Does nothing in a session that starts from none.

    Raises:
        UsageError: there is no such run.
        Refused: its weights have other shapes, or its elements another order.
    """
    source = session.config.start_from
    if source is None:
        return
    state = checkpoint_of(Path(source)).state
    theirs, ours = list(state["elements"]), list(session.record["elements"])
    if theirs != ours:
        raise Refused(
            f"{source} was trained on the elements {theirs}, the data have {ours}; start from it "
            "with data of the same elements"
        )
    load_state(session.state.model, state["ema"], source)
    load_state(session.state.ema.module, state["ema"], source)
