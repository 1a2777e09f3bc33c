"""Named settings of published experiments, as plain numbers.

`paper` is the formula as printed: no prefactor, no 1 / n. `balanced` is as large as a mean squared
error, for trainers that weigh other losses against it. `authors-edm` and `authors-jodo` are the
coefficients of the authors' two molecule trainers, `authors-shapes` those of their polygons.
`tuned` gives, for a trainer at hand, the learning rate and the weight that the authors found for
it. Sources: arXiv 2511.02087; the authors' code, github.com/kushasareen/energy_loss at a94d173.
"""

from collections.abc import Mapping
from dataclasses import dataclass

Value = float | str
Options = Mapping[str, Value]

DEFAULT_STIFFNESS = "exponential"
SOFTENING = 1e-5
"""Added to r (angstrom) and to r**2 (square angstrom) in the authors' inverse laws."""


@dataclass(frozen=True)
class Preset:
    """Options of losses and laws under one name.

    Attributes:
        name: as the user writes it.
        source: where the numbers come from.
        losses: options of each loss, by registered name.
        stiffness: options of each law, by registered name.
    """

    name: str
    source: str
    losses: Mapping[str, Options]
    stiffness: Mapping[str, Options]

    def options(self, loss: str, stiffness: str | None = None) -> dict[str, Value] | None:
        """Options of `loss` by full name, those of its law as `stiffness.option`.

        Args:
            loss: registered name of the loss.
            stiffness: registered name of the law of a loss that has one; `exponential` for None.

        Returns:
            None when the preset has nothing for this loss, or nothing for this law.
        """
        if loss not in self.losses:
            return None
        if loss != "energy":
            return dict(self.losses[loss])
        law = DEFAULT_STIFFNESS if stiffness is None else stiffness
        if law not in self.stiffness:
            return None
        named = {f"stiffness.{option}": value for option, value in self.stiffness[law].items()}
        return {"stiffness": law, **named, **self.losses[loss]}


@dataclass(frozen=True)
class Tuned:
    """What the authors found best for one loss in one trainer.

    Attributes:
        learning_rate: of Adam, at the paper's batch size and network.
        options: of the loss, by full name.
        source: where learning rate and weight are published.
    """

    learning_rate: float
    options: Options
    source: str = ""


PAPER = Preset(
    name="paper",
    source="arXiv 2511.02087, Eq. 7 with bare coefficients; pair potentials of unit depth",
    losses={
        "energy": {"reduction": "sum", "temperature": 1.0, "weight": 1.0},
        "mse": {"reduction": "mean", "weight": 1.0},
        "mae": {"reduction": "mean", "weight": 1.0},
        "kabsch": {"reduction": "mean", "weight": 1.0},
    },
    stiffness={
        "constant": {"prefactor": 1.0},
        "inverse": {"prefactor": 1.0, "length": 1.0, "epsilon": 0.0},
        "inverse-square": {"prefactor": 1.0, "length": 1.0, "epsilon": 0.0},
        "exponential": {"prefactor": 1.0, "length": 1.0},
        "lennard-jones": {"well_depth": 1.0, "epsilon": 0.0},
        "morse": {"well_depth": 1.0, "inverse_width": 1.0},
    },
)

EDM_STIFFNESS: Mapping[str, Options] = {
    "constant": {"prefactor": 1.0},
    "inverse": {"prefactor": 5.0, "epsilon": SOFTENING},
    "inverse-square": {"prefactor": 16.0, "epsilon": SOFTENING},
    "exponential": {"prefactor": 42.0},
    # 9 for bonded pairs, 9 / (r**2 + 1e-5) for all others: 72 * 0.125 = 9.
    "lennard-jones": {"bonded": 9.0, "well_depth": 0.125, "epsilon": SOFTENING},
}

AUTHORS_EDM = Preset(
    name="authors-edm",
    source="energy_loss a94d173, equivariant_diffusion/en_diffusion.py, get_energy_coeffs",
    losses={
        # The law sees distances over positions, one-hot / 4 and charge / norm together.
        "energy": {"reduction": "per_atom", "weight": 0.05, "distances": "features"},
        "mse": {"reduction": "per_channel", "weight": 1.0},
        "mae": {"reduction": "per_channel", "weight": 1.0},
        "kabsch": {"reduction": "per_channel", "weight": 0.8},
    },
    stiffness=EDM_STIFFNESS,
)

AUTHORS_JODO = Preset(
    name="authors-jodo",
    source="energy_loss a94d173, JODO energy_loss.py and losses.py",
    losses={
        "energy": {"reduction": "per_atom", "weight": 1.0},
        # JODO sums over atoms the mean over x, y and z.
        "mse": {"reduction": "sum", "weight": 1 / 3},
        "kabsch": {"reduction": "sum", "weight": 1 / 3},
    },
    stiffness={
        "constant": {"prefactor": 1.0},
        "inverse": {"prefactor": 3.7, "epsilon": SOFTENING},
        "inverse-square": {"prefactor": 9.0, "epsilon": SOFTENING},
        "exponential": {"prefactor": 24.0},
    },
)

