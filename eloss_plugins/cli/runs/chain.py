"""Several `eloss` commands in one process: the start, the longest part of short ones, counts once.

Run as `python -m eloss_plugins.cli.runs.chain '[["train", ...], ["sample", ...]]' PARENT`, with the
number of the process to end with; its own parent without one.
"""

import json
import os
import signal
import sys
import threading
import time
from collections.abc import Sequence

from eloss_plugins.cli.main import main

PATIENCE_SECONDS = 1.0


def run(commands: Sequence[Sequence[str]]) -> int:
    """Each command after the one before it has succeeded; the last exit code."""
    for words in commands:
        print(f"$ eloss {' '.join(words)}", file=sys.stderr, flush=True)
        code = main(words)
        if code:
            return code
    return 0


def stop_with(parent: int) -> None:
    """Ask this process to save and stop when `parent` is gone, however it went."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(PATIENCE_SECONDS)
        os.kill(os.getpid(), signal.SIGTERM)

    threading.Thread(target=watch, daemon=True).start()


if __name__ == "__main__":
    stop_with(int(sys.argv[2]) if len(sys.argv) > 2 else os.getppid())
    sys.exit(run(json.loads(sys.argv[1])))
