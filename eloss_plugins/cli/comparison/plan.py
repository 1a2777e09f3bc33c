"""What is compared: the losses that enter, and everything that they have in common."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from eloss_plugins.cli.comparison import learning
from eloss_plugins.cli.settings import as_text
from eloss_plugins.cli.values import LARGEST_SEED
from eloss_plugins.errors import UsageError
from eloss_plugins.slug import slug

DEFAULT_DATA = "bundled"
SAMPLE_SEED_OFFSET = 1_000_000  # samples of seed s use a stream that no training uses


@dataclass(frozen=True)
class Entrant:
    """A loss as it enters.

    Attributes:
        label: its name in the comparison: what the user wrote, `energy/stiffness=inverse`, or
            `energy` alone where no other entrant is of that loss.
        loss: registered name.
        options: of the loss.
        learning_rate: None for the trainer's own rate for this loss.
    """

    label: str
    loss: str
    options: Mapping[str, str] = field(default_factory=dict)
    learning_rate: float | None = None

    @property
    def slug(self) -> str:
        """The label as the name of a folder."""
        return slug(self.label)


@dataclass(frozen=True)
class Common:
    """What is the same for every loss: this is what makes the comparison fair.

    Attributes:
        model: registered trainer.
        settings: of training, by key, without loss, learning rate, seed and folder.
        samples: molecules that each run generates.
        sample_steps: of the reverse process; None for those of the training.
        sample_batch: molecules generated together.
        curve_samples: molecules from each earlier checkpoint; 0 for no learning curve.
        sample_options: how the model samples; None for what its settings say.
    """

    model: str
    settings: Mapping[str, Any]
    samples: int
    sample_steps: int | None = None
    sample_batch: int = 100
    curve_samples: int = 0
    sample_options: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        self.curve_points()

    def curve_points(self) -> tuple[int, ...]:
        """Steps before the last one whose molecules are judged as well.

        Raises:
            UsageError: the settings do not leave the checkpoints for it.
        """
        if not self.curve_samples:
            return ()
        given = self.settings.get
        return learning.points(given("steps"), given("checkpoint_every"), given("keep_last"))


@dataclass(frozen=True)
class Grid:
    """The sweep that each loss gets, the same for all.

    Attributes:
        rates: learning rates.
        weights: factors on the loss's own preset weight.
        steps: of each short run.
        samples: molecules that each short run generates.
        seed: of the short runs, none of those compared.
    """

    rates: tuple[float, ...]
    weights: tuple[float, ...] = (1.0,)
    steps: int = 1000
    samples: int = 200
    seed: int = 999_983


@dataclass(frozen=True)
class Plan:
    """A whole comparison."""

    common: Common
    entrants: tuple[Entrant, ...]
    seeds: tuple[int, ...]
    grid: Grid | None = None

    def __post_init__(self) -> None:
        slugs = [entrant.slug for entrant in self.entrants]
        if len(set(slugs)) != len(slugs):
            raise UsageError(f"expected different losses; got {', '.join(slugs)}")
        if self.grid is not None and self.grid.seed in self.seeds:
            raise UsageError(f"seed {self.grid.seed} is the sweep's; compare other seeds")

    def to_json(self) -> dict[str, Any]:
        """Plain values; equal plans give equal ones."""
        return asdict(self)


@dataclass(frozen=True)
class Job:
    """One run: train, sample, evaluate.

    Attributes:
        name: for people.
        folder: of the run.
        entrant: which loss.
        seed: of weights, noise and data order.
        words: commands of `eloss`, one after the other.
        steps: of training; None when epochs decide.
        curve_points: steps before the last one that are judged as well.
    """

    name: str
    folder: Path
    entrant: Entrant
    seed: int
    words: tuple[tuple[str, ...], ...]
    steps: int | None
    curve_points: tuple[int, ...] = ()

    @property
    def result(self) -> Path:
        """Written last: where it stands, the run is finished."""
        return self.folder / "evaluation.json"


def entrant(text: str) -> Entrant:
    """`NAME` or `NAME/option=value/option=value`.

    Raises:
        UsageError: the text is something else.
    """
    loss, *pairs = text.strip().split("/")
    options = dict(pair.partition("=")[::2] for pair in pairs)
    if not loss or not all(options.values()) or len(options) != len(pairs):
        raise UsageError(f"expected NAME or NAME/option=value/...; got {text!r}")
    return Entrant(text.strip(), loss, options)


def shortened(entrants: tuple[Entrant, ...]) -> tuple[Entrant, ...]:
    """The entrants, called by their loss alone where that tells them apart."""
    losses = [entrant.loss for entrant in entrants]
    return tuple(
        replace(entrant, label=entrant.loss) if losses.count(entrant.loss) == 1 else entrant
        for entrant in entrants
    )


def job(common: Common, entrant: Entrant, seed: int, folder: Path) -> Job:
    """The run of one loss with one seed."""
    steps = common.settings.get("steps")
    words = (
        train_words(common, entrant, seed, folder),
        *(words for step in common.curve_points() for words in _point(common, seed, folder, step)),
        sample_words(common, seed, folder),
        evaluate_words(common, folder, folder / "evaluation.json"),
    )
    name = f"{entrant.label} seed {seed}"
    return Job(name, folder, entrant, seed, words, steps, common.curve_points())


def train_words(common: Common, entrant: Entrant, seed: int, folder: Path) -> tuple[str, ...]:
    """The command that trains a loss; on a run that is there it goes on with it."""
    options = ",".join(f"{name}={value}" for name, value in entrant.options.items())
    own = {
        "loss_plugin": entrant.loss,
        "loss_options": options or None,
        "learning_rate": entrant.learning_rate,
        "seed": seed,
        "out": folder,
    }
    return ("train", common.model, "--resume", *as_flags({**common.settings, **own}))


def _point(common: Common, seed: int, folder: Path, step: int) -> tuple[tuple[str, ...], ...]:
    """The commands that judge one point of the learning curve."""
    made = learning.molecules(folder, step)
    fewer = replace(common, samples=common.curve_samples)
    sample = sample_words(fewer, seed, learning.checkpoint(folder, step))
    return (
        (*sample, f"--output={made}"),
        evaluate_words(common, made, learning.record(folder, step)),
    )


def evaluate_words(common: Common, what: Path, record: Path) -> tuple[str, ...]:
    """The command that judges molecules, of a file or of a run's end."""
    reference = f"--reference={common.settings.get('data', DEFAULT_DATA)}"
    return ("evaluate", str(what), reference, f"--json={record}", "--overwrite")


def sample_words(common: Common, seed: int, run: Path) -> tuple[str, ...]:
    """The command that makes molecules with a run, or with one of its checkpoints."""
    given = {
        "count": common.samples,
        "seed": (SAMPLE_SEED_OFFSET + seed) % (LARGEST_SEED + 1),
        "sample_batch": common.sample_batch,
        "sample_steps": common.sample_steps,
        "sample_options": common.sample_options,
        "accelerator": common.settings.get("accelerator"),
    }
    return ("sample", str(run), "--overwrite", *as_flags(given))


def as_flags(settings: Mapping[str, Any]) -> list[str]:
    """Settings by key as words of the command line; None stays out."""
    words: list[str] = []
    for key, value in settings.items():
        if value is not None:
            words.append(f"--{key.replace('_', '-')}={as_text(value)}")
    return words
