"""The environment variables through which the live suite gets what it runs on."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True)
class Given:
    """What one variable names.

    Attributes:
        what: in words.
        commit: on which the suite was run, short; empty for data.
    """

    what: str
    commit: str = ""


VARIABLES: Mapping[str, Given] = MappingProxyType(
    {
        "ELOSS_EDM": Given("a checkout of ehoogeboom/e3_diffusion_for_molecules", "fce07d7"),
        "ELOSS_AUTHORS": Given("a checkout of kushasareen/energy_loss", "a94d173"),
        "ELOSS_FORKS": Given("a folder of checkouts of forks of EDM"),
        "ELOSS_JODO": Given("a checkout of GRAPH-0/JODO", "0e6326a"),
        "ELOSS_SEMLAFLOW": Given("a checkout of rssrwn/semla-flow", "2f41e57"),
        "ELOSS_TABASCO": Given("a checkout of carlosinator/tabasco", "35d5ed8"),
        "ELOSS_ETFLOW": Given("a checkout of shenoynikhil/ETFlow", "80f82d7"),
        "ELOSS_QM7": Given("the molecules of QM7 as extended xyz, perhaps gzipped"),
    }
)
