"""The random numbers of one training step of JODO."""

from dataclasses import dataclass

from torch import Tensor

from eloss_plugins.trainers.jodo_model.state import JointState


@dataclass(frozen=True)
class JointDraw:
    """The random numbers of one training step.

    Attributes:
        time: `(molecules,)`, from just above 0 to the end of the schedule.
        noise: on atoms and bonds.
        condition: whether the network sees its own first answer.
    """

    time: Tensor
    noise: JointState
    condition: bool

    def select(self, keep: Tensor) -> "JointDraw":
        """The draws of the molecules that `keep` (bool or indices) names."""
        noise = JointState(self.noise.atoms[keep], self.noise.bonds[keep])
        return JointDraw(self.time[keep], noise, self.condition)