BALANCED = Preset(
    name="balanced",
    source=(
        "ours: a small random error of positions counts as in the mean squared error, on QM7 and"
        " the bundled molecules; per atom E is the error squared times the mean over atoms of"
        " sum_j k_ij, which is 1.27 for exp(-d), 5.7 for 1 / d, 2.9 for 1 / d**2, 14 for 1"
    ),
    losses={
        "energy": {"reduction": "per_atom", "weight": 1.0},
        "mse": {"reduction": "mean", "weight": 1.0},
        "mae": {"reduction": "mean", "weight": 1.0},
        "kabsch": {"reduction": "mean", "weight": 1.0},
    },
    stiffness={
        "constant": {"prefactor": 0.07},
        "inverse": {"prefactor": 0.175, "epsilon": SOFTENING},
        "inverse-square": {"prefactor": 0.35, "epsilon": SOFTENING},
        "exponential": {"prefactor": 0.8},
    },
)

AUTHORS_SHAPES = Preset(
    name="authors-shapes",
    source="energy_loss a94d173, shape_generation/losses.py; arXiv 2511.02087, appendix C.1",
    losses={
        # Theirs is the mean over all n**2 ordered pairs, which is this one times 1 - 1 / n.
        "energy": {"reduction": "mean_pairs", "weight": 1.0},
        "mse": {"reduction": "mean", "weight": 1.0},
        "mae": {"reduction": "mean", "weight": 1.0},
        "kabsch": {"reduction": "mean", "weight": 1.0},
    },
    stiffness={
        "constant": {"prefactor": 1.0},
        "exponential": {"prefactor": 2.6},
    },
)

PRESETS: Mapping[str, Preset] = {
    preset.name: preset for preset in (PAPER, BALANCED, AUTHORS_EDM, AUTHORS_JODO, AUTHORS_SHAPES)
}

UNTUNED = frozenset({"flow-matching", "semlaflow", "tabasco"})
"""Trainers for which nobody has published numbers: `balanced` is what no options mean there."""

LEARNING_RATES: Mapping[str, Mapping[str, tuple[float, float]]] = {
    "gdm": {
        "constant": (9e-4, 0.05),
        "inverse": (7e-4, 0.05),
        "inverse-square": (6e-4, 0.05),
        "exponential": (4e-4, 0.05),
        "lennard-jones": (1.5e-3, 0.05),
        "mse": (1e-3, 1.5),
        "mae": (1e-3, 0.8),
        "kabsch": (8e-4, 0.8),
    },
    "edm": {
        "constant": (1e-4, 0.05),
        "inverse": (1e-4, 0.05),
        "inverse-square": (1e-4, 0.1),
        "exponential": (1e-4, 0.05),
        "lennard-jones": (1.6e-4, 0.05),
        "mse": (3e-4, 1.0),
        "mae": (3e-4, 1.0),
        "kabsch": (3e-4, 0.8),
    },
    "jodo": {
        "constant": (2e-4, 1.0),
        "inverse": (2e-4, 1.0),
        "inverse-square": (2e-4, 1.0),
        "exponential": (2e-4, 1.0),
        "mse": (2e-4, 1 / 3),
        "kabsch": (2e-4, 1 / 3),
    },
}
"""Learning rate and weight by trainer, then by law (energy) or loss. Printed values of the paper;
its released file has 4.5e-4 for the GDM's exponential law and 1.3e-4 to 1.5e-4 for EDM. JODO's are
those of its released configurations, which leave JODO's own learning rate as it is."""

SOURCES: Mapping[str, str] = {
    "gdm": "arXiv 2511.02087, table 6",
    "edm": "arXiv 2511.02087, table 7",
    "jodo": "energy_loss a94d173, JODO/configs",
}
"""Where the numbers of each trainer are published."""

RELEASED = "energy_loss a94d173, best_hyperparams.yaml"
OTHER_SOURCES = {("gdm", "lennard-jones"): RELEASED, ("edm", "lennard-jones"): RELEASED}
"""Where those are published that the tables do not have."""

SAME_AS = {"gdm-aug": "gdm"}
"""Trainers that differ in the data they see, not in the network, share their numbers."""

COEFFICIENTS = {"jodo": AUTHORS_JODO}
"""Where a trainer's options come from; `authors-edm` for those that are not here."""


def tuned(trainer: str, loss: str, stiffness: str | None = None) -> Tuned | None:
    """The authors' learning rate and options for a loss in a trainer.

    The coefficients are those of `authors-jodo` for JODO and of `authors-edm` for the others,
    there with distances over positions alone.

    Args:
        trainer: `gdm`, `gdm-aug`, `edm` or `jodo`.
        loss: registered name of the loss.
        stiffness: registered name of the law of a loss that has one; `exponential` for None.

    Returns:
        None where the authors report nothing.
    """
    law = DEFAULT_STIFFNESS if stiffness is None else stiffness
    named, entry = SAME_AS.get(trainer, trainer), law if loss == "energy" else loss
    found = LEARNING_RATES.get(named, {}).get(entry)
    options = COEFFICIENTS.get(trainer, AUTHORS_EDM).options(loss, law)
    if found is None or options is None:
        return None
    learning_rate, weight = found
    options.pop("distances", None)
    source = OTHER_SOURCES.get((named, entry), SOURCES[named])
    return Tuned(learning_rate, {**options, "weight": weight}, source)
