"""`eloss graph check`: stored graphs, proved anew at the molecules."""

import argparse

import numpy as np

from eloss_plugins.cli import graph_text
from eloss_plugins.cli.graph_data import chosen
from eloss_plugins.cli.output import emit, emit_json
from eloss_plugins.cli.places import check_readable
from eloss_plugins.data.molecules import MoleculeSet
from eloss_plugins.errors import UsageError
from eloss_plugins.graphs import portable
from eloss_plugins.graphs.checking import Finding, check
from eloss_plugins.graphs.portable import GraphFile
from eloss_plugins.graphs.rigid.certificate import Certificate, Level
from eloss_plugins.graphs.structure import Structure
from eloss_plugins.progress import progress


def run(arguments: argparse.Namespace) -> int:
    """Verify every graph; exit code 1 where one does not hold."""
    check_readable(arguments.file)
    if arguments.file.is_dir():
        raise UsageError(f"{arguments.file} is a folder; name the file of graphs")
    file = portable.read(arguments.file)
    molecules = _molecules(arguments, file)
    findings = _findings(file, molecules)
    if arguments.json:
        content = graph_text.finding_entries(findings, molecules)
        emit_json({"file": arguments.file, "data": arguments.data, **content})
    else:
        emit(graph_text.checked(findings, molecules))
    return 1 if any(finding.wrong for finding in findings) else 0


def _molecules(arguments: argparse.Namespace, file: GraphFile) -> MoleculeSet:
    """Those of the data, else those in the file."""
    own = file.structures
    if arguments.data is None:
        if own.numbers is None:
            raise UsageError(f"{arguments.file} holds no elements; name the molecules as DATA")
        return MoleculeSet(own.positions, own.numbers, own.offsets, file.names)
    molecules = chosen(arguments.data).molecules
    if len(molecules) != len(own):
        raise UsageError(
            f"{arguments.file} holds graphs of {len(own)} molecules and {arguments.data} has "
            f"{len(molecules)}; name the data that the graphs were built of"
        )
    return molecules


def _findings(file: GraphFile, molecules: MoleculeSet) -> list[Finding]:
    findings = []
    with progress("checking graphs", len(molecules)) as task:
        for place in range(len(molecules)):
            findings.append(_finding(file, molecules, place))
            task.advance()
    return findings


def _finding(file: GraphFile, molecules: MoleculeSet, place: int) -> Finding:
    molecule, graph, own = molecules[place], file.graphs[place], file.structures[place]
    if graph.num_atoms != len(molecule):
        wrong = f"It is a graph of {graph.num_atoms} atoms; the molecule has {len(molecule)}."
        return Finding(Certificate(Level.NONE, 0.0, wrong), (wrong,))
    found = check(Structure(molecule.positions, molecule.numbers), graph)
    if own.numbers is not None and not np.array_equal(own.numbers, molecule.numbers):
        wrong = "It is a graph of other elements than the molecule has."
        return Finding(found.certificate, (*found.wrong, wrong))
    return found
