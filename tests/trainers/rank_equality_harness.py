"""One of two processes that train every reference trainer with noise that is the molecules' own.

Argument: a scratch folder. The environment says which rank this is, as torchrun would.
"""

import faulthandler
import os
import sys
from dataclasses import replace
from pathlib import Path

PATIENCE = 120  # seconds for one run, on a busy machine
STEPS = (10, 50)
PRECISIONS = ("32-true", "64-true")


def settings(trainer: str, precision: str, out: Path, **changes):
    from trainers.tiny_run import config

    given = {"steps": STEPS[-1], "checkpoint_every": STEPS[0], "log_every": 5, "valid_every": 10}
    given |= {"batch_size": 8, "ema_decay": 0.9, "precision": precision, "trainer": trainer}
    return config(out, **(given | changes))


def parts(trainer: str):
    from trainers.own_noise import with_own_noise
    from trainers.tiny_run import parts_of

    found = parts_of(trainer)
    return replace(found, spec=with_own_noise(found.spec))


def main(root: Path) -> None:
    from eloss_plugins.trainers import loop
    from trainers import own_noise
    from trainers.tiny_run import TRAINERS

    own_noise.alike()
    for trainer in TRAINERS:
        for precision in PRECISIONS:
            faulthandler.dump_traceback_later(PATIENCE, exit=True)
            loop.train(settings(trainer, precision, root / f"{trainer}-{precision}"), parts=parts(trainer))
            os.environ["MASTER_PORT"] = str(int(os.environ["MASTER_PORT"]) + 1)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main(Path(sys.argv[1]))
