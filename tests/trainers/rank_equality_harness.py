"""One of two processes that train every reference trainer with noise that is the molecules' own.

Argument: a scratch folder. The environment says which rank this is, as torchrun would.
"""

import faulthandler
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

PATIENCE = 120  # seconds for one run, on a busy machine
STEPS = {"32-true": 20, "64-true": 5}
BAD = 3  # place of a molecule that is not finite: it leaves the ranks with unequal counts


def settings(trainer: str, precision: str, out: Path):
    from trainers.tiny_run import config

    given = {"trainer": trainer, "precision": precision, "steps": STEPS[precision]}
    given |= {"batch_size": 8, "log_every": 5, "valid_every": 0, "checkpoint_every": 100}
    return config(out, **given, ema_decay=0.9)


def parts(trainer: str):
    from trainers.own_noise import with_own_noise
    from trainers.tiny_run import molecules, parts_of

    listed = molecules()
    listed[BAD] = replace(listed[BAD], positions=np.full_like(listed[BAD].positions, np.nan))
    found = parts_of(trainer, listed)
    return replace(found, spec=with_own_noise(found.spec))


def main(root: Path) -> None:
    from eloss_plugins.trainers import loop, session
    from trainers.own_noise import seed_of_all
    from trainers.tiny_run import TRAINERS
    from trainers.two_ranks import next_port

    session.noise_seed = seed_of_all
    for trainer in TRAINERS:
        for precision in STEPS:
            faulthandler.dump_traceback_later(PATIENCE, exit=True)
            given = settings(trainer, precision, root / f"{trainer}-{precision}")
            loop.train(given, parts=parts(trainer))
            next_port()


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main(Path(sys.argv[1]))
