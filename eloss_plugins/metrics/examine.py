"""Everything that is asked of one molecule."""

from dataclasses import dataclass

from eloss_plugins.data.molecules import Molecule
from eloss_plugins.metrics.clashes import clashes
from eloss_plugins.metrics.stability import Stability, stability
from eloss_plugins.metrics.stated import Stated, stated
from eloss_plugins.metrics.validity import Validity, validity

FRAGMENTS = "fragments"
UNSTABLE_ATOMS = "unstable atoms"


@dataclass(frozen=True)
class Examination:
    """The findings on one molecule.

    Attributes:
        stability: by EDM's distance rule.
        validity: by RDKit.
        clashes: pairs of atoms closer than any bond.
        stated: by the bonds that it states; None where it states none.
    """

    stability: Stability
    validity: Validity
    clashes: int
    stated: Stated | None = None

    @property
    def complete(self) -> bool:
        """Valid and in one piece."""
        return self.validity.valid and self.stability.connected

    @property
    def stable_and_connected(self) -> bool:
        """Every atom stable, and all in one piece."""
        return self.stability.stable and self.stability.connected

    @property
    def failure(self) -> str | None:
        """The first reason why it is no molecule; None when valid, in one piece and stable."""
        if not self.validity.valid:
            return self.validity.reason
        if not self.stability.connected:
            return FRAGMENTS
        return None if self.stability.stable else UNSTABLE_ATOMS


def examine(molecule: Molecule) -> Examination:
    """Examine one molecule; whatever a generator may produce is answered, never refused."""
    found = stability(molecule)
    return Examination(
        found,
        validity(molecule, found.bonds),
        clashes(molecule),
        stated(molecule, found.bonds),
    )
