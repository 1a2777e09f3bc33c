"""The study: a fixed number of slots, each of them tried once, whatever happens to processes.

Every slot is a waiting trial from the beginning. A process claims one by changing its state, which
the storage grants to one process alone; so several processes never try more than was asked for. A
trial that is tried again is a new one for the same slot, and the old one is void. Of two trials for
one slot the older one counts.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli.runs import plans
from eloss_plugins.cli.sweeping.objective import Objective
from eloss_plugins.cli.sweeping.plan import SweepPlan
from eloss_plugins.cli.sweeping.space import Choices, Point, Space

if TYPE_CHECKING:
    import optuna
    from optuna.pruners import BasePruner
    from optuna.trial import FrozenTrial, Trial

SLOT, PRESET, RUN, VOID, FAILURE = "slot", "preset", "run", "void", "failure"
CARRIED = (SLOT, PRESET, RUN)  # from a trial to the one that replaces it
PLAN, FILLED = "plan", "filled"
PATIENCE_SECONDS = 30.0  # for another process that has just made the study
FEWEST_BEFORE_PRUNING = 4
RANDOM_FIRST = 10  # at most; a third of the trials otherwise


@dataclass(frozen=True)
class Study:
    """A search in its storage.

    Attributes:
        optuna: the study itself.
        plan: of the search.
        trials: how many were asked for.
    """

    optuna: "optuna.Study"
    plan: SweepPlan
    trials: int

    def counted(self) -> "dict[int, FrozenTrial]":
        """The trial that counts of each slot: the oldest not void, else the last void one."""
        found: dict[int, FrozenTrial] = {}
        for trial in self.optuna.get_trials(deepcopy=False):
            slot = trial.user_attrs.get(SLOT)
            if slot is not None and (slot not in found or is_void(found[slot])):
                found[slot] = trial
        return dict(sorted(found.items()))

    def claim(self) -> "Trial | None":
        """The next waiting trial, now this process's, its values chosen; None if there is none."""
        from optuna.exceptions import UpdateFinishedTrialError
        from optuna.trial import TrialState

        storage = self.optuna._storage
        for waiting in self.optuna.get_trials(deepcopy=False, states=(TrialState.WAITING,)):
            if SLOT not in waiting.user_attrs:
                continue  # of another program
            try:
                if not storage.set_trial_state_values(waiting._trial_id, TrialState.RUNNING):
                    continue
            except UpdateFinishedTrialError:
                continue
            if self.counted()[waiting.user_attrs[SLOT]].number == waiting.number:
                return self.opened(waiting)
            self.void(waiting)
        return None

    def opened(self, frozen: "FrozenTrial") -> "Trial":
        """A running trial to go on with; values that it lacks are chosen.

        Chance depends on the seed and the slot alone, so that a search that is resumed does not
        repeat what it has tried.
        """
        import optuna

        slot = int(frozen.user_attrs[SLOT])
        self.optuna.sampler = optuna.samplers.TPESampler(
            seed=(self.plan.seed + 1_000_003 * (slot + 1)) % 2**32,
            n_startup_trials=max(2, min(RANDOM_FIRST, self.trials // 3)),
        )
        trial = optuna.Trial(self.optuna, frozen._trial_id)
        _suggest(trial, self.plan.space)
        return trial

    def void(self, trial: "FrozenTrial") -> None:
        """Let a running trial count no more."""
        from optuna.trial import TrialState

        self.optuna._storage.set_trial_user_attr(trial._trial_id, VOID, True)
        self.optuna.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)

    def requeue(self, trial: "FrozenTrial") -> None:
        """Try the same values again, as a new trial of the same slot; the old one is void.

        Stopped in between, there are two, of which the older counts and comes here again.
        """
        kept = {k: v for k, v in trial.user_attrs.items() if k in CARRIED}
        self.optuna.enqueue_trial(trial.params, user_attrs=kept)
        if not trial.state.is_finished():
            self.void(trial)

    def fail(self, trial: "Trial", why: str, *, again: bool) -> None:
        """Note that a trial has no value; with `again` it is worth another try."""
        from optuna.trial import TrialState

        trial.set_user_attr(FAILURE, why)
        if again:
            trial.set_user_attr(VOID, True)
        self.optuna.tell(trial.number, state=TrialState.FAIL, skip_if_finished=True)

    def try_again(self) -> int:
        """Put trials that failed for want of memory, disk and the like in the queue again."""
        from optuna.trial import TrialState

        failed = [t for t in self.counted().values() if t.state == TrialState.FAIL and is_void(t)]
        for trial in failed:
            self.requeue(trial)
        return len(failed)


def is_void(trial: "FrozenTrial") -> bool:
    """Whether a trial counts no more."""
    return bool(trial.user_attrs.get(VOID))


def open_study(
    storage: Any, plan: SweepPlan, objective: Objective, trials: int, queue: Sequence[Point]
) -> Study:
    """The study of a plan, made if it is not there.

    Args:
        storage: Optuna's.
        plan: of the search.
        objective: that of the plan.
        trials: how many are wanted; more than before add slots.
        queue: what the first slots try.

    Raises:
        Refused: a study of that name has another plan.
    """
    import optuna
    from optuna.exceptions import DuplicatedStudyError

    # machines may reach one storage by different names
    plan_json = plans.plain({**plan.to_json(), "storage": None})
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    try:
        made = optuna.create_study(
            storage=storage, study_name=plan.study, direction=objective.direction
        )
        made.set_user_attr(PLAN, plan_json)
        is_mine = True
    except DuplicatedStudyError:
        made, is_mine = optuna.load_study(storage=storage, study_name=plan.study), False
        if _appears(made, PLAN):
            says = f"the study {plan.study} follows another plan"
            plans.refuse_other(plan_json, made.user_attrs[PLAN], says)
        else:
            made.set_user_attr(PLAN, plan_json)
    made.pruner = _pruner(plan)
    study = Study(made, plan, trials)
    if is_mine or not _appears(made, FILLED) or int(made.user_attrs[FILLED]) < trials:
        _fill(study, queue)
    return study


def _fill(study: Study, queue: Sequence[Point]) -> None:
    there = study.counted()
    for slot in range(study.trials):
        if slot not in there:
            point = dict(queue[slot]) if slot < len(queue) else {}
            is_preset = bool(point) and set(point) == set(study.plan.space)
            is_preset = is_preset and point in [dict(start) for start in study.plan.starts]
            study.optuna.enqueue_trial(point, user_attrs={SLOT: slot, PRESET: is_preset})
    study.optuna.set_user_attr(FILLED, study.trials)


def _appears(study: "optuna.Study", name: str) -> bool:
    """Whether another process, which may be at it, notes something."""
    end = time.monotonic() + PATIENCE_SECONDS
    while name not in study.user_attrs:
        if time.monotonic() > end:
            return False
        time.sleep(0.2)
    return True


def _suggest(trial: "Trial", space: Space) -> None:
    for name, domain in space.items():
        if isinstance(domain, Choices):
            trial.suggest_categorical(name, domain.values)
        elif domain.whole:
            trial.suggest_int(name, int(domain.low), int(domain.high), log=domain.log)
        else:
            trial.suggest_float(name, domain.low, domain.high, log=domain.log)


def _pruner(plan: SweepPlan) -> "BasePruner":
    from optuna.pruners import HyperbandPruner, MedianPruner, NopPruner

    steps = plan.steps or 0
    if plan.pruner == "median":
        return MedianPruner(FEWEST_BEFORE_PRUNING, n_warmup_steps=steps // 4)
    if plan.pruner == "hyperband":
        return HyperbandPruner(max(1, steps // 9), max(1, steps), reduction_factor=3)
    return NopPruner()
