"""`eloss data`: a data set in the input format of another trainer."""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from eloss_plugins.cli import flags, values
from eloss_plugins.cli.output import emit, emit_json, note
from eloss_plugins.cli.parser import Parser
from eloss_plugins.cli.places import check_output_file
from eloss_plugins.data.exporters import EXPORTERS, exporter_of
from eloss_plugins.errors import Refused

if TYPE_CHECKING:
    from eloss_plugins.data.exporters.export import Exported
    from eloss_plugins.data.exporters.exporter import Exporter

NAME = "data"
SUMMARY = "Write a data set in the input format of another trainer."
ACTIONS = ("export",)


def configure(parser: Parser) -> None:
    """The flags of `data`."""
    parser.add_argument("action", choices=ACTIONS, help="what to do")
    parser.add_argument(
        "format", choices=tuple(EXPORTERS), metavar="FORMAT", help=", ".join(EXPORTERS)
    )
    parser.add_argument(
        "data", type=values.word, metavar="DATA", help="name or path of the molecules"
    )
    parser.add_argument(
        "--out", type=values.path, metavar="DIR", required=True, help="folder for the files"
    )
    parser.add_argument(
        "--drop-unknown",
        action="store_true",
        help="leave out the molecules that the trainer cannot take",
    )
    flags.add_overwrite(parser)
    flags.add_json(parser)


def run(arguments: argparse.Namespace) -> int:
    """Export, and say what was written."""
    exporter = exporter_of(arguments.format)
    _check_places(exporter, arguments.out, arguments.overwrite)
    exported = _export(arguments, exporter)
    if arguments.json:
        emit_json({"format": arguments.format, "data": arguments.data} | _entries(exported))
    else:
        _tell(exported, exporter)
    return 0


def _check_places(exporter: "Exporter", folder: Path, overwrite: bool) -> None:
    from eloss_plugins.data.exporters.export import derived

    for file in exporter.files:
        check_output_file(folder / file, overwrite=overwrite)
    old = derived(exporter, folder)
    if old and not overwrite:
        raise Refused(
            f"{old[0]} was made of other data and would be used again. Name another folder, or add "
            "--overwrite to remove it"
        )


def _export(arguments: argparse.Namespace, exporter: "Exporter") -> "Exported":
    from eloss_plugins.data.exporters.export import export
    from eloss_plugins.data.load import load

    data = load(arguments.data)
    return export(data, exporter, arguments.out, drop_unknown=arguments.drop_unknown)


def _entries(exported: "Exported") -> dict[str, object]:
    return {
        "folder": exported.folder,
        "files": exported.files,
        "molecules": exported.molecules,
        "dropped": exported.dropped,
        "reasons": exported.reasons,
        "remarks": exported.remarks,
        "next": exported.next_command,
    }


def _tell(exported: "Exported", exporter: "Exporter") -> None:
    counts = ", ".join(f"{count} {name}" for name, count in exported.molecules.items())
    emit(f"Written for {exporter.title} to {exported.folder}: {counts}")
    for file in exported.files:
        emit(f"  {file}")
    if exported.dropped:
        reasons = ", ".join(f"{count} {why}" for why, count in exported.reasons.items())
        emit(f"Left out: {exported.dropped} ({reasons})")
    for remark in exported.remarks:
        emit(remark)
    note("Next, in the upstream's checkout:")
    emit(exported.next_command)
