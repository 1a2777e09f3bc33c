"""`eloss checkpoint export`: a run as its upstream would have saved it."""

import argparse
from typing import TYPE_CHECKING

from eloss_plugins.cli.output import emit, emit_json, note, warn
from eloss_plugins.cli.places import check_output_file, check_run
from eloss_plugins.errors import Refused

if TYPE_CHECKING:
    from eloss_plugins.trainers.upstreams.upstream import Exported, Trained, Upstream


def run(arguments: argparse.Namespace) -> int:
    """Write, and say how upstream loads it."""
    check_run(arguments.source)
    trained = trained_run(arguments)
    upstream = _upstream(trained)
    for file in upstream.files(arguments.path):
        check_output_file(file, overwrite=arguments.overwrite)
    exported = upstream.write(arguments.path, trained)
    if arguments.json:
        emit_json({"upstream": upstream.name, "files": exported.files, "next": exported.remarks})
    else:
        _tell(upstream, exported)
    return 0


def trained_run(arguments: argparse.Namespace) -> "Trained":
    """The averaged weights of the run `arguments.source`, or of its checkpoint."""
    from eloss_plugins.trainers.parts import find_trainer, model_config
    from eloss_plugins.trainers.run import load_run
    from eloss_plugins.trainers.upstreams.upstream import Trained

    loaded = load_run(arguments.source)
    for remark in loaded.remarks:
        warn(remark)
    spec = find_trainer(loaded.config.trainer)
    config = model_config(spec, loaded.config.model)
    return Trained(spec, config, loaded.elements, loaded.model, loaded.step)


def _upstream(trained: "Trained") -> "Upstream":
    from eloss_plugins.trainers.upstreams import UPSTREAMS, upstream_of

    found = upstream_of(trained.spec.name)
    if found is None:
        raise Refused(
            f"no upstream loads models of {trained.spec.name}; those of {', '.join(UPSTREAMS)} can "
            "be exported"
        )
    return found


def _tell(upstream: "Upstream", exported: "Exported") -> None:
    emit(f"Written for {upstream.name}:")
    for file in exported.files:
        emit(f"  {file}")
    for remark in exported.remarks:
        note(remark)
