"""One of two processes that train together; prints what it saw as one JSON object.

Argument: a scratch folder. The environment says which rank this is, as torchrun would.
"""

import faulthandler
import json
import logging
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

PATIENCE = 60  # seconds for a scenario; a rank that waits in vain would take hours


@dataclass(frozen=True)
class Scenario:
    """A training run in which something goes wrong, or not.

    Attributes:
        folder: of the run.
        data: changes the list of molecules.
        loss: position loss.
        spec: changes the trainer.
        settings: of the run.
        resume: whether the run in the folder goes on.
    """

    folder: str
    data: Callable[[list], None] = lambda listed: None
    loss: Callable[..., Any] | None = None
    spec: Callable[[Any], Any] = lambda spec: spec
    settings: dict[str, Any] = field(default_factory=dict)
    resume: bool = False


def poisoned(*places):
    def poison(listed):
        for place in places:
            positions = np.full_like(listed[place].positions, np.nan)
            listed[place] = replace(listed[place], positions=positions)

    return poison


def is_second() -> bool:
    return os.environ["RANK"] == "1"


def brittle(*given, **options):
    """A position loss that fails in its third call, on rank 1 alone."""
    from eloss_plugins.errors import PluginError

    brittle.calls += 1
    if brittle.calls == 3 and is_second():
        raise PluginError("loss `brittle` of plugin `spring:spring` (version 2.1) failed")
    return squared(*given)


brittle.calls = 0


def squared(prediction, noise, *_, **__):
    return (prediction - noise).square().sum((1, 2))


def steep(prediction, noise, *given, **_):
    """Finite everywhere; on rank 1 the gradient at one molecule in a batch is not."""
    import torch

    steep.calls += 1
    loss = squared(prediction, noise)
    if steep.calls == 3 and is_second():
        zero = (prediction[:1] * 0).square().sum()
        return loss + torch.cat([zero.sqrt()[None], torch.zeros(len(loss) - 1)])
    return loss


steep.calls = 0


def with_spare(spec):
    """A model with parameters that no loss needs, and some that rank 0 alone uses."""
    import torch

    def make(*given, **options):
        model = spec.make(*given, **options)
        kind = type(model)

        def training_losses(self, batch):
            losses = kind.training_losses(self, batch)
            if is_second():
                return losses
            return losses | {"loss": losses["loss"] + self.spare.sum()}

        model.unused = torch.nn.Parameter(torch.ones(3))
        model.spare = torch.nn.Parameter(torch.ones(2))
        model.__class__ = type("Spare", (kind,), {"training_losses": training_losses})
        return model

    return replace(spec, make=make)


def with_failing_validation(spec):
    """A model whose validation fails on the second rank."""

    def make(*given, **options):
        model = spec.make(*given, **options)
        kind = type(model)

        def validation(self, batch):
            if is_second():
                raise ValueError("no measure today")
            return kind.validation(self, batch)

        model.__class__ = type("Failing", (kind,), {"validation": validation})
        return model

    return replace(spec, make=make)


class Telling:
    """A loss that warns as graphs do that cannot be kept on disk."""

    def __call__(self, *given, **options):
        return squared(*given, **options)

    def prepare(self, positions, numbers, offsets):
        logging.getLogger("eloss_plugins.graphs.cache.store").warning("graphs are not kept")


def bonded(listed):
    """Methanes, and one molecule whose bonds cannot be told."""
    from tests.molecules_by_hand import methane, two_waters

    listed[:] = [methane(1.05 + 0.002 * place) for place in range(len(listed))]
    listed[2] = two_waters()


def with_bonds(spec):
    return replace(spec, needs_bonds=True)


VALID = range(20, 24)  # of the tiny data set
SCENARIOS = {
    "one-bad": Scenario("a", poisoned(3)),
    "all-bad": Scenario("b", poisoned(*range(20))),
    "clean": Scenario("whole"),
    "half": Scenario("run", settings={"steps": 5}),
    "rest": Scenario("run", resume=True),
    "raises": Scenario("c", loss=brittle),
    "shard-bad": Scenario("d"),
    "steep": Scenario("e", loss=steep),
    "spare": Scenario("f", spec=with_spare),
    "valid-bad": Scenario("g", poisoned(VALID[1]), settings={"batch_size": 2}),
    "bonds": Scenario("i", bonded, loss=Telling(), spec=with_bonds, settings={"steps": 2}),
    "valid-raises": Scenario("h", spec=with_failing_validation, settings={"batch_size": 2}),
}


def run(root: Path, name: str) -> dict:
    from eloss_plugins.errors import ElossError
    from eloss_plugins.trainers import loop, sitting
    from trainers.tiny_run import config, molecules, parts

    scenario = SCENARIOS[name]
    seen: dict = {"dropped": [], "weights": None, "error": None, "last": None}

    class Watched(sitting.Sitting):
        def _next_batch(self):
            batch = super()._next_batch()
            if name == "shard-bad" and self.state.step == 2 and is_second():
                return replace(batch, positions=batch.positions * float("nan"))
            return batch

        def _record(self, report):
            seen["dropped"].append(report.dropped)
            super()._record(report)

        def run(self, saved):
            try:
                return super().run(saved)
            finally:
                parameters = self.state.model.parameters()
                seen["weights"] = [p.detach().double().sum().item() for p in parameters]
                seen["last"] = self.last

    loop.Sitting = Watched
    listed = molecules()
    scenario.data(listed)
    made = parts(listed)
    made = replace(made, loss=scenario.loss, spec=scenario.spec(made.spec))
    given = {"steps": 10, "valid_every": 5, "log_every": 1} | scenario.settings
    settings = config(root / scenario.folder, **given)
    try:
        loop.train(settings, resume=scenario.resume, parts=made)
    except (ElossError, ValueError) as problem:
        seen["error"] = [type(problem).__name__, str(problem)]
    return seen


def files_written(root: Path) -> set[str]:
    """Fills with the files below `root` that this process opens to write, from now on."""
    found: set[str] = set()

    def note(event: str, given: tuple) -> None:
        if event == "open" and str(given[0]).startswith(str(root)):
            flags = given[2] or 0
            if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
                found.add(str(given[0]))
        elif event in ("os.mkdir", "os.rename", "os.remove") and str(root) in str(given[0]):
            found.add(f"{event} {given[0]}")

    sys.addaudithook(note)
    return found


def own_doing() -> dict[str, list[str]]:
    """Fills with what one rank may do and the other not: finding bonds, and warnings."""
    from eloss_plugins.trainers import bonding

    found: dict[str, list[str]] = {"perceived": [], "warned": []}
    perceive = bonding.perceive_all

    def counted(molecules, **options):
        found["perceived"].append(f"{len(molecules)} molecules")
        return perceive(molecules, **options)

    class Heard(logging.Handler):
        def emit(self, record):
            found["warned"].append(record.getMessage())

    bonding.perceive_all = counted
    logging.getLogger().addHandler(Heard(logging.WARNING))
    return found


def main(root: Path) -> dict[str, Any]:
    from trainers.two_ranks import next_port

    written, doing = files_written(root), own_doing()
    seen: dict[str, Any] = {}
    for name in SCENARIOS:
        faulthandler.dump_traceback_later(PATIENCE, exit=True)
        seen[name] = run(root, name)
        next_port()
    return seen | {"written": sorted(written), **doing}


if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[place]) for place in (1, 2)]
    print(json.dumps(main(Path(sys.argv[1]))))
