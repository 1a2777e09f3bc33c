"""One sitting of a run: steps, journal, validations, checkpoints, until done or asked to stop."""

import time
from dataclasses import dataclass, field
from typing import Any

from eloss_plugins import host
from eloss_plugins.data.batch import Batch
from eloss_plugins.data.collate import collate
from eloss_plugins.data.elements import Elements
from eloss_plugins.errors import PluginError
from eloss_plugins.progress import Progress
from eloss_plugins.trainers import checkpoint, streak
from eloss_plugins.trainers.journal import Journal
from eloss_plugins.trainers.rate import rate_factor
from eloss_plugins.trainers.result import RunResult
from eloss_plugins.trainers.run_folder import RunFolder
from eloss_plugins.trainers.session import Session
from eloss_plugins.trainers.signals import EXIT_CODES, StopRequest
from eloss_plugins.trainers.train_step import StepReport
from eloss_plugins.trainers.training_module import to_device
from eloss_plugins.trainers.validation import validate


@dataclass
class Sitting:
    """Trains a session until its last step, a signal, or a streak of non-finite batches.

    Attributes:
        session: what is trained.
        folder: of the run.
        request: what signals ask for.
        task: shows progress.
        last: newest values, for the result.
    """

    session: Session
    folder: RunFolder
    request: StopRequest
    task: Progress
    last: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.saved = -1
        self.state, self.config = self.session.state, self.session.config
        self.ranks = self.session.ranks
        self.journal = Journal(self.folder.metrics, self.task.say) if self.ranks.is_main else None

    def run(self, saved: int) -> RunResult:
        """Train, then say where the run stands.

        Args:
            saved: the step of the newest checkpoint; -1 if there is none.

        Raises:
            Refused: too many non-finite batches in a row; a checkpoint was saved.
            EnvironmentProblem: the last checkpoint could not be written.
        """
        self.saved, stop = saved, 0
        while self.state.step < self.session.total_steps and not stop:
            stop = self.ranks.largest(self.request.signal)
            if not stop:
                self._advance()
        if self.saved != self.state.step and self.state.step:
            self._save(last=True)
        return RunResult(
            path=self.folder.path,
            step=self.state.step,
            total_steps=self.session.total_steps,
            exit_code=EXIT_CODES.get(stop, 0),
            last=self.last,
            masked=self.state.streak.masked,
        )

    def note(self, text: str) -> None:
        """Show a remark and keep it in the journal."""
        self._event("remark", text=text)
        self.task.say(text)

    def _advance(self) -> None:
        """One step and what is due after it."""
        began = time.perf_counter()
        self._set_rate()
        report = self._step()
        self.state.step += 1
        self._record(report)
        self.state.seconds += time.perf_counter() - began
        is_last = self.state.step == self.session.total_steps
        if is_last or self.state.step % self.config.log_every == 0:
            self._log()
        if is_last or _is_due(self.state.step, self.config.valid_every):
            self._validate()
        self._stop_if_hopeless()
        if self._wants_checkpoint() and not is_last:
            self._save(last=False)

    def _step(self) -> StepReport:
        try:
            return self.session.train_step(self.state, self._next_batch())
        except PluginError as problem:
            raise PluginError(
                f"step {self.state.step + 1}: {problem}. The step was not taken; "
                "resume goes on from the last checkpoint"
            ) from problem

    def _set_rate(self) -> None:
        """The learning rate of the coming step, as `rate` has it."""
        config, total = self.config, self.session.total_steps
        factor = rate_factor(
            self.state.step, total, warmup=config.warmup, course=config.rate_course
        )
        for group in self.state.optimizer.param_groups:
            group["lr"] = (config.learning_rate or 0.0) * factor

    def _next_batch(self) -> Batch:
        data = self.session.parts.data
        chosen = self.state.order.next().numpy()[self.ranks.rank :: self.ranks.world]
        places = self.session.train_places[chosen]
        batch = collate(data.molecules, places, Elements(data.elements))
        return to_device(batch, self.ranks.device, self.session.dtype)

    def _record(self, report: StepReport) -> None:
        bad = bool(report.dropped)
        self.state.streak.record(report.dropped, bad=bad)
        self.state.means.add(report.terms, report.kept)
        if report.norm is not None:
            self.state.means.add({"grad_norm": report.norm})
        if bad:
            self._name(report.dropped)
        host.after_loss(self.session.parts.spec.target, self.state.step, report.terms)
        self.task.advance()

    def _name(self, dropped: list[int]) -> None:
        molecules = self.session.parts.data.molecules
        names = streak.names_of(dropped, molecules)
        self._event("non-finite", molecules=dropped, names=names)
        self.task.say(
            f"step {self.state.step}: left out, not finite: {streak.described(dropped, molecules)}"
        )

    def _log(self) -> None:
        means = self.state.means.take(self.ranks)
        self.last |= means
        extra: dict[str, Any] = {
            "epoch": self.state.order.epoch,
            "lr": self.state.optimizer.param_groups[0]["lr"],
            "clip_limit": self.state.queue.limit,
            "skipped": self.state.streak.masked,
            "seconds": round(self.state.seconds, 3),
        }
        self._write("train", {**means, **extra})
        self.task.advance(0, **{n: means[n] for n in ("loss", "error") if n in means})

    def _validate(self) -> None:
        if not len(self.session.valid_places):
            return
        found = validate(
            self.state.ema.module,
            self.session.parts.data,
            self.session.valid_places,
            self.config.batch_size,
            self.ranks,
        )
        measure = self.state.ema.module.measure
        self.last[measure] = found.value
        values = {measure: found.value, "molecules": found.molecules, "excluded": found.excluded}
        self._write("valid", values)
        self.task.advance(0, **{measure: found.value})

    def _wants_checkpoint(self) -> bool:
        asked = self.ranks.largest(int(self.request.save))
        self.request.save = False
        return bool(asked) or _is_due(self.state.step, self.config.checkpoint_every)

    def _stop_if_hopeless(self) -> None:
        limit = self.config.non_finite_limit
        if not limit or self.state.streak.length < limit:
            return
        self._event("stopped", reason="non-finite", molecules=self.state.streak.suspects)
        self._save(last=True)
        data = self.session.parts.data
        raise streak.too_many(self.state.streak, data.molecules, self.state.step)

    def _save(self, *, last: bool) -> None:
        """Save; a failure is told, and only the last one is an error."""
        content = self.session.to_checkpoint()
        problem = self.ranks.on_main(lambda: self._write_checkpoint(content))
        if problem is None:
            self.saved = self.state.step
            return
        self.note(f"step {self.state.step}: no checkpoint: {problem.strerror or problem}")
        if last:
            raise checkpoint.explain_failed_save(problem, self.folder.checkpoints)

    def _write_checkpoint(self, content: dict[str, Any]) -> OSError | None:
        try:
            checkpoint.save(self.folder.checkpoints, self.state.step, content)
        except OSError as problem:
            return problem
        checkpoint.prune(self.folder.checkpoints, self.config.keep_last)
        return None

    def _write(self, kind: str, values: dict[str, Any]) -> None:
        if self.journal is not None:
            self.journal.write({"step": self.state.step, "kind": kind, **values})

    def _event(self, event: str, **fields: Any) -> None:
        if self.journal is not None:
            self.journal.event(self.state.step, event, **fields)


def _is_due(step: int, every: int) -> bool:
    return every > 0 and step % every == 0
