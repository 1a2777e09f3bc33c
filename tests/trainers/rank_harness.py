"""One of two processes that train together; prints what it saw as one JSON object.

Argument: a scratch folder. The environment says which rank this is, as torchrun would.
"""

import faulthandler
import json
import os
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np

PATIENCE = (
    240  # seconds, for a busy machine; a rank that waits in vain would take the 30 minutes of gloo
)


def parts_for(scenario: str):
    from trainers.tiny_run import molecules, parts

    listed = molecules()
    if scenario in ("one-bad", "all-bad", "own-noise"):
        for place in range(20) if scenario == "all-bad" else [3]:
            positions = np.full_like(listed[place].positions, np.nan)
            listed[place] = replace(listed[place], positions=positions)
    made = parts(listed)
    return replace(made, loss=brittle) if scenario == "raises" else made


def brittle(*given, **options):
    """A position loss that fails in its third call, on rank 1 alone."""
    from eloss_plugins.errors import PluginError

    brittle.calls += 1
    if brittle.calls == 3 and os.environ["RANK"] == "1":
        raise PluginError("loss `brittle` of plugin `spring:spring` (version 2.1) failed")
    prediction, noise, *_ = given
    return (prediction - noise).square().sum((1, 2))


brittle.calls = 0


def run(out: Path, scenario: str) -> dict:
    from eloss_plugins.errors import ElossError
    from eloss_plugins.trainers import loop, sitting
    from eloss_plugins.trainers.diffusion.model import Diffusion
    from trainers.own_noise import draw_by_molecule
    from trainers.tiny_run import config

    seen: dict = {"dropped": [], "weights": None, "error": None}

    class Watched(sitting.Sitting):
        def _record(self, report):
            seen["dropped"].append(report.dropped)
            super()._record(report)

        def run(self, saved):
            try:
                return super().run(saved)
            finally:
                parameters = self.state.model.parameters()
                seen["weights"] = [p.detach().double().sum().item() for p in parameters]

    loop.Sitting = Watched
    if scenario == "own-noise":
        Diffusion.draw = draw_by_molecule
    steps = 5 if scenario == "half" else 10
    settings = config(out, steps=steps, devices=2, valid_every=5, log_every=1)
    try:
        loop.train(settings, resume=scenario == "rest", parts=parts_for(scenario))
    except ElossError as problem:
        seen["error"] = [type(problem).__name__, str(problem)]
    return seen


def main(root: Path) -> dict[str, dict]:
    scenarios = {"one-bad": "a", "all-bad": "b", "clean": "whole", "half": "run", "rest": "run"}
    scenarios |= {"raises": "c", "own-noise": "d"}
    seen = {}
    for scenario, folder in scenarios.items():
        seen[scenario] = run(root / folder, scenario)
        # the other rank may still hold the store of this port: the next one meets elsewhere
        os.environ["MASTER_PORT"] = str(int(os.environ["MASTER_PORT"]) + 1)
    return seen


if __name__ == "__main__":
    faulthandler.dump_traceback_later(PATIENCE, exit=True)
    sys.path.insert(0, str(Path(__file__).parents[1]))
    print(json.dumps(main(Path(sys.argv[1]))))
