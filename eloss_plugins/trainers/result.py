"""What a training run gives back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class RunResult:
    """The end of one sitting of a run.

    Attributes:
        path: the run's folder.
        step: optimizer steps done.
        total_steps: the step at which the run is complete.
        exit_code: 0, or 129, 130 and 143 after SIGHUP, SIGINT and SIGTERM.
        last: the last values of the journal: loss, nll, ...
        masked: molecules left out of steps because something was not finite.
    """

    path: Path
    step: int
    total_steps: int
    exit_code: int = 0
    last: Mapping[str, float] = field(default_factory=dict)
    masked: int = 0

    @property
    def complete(self) -> bool:
        """True if all steps are done."""
        return self.step >= self.total_steps
