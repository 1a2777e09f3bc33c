"""What Fabric has to know of where a process stands."""

import os

from lightning_fabric.plugins.environments.cluster_environment import ClusterEnvironment
from lightning_fabric.plugins.environments.slurm import SLURMEnvironment
from lightning_fabric.strategies.ddp import DDPStrategy
from torch import nn

from eloss_plugins.trainers.processes.surroundings import Surroundings

FIRST_PORT, PORTS = 15_000, 10_000  # for jobs of Slurm, by their number


class Placed(ClusterEnvironment):
    """A place among processes that are there already: Fabric starts none.

    Args:
        around: where this process stands.
    """

    def __init__(self, around: Surroundings) -> None:
        super().__init__()
        self.around = around

    @property
    def creates_processes_externally(self) -> bool:
        """Always."""
        return True

    @property
    def main_address(self) -> str:
        """Where the first process is."""
        nodes = os.environ.get("SLURM_STEP_NODELIST", "127.0.0.1")
        return os.environ.get("MASTER_ADDR") or SLURMEnvironment.resolve_root_node_address(nodes)

    @property
    def main_port(self) -> int:
        """Its port; under Slurm one that all processes of a job can work out."""
        job = int(os.environ.get("SLURM_JOB_ID") or 0)
        return int(os.environ.get("MASTER_PORT") or FIRST_PORT + job % PORTS)

    @staticmethod
    def detect() -> bool:
        """Never: it is made where it is wanted."""
        return False

    def world_size(self) -> int:
        """All processes."""
        return self.around.world

    def set_world_size(self, size: int) -> None:
        """It is known."""

    def global_rank(self) -> int:
        """Number of this process."""
        return self.around.rank

    def set_global_rank(self, rank: int) -> None:
        """It is known."""

    def local_rank(self) -> int:
        """Number of this process on its machine."""
        return self.around.local_rank

    def node_rank(self) -> int:
        """Number of this machine."""
        return self.around.rank // max(1, self.around.local_world)


class SideBySide(DDPStrategy):
    """Processes with a model each; their gradients are summed by `gradients.sum_over`."""

    def setup_module(self, module: nn.Module) -> nn.Module:  # type: ignore[override]
        """Nothing is wrapped around it."""
        return module
