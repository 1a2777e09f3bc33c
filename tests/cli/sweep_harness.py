"""A search whose runs are stand-ins that train nothing: for tests of what becomes of trials.

Run as `python sweep_harness.py FOLDER OPTIONS`, OPTIONS a JSON object: `trials`, `jobs`, `storage`,
`pruner`, `seconds` that a run takes. A run's value follows from its learning rate alone:
nll = (log10(rate) + 3) ** 2, and on its way (8 - step) / 8 more. Each run appends a line to
FOLDER/../runs.log when it begins and when it ends.
"""

import json
import sys
from pathlib import Path

from eloss_plugins.cli.comparison.plan import Common
from eloss_plugins.cli.runs import pool
from eloss_plugins.cli.sweeping import search
from eloss_plugins.cli.sweeping.holding import Held, Terms, hold
from eloss_plugins.cli.sweeping.plan import SweepPlan
from eloss_plugins.cli.sweeping.results import rows_of
from eloss_plugins.cli.sweeping.space import parse

STEPS = 8
STUB = Path(__file__).with_name("sweep_stub.py")
SPACE = "learning_rate=1e-5..1e-1,log"


def plan(**changes) -> SweepPlan:
    space = parse(changes.pop("space", SPACE))
    fields = {
        "common": Common("gdm", {"steps": STEPS}, 4),
        "given": {"steps": STEPS},
        "loss": "energy",
        "options": {},
        "learning_rate": None,
        "space": space,
        "kinds": dict.fromkeys(space, "setting"),
        "objective": "nll",
        "seed": 7,
        "pruner": "none",
        "curve_samples": 0,
        "starts": ({"learning_rate": 4e-4},),
        "storage": None,
        "study": "toy",
    }
    return SweepPlan(**{**fields, **changes})


def held(folder: Path, **options) -> Held:
    """The search in this process."""
    seconds = options.pop("seconds", 0.0)
    terms = Terms(options.pop("trials", 8), options.get("storage"), options.pop("jobs", 2))
    pool.CHAIN = (str(STUB), str(seconds))
    search.LOOK_SECONDS = 0.2
    return hold(plan(**options), folder, terms)


def rows(found: Held) -> list[dict]:
    return [
        {"trial": row.trial, "state": row.state, "value": row.value, "point": dict(row.point)}
        for row in rows_of(found)
    ]


if __name__ == "__main__":
    print(json.dumps(rows(held(Path(sys.argv[1]), **json.loads(sys.argv[2])))))
