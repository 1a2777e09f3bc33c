"""A run that trains nothing: `python sweep_stub.py SECONDS WORDS PARENT`."""

import json
import math
import os
import signal
import sys
import time
from pathlib import Path

STEPS = 8


def note(folder: Path, text: str) -> None:
    with (folder.parent.parent.parent / "runs.log").open("a") as stream:
        stream.write(f"{text} {folder.name}\n")


def main(seconds: float, commands: list[list[str]], parent: int) -> int:
    (words,) = commands
    given = dict(word[2:].split("=", 1) for word in words if "=" in word)
    folder, rate = Path(given["out"]), float(given["learning-rate"])
    if rate > 5e-2:
        print("eloss: the loss is not finite")
        return 3
    if (folder.parent.parent.parent / "full").exists():
        print("eloss: no space left")
        return 5
    folder.mkdir(parents=True, exist_ok=True)
    journal = folder / "metrics.jsonl"
    done = len(journal.read_text().splitlines()) if journal.exists() else 0
    if done == STEPS:
        return 0
    note(folder, "begins")
    for step in range(done + 1, STEPS + 1):
        time.sleep(seconds / STEPS)
        if os.getppid() != parent:
            return 143
        nll = (math.log10(rate) + 3) ** 2 + (STEPS - step) / STEPS
        with journal.open("a") as stream:
            stream.write(json.dumps({"step": step, "kind": "valid", "nll": nll}) + "\n")
    note(folder, "ends")
    return 0


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    sys.exit(main(float(sys.argv[1]), json.loads(sys.argv[2]), int(sys.argv[3])))
