"""The search at work: trials claimed, run, watched, pruned and told, several at a time."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eloss_plugins.cli.runs.pool import POLL_SECONDS, Outcome, Pool, Running, last_words
from eloss_plugins.cli.sweeping import measured
from eloss_plugins.cli.sweeping.objective import Objective
from eloss_plugins.cli.sweeping.place import Place
from eloss_plugins.cli.sweeping.plan import SweepPlan, TrialJob, trial_job
from eloss_plugins.cli.sweeping.space import text_of
from eloss_plugins.cli.sweeping.study import PRESET, RUN, SLOT, Study
from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.progress import Progress

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial, Trial

PLACE, SITTING, BEAT = "place", "sitting", "beat"
BEAT_SECONDS = 30.0
GRACE_SECONDS = 300.0  # without a beat, a trial on another machine is given up
LOOK_SECONDS = 5.0  # between looks at the storage for something to do
READING_SHARE = 50.0  # reading a journal may take one part in so many of the time


@dataclass(eq=False)
class Active:
    """A trial that runs here."""

    trial: "Trial"
    slot: int
    running: Running
    reported: set[int]
    pruned: bool = False
    look_again: float = 0.0


@dataclass
class Search:
    """Trials of a study, run by this process until none is left or the time is over.

    Attributes:
        study: where trials are claimed and told.
        place: the folder, and who is alive in it.
        objective: what is made better.
        pool: processes.
        task: shows progress.
        deadline: of the monotonic clock.
        shares: whether processes with folders of their own may share the study.
    """

    study: Study
    place: Place
    objective: Objective
    pool: Pool
    task: Progress
    deadline: float = float("inf")
    shares: bool = False
    active: list[Active] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._beaten = self._looked = float("-inf")
        self._beats: dict[int, tuple[Any, float]] = {}
        self._unsure: set[int] = set()  # running elsewhere, and not yet seen to be alive

    @property
    def plan(self) -> SweepPlan:
        """Of the study."""
        return self.study.plan

    def run(self) -> None:
        """Work until there is nothing left to claim, or the deadline.

        Raises:
            UsageError: a run refused its settings before any trial had a value.
        """
        with self.place.held(), self.pool.ending_together():
            while self._start_more() or self.active or self._unsure:
                time.sleep(POLL_SECONDS)
                self._look()
                if time.monotonic() > self.deadline:
                    self.pool.stop_all(measured.STOP)
                    return

    def _start_more(self) -> bool:
        """Fill the free places; whether a trial was claimed."""
        found = False
        while self.pool.has_room and self._is_time_to_look():
            trial = self._next()
            if trial is None:
                self._looked = time.monotonic()
                break
            self._begin(trial)
            found = True
        return found

    def _is_time_to_look(self) -> bool:
        now = time.monotonic()
        is_idle = not (self.active or self._unsure)
        return now < self.deadline and (is_idle or now > self._looked + LOOK_SECONDS)

    def _next(self) -> "Trial | None":
        """A trial whose process is gone, else a waiting one."""
        with self.place.claiming():
            for orphan in self._orphans():
                if self._is_of_this_place(orphan) or not self.shares:
                    return self._owned(self.study.opened(orphan))
                self.study.requeue(orphan)
            trial = self.study.claim()
            return None if trial is None else self._owned(trial)

    def _owned(self, trial: "Trial") -> "Trial":
        attributes = {PLACE: self.place.identity, SITTING: self.place.sitting, BEAT: 0}
        if RUN not in trial.user_attrs:
            attributes[RUN] = f"{trial.number:03d}"
        for name, value in attributes.items():
            trial.set_user_attr(name, value)
        return trial

    def _orphans(self) -> "Iterator[FrozenTrial]":
        from optuna.trial import TrialState

        mine = {one.trial.number for one in self.active}
        counted = self.study.counted().values()
        running = [trial for trial in counted if trial.state == TrialState.RUNNING]
        self._unsure &= {trial.number for trial in running}
        yield from (t for t in running if t.number not in mine and self._is_dead(t))

    def _is_dead(self, trial: "FrozenTrial") -> bool:
        """Whether the process of a running trial is gone, by its lock, else by its beats."""
        if self._is_of_this_place(trial):
            return not self.place.is_alive(str(trial.user_attrs.get(SITTING)))
        if not self.shares:  # killed between its claim and its name, or a folder that was copied
            return not self.place.others()
        return self._is_silent(trial)

    def _is_silent(self, trial: "FrozenTrial") -> bool:
        """Whether a trial of another machine has not beaten for long, by the clock of this one."""
        number, beat, now = trial.number, trial.user_attrs.get(BEAT), time.monotonic()
        if number not in self._beats:
            self._beats[number] = (beat, now)
            self._unsure.add(number)
            self.task.say(f"waiting for a sign of life of trial {trial.user_attrs[SLOT]}")
            return False
        seen, since = self._beats[number]
        if beat != seen:
            self._beats[number] = (beat, now)
        is_silent = beat == seen and now - since > GRACE_SECONDS
        if beat != seen or is_silent:
            self._unsure.discard(number)
        return is_silent

    def _is_of_this_place(self, trial: "FrozenTrial") -> bool:
        return bool(trial.user_attrs.get(PLACE) == self.place.identity)

    def _begin(self, trial: "Trial") -> None:
        slot, folder = int(trial.user_attrs[SLOT]), self.place.run(trial.user_attrs[RUN])
        judged = not self.objective.is_measure
        job: TrialJob = trial_job(self.plan, trial.params, slot, folder, judged)
        running = self.pool.start(job)
        frozen = self.study.optuna._storage.get_trial(trial._trial_id)
        self.active.append(Active(trial, slot, running, set(frozen.intermediate_values)))
        shown = ", ".join(f"{name} {text_of(value)}" for name, value in trial.params.items())
        self.task.say(f"trial {slot}: {shown}{' (preset)' if trial.user_attrs[PRESET] else ''}")

    def _look(self) -> None:
        outcomes = self.pool.poll(**self._best_shown())
        for one in list(self.active):
            self._report(one)
            ended = [outcome for outcome in outcomes if outcome.job is one.running.job]
            for outcome in ended:
                self.active.remove(one)
                self._finish(one, outcome)
        if time.monotonic() > self._beaten + BEAT_SECONDS:
            self._beaten = time.monotonic()
            for one in self.active:
                one.trial.set_user_attr(BEAT, int(one.trial.user_attrs.get(BEAT, 0)) + 1)

    def _report(self, one: Active) -> None:
        """Pass on what the run has shown so far, and stop it if others did better by then."""
        began = time.monotonic()
        if began < one.look_again:
            return
        course = measured.course(self.plan, self.objective, one.running.job.folder)
        one.look_again = began + READING_SHARE * (time.monotonic() - began)
        for step, value in sorted(course.items()):
            if step not in one.reported:
                one.reported.add(step)
                one.trial.report(value, step)
                if self._may_prune(one, step) and one.trial.should_prune():
                    one.pruned = True
                    self.pool.stop_one(one.running)

    def _may_prune(self, one: Active, step: int) -> bool:
        """A preset is never pruned: the search shall know what it has to beat."""
        is_last = self.plan.steps is not None and step >= self.plan.steps
        return not (one.pruned or is_last or one.trial.user_attrs.get(PRESET))

    def _finish(self, one: Active, outcome: Outcome) -> None:
        from optuna.trial import TrialState

        folder = one.running.job.folder
        self.task.advance(max(0, (self.plan.steps or 0) - one.running.steps))
        found = measured.result(self.objective, folder) if outcome.code == 0 else None
        for name, value in measured.facts(folder).items():
            one.trial.set_user_attr(name, value)
        if found is not None:
            self.study.optuna.tell(one.trial, found)
            self._say(one, self.objective.text(found))
        elif one.pruned and outcome.code != 0:
            self.study.optuna.tell(one.trial, state=TrialState.PRUNED)
            self._say(one, f"pruned at step {one.running.steps}")
        else:
            self._fail(one, outcome)

    def _fail(self, one: Active, outcome: Outcome) -> None:
        why = last_words(outcome.log)
        if outcome.code == 0:
            why = f"{self.objective.name} is not defined for what this run made"
        if outcome.code == UsageError.exit_code and self._has_no_value_yet():
            raise UsageError(f"trial {one.slot}: {why}")
        again = outcome.code not in (0, UsageError.exit_code, Refused.exit_code)
        self.study.fail(one.trial, why, again=again)
        self._say(one, f"failed ({outcome.code}): {why}; see {outcome.log}")

    def _has_no_value_yet(self) -> bool:
        return all(trial.value is None for trial in self.study.counted().values())

    def _best_shown(self) -> dict[str, str]:
        from optuna.trial import TrialState

        done = self.study.optuna.get_trials(deepcopy=False, states=(TrialState.COMPLETE,))
        values = [trial.value for trial in done if trial.value is not None]
        better = max if self.objective.higher else min
        return {"best": self.objective.text(better(values))} if values else {}

    def _say(self, one: Active, text: str) -> None:
        self.task.say(f"trial {one.slot}: {text}")
