"""Run a training script as it is, seeded, and record every optimizer step.

    python driver.py STEPS SEED TRACE SCRIPT [ARGUMENTS ...]

After STEPS steps (0: at the script's own end) TRACE holds one line a step: the loss, and hashes of
the weights and of the random state. Two runs did the same when their traces are equal. The script
runs as `python SCRIPT ARGUMENTS` would; nothing of it is changed.
"""

import hashlib
import os
import random
import runpy
import sys
from pathlib import Path

import numpy as np
import torch
from torch.optim.optimizer import register_optimizer_step_post_hook


class Recorder:
    def __init__(self, steps: int, trace: Path) -> None:
        self.steps = steps
        self.trace = trace
        self.losses: list[float] = []
        self.lines: list[str] = []

    def after_step(self, optimizer: torch.optim.Optimizer, *_: object) -> None:
        weights = [p for group in optimizer.param_groups for p in group["params"]]
        self.lines.append(f"{self.losses[-1].hex()} {digest(weights)} {digest(random_state())}")
        if len(self.lines) == self.steps:
            self.finish()
            sys.stdout.flush()
            os._exit(0)

    def finish(self) -> None:
        self.trace.write_text("\n".join(self.lines) + "\n")


def digest(tensors: list[torch.Tensor]) -> str:
    state = hashlib.sha256()
    for tensor in tensors:
        state.update(tensor.detach().contiguous().numpy().tobytes())
    return state.hexdigest()


def random_state() -> list[torch.Tensor]:
    plain = repr((random.getstate(), np.random.get_state()[1].tolist()))
    return [torch.get_rng_state(), torch.frombuffer(bytearray(plain.encode()), dtype=torch.uint8)]


def main() -> None:
    steps, seed, trace, script, *arguments = sys.argv[1:]
    recorder = Recorder(int(steps), Path(trace))
    backward = torch.Tensor.backward

    def recorded(loss: torch.Tensor, *args: object, **kwargs: object) -> None:
        recorder.losses.append(float(loss.detach()))
        backward(loss, *args, **kwargs)

    torch.Tensor.backward = recorded
    register_optimizer_step_post_hook(recorder.after_step)
    random.seed(int(seed))
    np.random.seed(int(seed))
    torch.manual_seed(int(seed))
    torch.set_num_threads(1)
    sys.argv = [script, *arguments]
    sys.path[0] = str(Path(script).parent)
    runpy.run_path(script, run_name="__main__")
    recorder.finish()


if __name__ == "__main__":
    main()
