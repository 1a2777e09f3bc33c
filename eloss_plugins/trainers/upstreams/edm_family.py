"""EDM's repository as an upstream: output folders of its two networks."""

from pathlib import Path

from eloss_plugins.errors import Refused, UsageError
from eloss_plugins.trainers.upstreams.edm import (
    ARGUMENTS,
    AVERAGED,
    WEIGHTS,
    export_upstream,
    import_upstream,
)
from eloss_plugins.trainers.upstreams.edm_arguments import from_arguments
from eloss_plugins.trainers.upstreams.namespace import read_namespace
from eloss_plugins.trainers.upstreams.upstream import Exported, Trained, Upstream, Wanted


class EdmFamily(Upstream):
    """Output folders of `main_qm9.py` and `main_geom_drugs.py`.

    Args:
        name: on the command line.
        trainers: names of the reference trainers with this network.
    """

    def __init__(self, name: str, trainers: tuple[str, ...]) -> None:
        self.name = name
        self.trainers = trainers

    def recognises(self, path: Path) -> bool:
        """Whether it is a folder with upstream's arguments, which do not name another network."""
        if not (path / ARGUMENTS).is_file():
            return False
        try:
            described = from_arguments(read_namespace(path / ARGUMENTS))
        except Refused:
            return True  # reading it says why
        return described.spec.name in self.trainers

    def read(self, path: Path, wanted: Wanted) -> Trained:
        """The model in an output folder; its arguments say all about it."""
        if wanted.settings:
            raise UsageError(
                f"a checkpoint of {self.name} says its own settings in {ARGUMENTS}; leave out "
                f"{', '.join(sorted(wanted.settings))}"
            )
        found = import_upstream(path, averaged=wanted.averaged)
        described = found.described
        if described.spec.name not in self.trainers:
            raise Refused(
                f"{path} holds a model of {described.spec.name}, not of {self.name}; name the "
                "upstream that it is of"
            )
        kept = (
            () if described.uses_ema else ("the run kept no average: these are its last weights",)
        )
        return Trained(
            described.spec, described.config, described.elements, found.model, remarks=kept
        )

    def files(self, path: Path) -> tuple[Path, ...]:
        """Arguments and both files of weights."""
        return path / ARGUMENTS, path / WEIGHTS, path / AVERAGED

    def write(self, path: Path, trained: Trained) -> Exported:
        """An output folder for `eval_sample.py` and `eval_analyze.py`."""
        export_upstream(path, trained.model, trained.spec, trained.config, trained.elements)
        how = f"in the checkout: python eval_analyze.py --model_path {path.resolve()}"
        return Exported(self.files(path), (how,))


EDM = EdmFamily("edm", ("edm",))
GDM = EdmFamily("gdm", ("gdm", "gdm-aug"))
