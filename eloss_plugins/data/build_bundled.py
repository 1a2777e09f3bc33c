"""Makes the bundled set: `python -m eloss_plugins.data.build_bundled --out DIR`.

Graphs, geometries, checks, file. Each molecule depends on its SMILES and the seed alone, so the
result is the same on any number of cores, and an interrupted run goes on where it stopped.
"""

import argparse
import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from rdkit import rdBase

from eloss_plugins.chem.silence import silence
from eloss_plugins.data.builder.candidates import Plan, candidates, heavy_atoms_of
from eloss_plugins.data.builder.conformer import Refiner, embed, refine_xtb
from eloss_plugins.data.builder.verify import verdict
from eloss_plugins.data.bundle import Bundle
from eloss_plugins.data.molecules import Molecule
from eloss_plugins.progress import progress

LARGEST_LISTED = 4  # heavy atoms of the dropped molecules that are named
ATTEMPTS = 3  # conformers tried before a molecule is dropped
REFINERS: dict[str, Refiner | None] = {"gfn2-xtb": refine_xtb, "mmff94": None}


@dataclass(frozen=True)
class Outcome:
    """One candidate's fate: a geometry, or the reason why there is none."""

    smiles: str
    dropped: str | None
    numbers: tuple[int, ...] = ()
    positions: tuple[tuple[float, ...], ...] = ()


def make(smiles: str, geometry: str, seed: int) -> Outcome:
    """Embed, refine and check one molecule, trying again with other conformers if it fails."""
    reason = None
    for attempt in range(ATTEMPTS):
        token = f"{seed}/{attempt}/{smiles}"
        found = _geometry(smiles, REFINERS[geometry], _number(token) % 2**31)
        reason = "no geometry" if found is None else verdict(found, smiles)
        if found is not None and reason is None:
            placed = _placed(found.positions, _number(token))
            return Outcome(smiles, None, tuple(map(int, found.numbers)), tuple(map(tuple, placed)))
    return Outcome(smiles, reason)


def _geometry(smiles: str, refine: Refiner | None, seed: int) -> Molecule | None:
    start = embed(smiles, seed)
    return start if start is None or refine is None else refine(start)


def _number(token: str) -> int:
    return int.from_bytes(hashlib.sha256(token.encode()).digest()[:8], "little")


def _placed(positions: NDArray[np.float64], seed: int) -> list[list[float]]:
    """Centred and turned at random, so that no orientation is special; whole steps of 1e-4."""
    rng = np.random.default_rng(seed)
    rotation, upper = np.linalg.qr(rng.normal(size=(3, 3)))
    rotation = rotation * np.sign(np.diag(upper))
    rotation[:, 0] *= np.linalg.det(rotation)
    turned: list[list[float]] = np.round((positions - positions.mean(0)) @ rotation, 4).tolist()
    return turned


def build(plan: Plan, geometry: str, jobs: int, journal: Path) -> list[Outcome]:
    """Every candidate's outcome, in the order of `candidates`; finished ones are read back."""
    with silence():
        wanted = candidates(plan)
    done = {outcome.smiles: outcome for outcome in _read(journal)}
    missing = [smiles for smiles in wanted if smiles not in done]
    with progress("geometries", len(missing)) as bar, journal.open("a") as log:
        for outcome in _outcomes(partial(make, geometry=geometry, seed=plan.seed), missing, jobs):
            log.write(json.dumps(asdict(outcome)) + "\n")
            done[outcome.smiles] = outcome
            bar.advance()
    return [done[smiles] for smiles in wanted]


def _outcomes(
    work: Callable[[str], Outcome], smiles: Iterable[str], jobs: int
) -> Iterator[Outcome]:
    if jobs == 1:
        with silence():
            yield from map(work, smiles)
        return
    with get_context("spawn").Pool(jobs, initializer=_prepare_worker) as pool:
        yield from pool.imap_unordered(work, smiles, chunksize=8)


def _prepare_worker() -> None:
    """One thread a process, set before tblite is loaded; no word from RDKit."""
    for library in ("OMP", "OPENBLAS", "MKL"):
        os.environ[f"{library}_NUM_THREADS"] = "1"
    rdBase.DisableLog("rdApp.*")


def _read(journal: Path) -> Iterator[Outcome]:
    if not journal.exists():
        return
    for line in journal.read_text().splitlines():
        try:
            yield Outcome(**json.loads(line))
        except (ValueError, TypeError):  # the line that an interruption cut short
            continue


def pack(outcomes: Iterable[Outcome]) -> Bundle:
    """The kept molecules as stored arrays."""
    kept = [outcome for outcome in outcomes if outcome.dropped is None]
    return Bundle.pack(
        [outcome.smiles for outcome in kept],
        [np.array(outcome.numbers, dtype=np.int64) for outcome in kept],
        [np.array(outcome.positions, dtype=np.float64) for outcome in kept],
    )


def _table(outcomes: Iterable[Outcome]) -> Iterator[str]:
    """Molecules by heavy atoms, and what was dropped why, as the card shows them."""
    sized = [(heavy_atoms_of(outcome.smiles), outcome) for outcome in outcomes]
    kept = Counter(size for size, outcome in sized if outcome.dropped is None)
    dropped = Counter(size for size, outcome in sized if outcome.dropped)
    yield "| heavy atoms | molecules | dropped |"
    yield from (f"| {size} | {kept[size]} | {dropped[size]} |" for size in sorted(kept | dropped))
    for reason, count in Counter(o.dropped for _, o in sized if o.dropped).most_common():
        yield f"{count} dropped: {reason}"
    small = [f"`{o.smiles}`" for size, o in sized if o.dropped and size <= LARGEST_LISTED]
    yield f"dropped up to {LARGEST_LISTED} heavy atoms: {' '.join(small)}"


def main(argv: list[str] | None = None) -> None:
    """Build the set and print its counts."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--out", type=Path, required=True, help="folder for molecules.npz")
    parser.add_argument("--geometry", choices=sorted(REFINERS), default="gfn2-xtb")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args(argv)
    arguments.out.mkdir(parents=True, exist_ok=True)
    journal = arguments.out / f"outcomes-{arguments.geometry}-{arguments.seed}.jsonl"
    outcomes = build(Plan(seed=arguments.seed), arguments.geometry, arguments.jobs, journal)
    bundle = pack(outcomes)
    bundle.save(arguments.out / "molecules.npz")
    print(f"{len(bundle.sizes):,} molecules, content sha256 {bundle.content_hash()}")
    print("\n".join(_table(outcomes)))


if __name__ == "__main__":
    main()
