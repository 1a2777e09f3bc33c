"""Record what SemlaFlow computes for its loss of coordinates.

Run from the root of the repository, where SemlaFlow's packages are installed:

    ELOSS_SEMLAFLOW=path/to/semla-flow python tests/regression/record_semlaflow.py

It writes semlaflow_losses.npz beside itself: numbers only, with the commit. Molecules and the
prediction are random and made here; noise, times and the path between them are upstream's.
"""

import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import records
from upstream_semlaflow import run

COMMIT = "2f41e571b38c64d44786c04e7a116078b29d3585"


def main() -> None:
    found = run(Path(os.environ["ELOSS_SEMLAFLOW"]))
    records.save("semlaflow_losses", COMMIT, vars(found))


if __name__ == "__main__":
    main()
