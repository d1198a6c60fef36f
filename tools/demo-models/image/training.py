"""The parts that both trainings share: checkpoints, the learning rate, the options."""

import argparse
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import torch


class Checkpoint:
    """The state that a training continues from, in one file that is replaced in one move."""

    def __init__(self, file: Path, **parts: object) -> None:
        self.file = file
        self.parts = parts

    def save(self, step: int) -> None:
        self.file.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.file.with_suffix(".unfinished")
        torch.save({"step": step} | {name: part.state_dict() for name, part in self.parts.items()}, unfinished)
        unfinished.replace(self.file)

    def load(self) -> int:
        """Loads the state. Returns the step to continue with, 0 without a file."""
        if not self.file.exists():
            return 0
        saved = torch.load(self.file, map_location="cpu", weights_only=True)
        for name, part in self.parts.items():
            part.load_state_dict(saved[name])
        return saved["step"]


class Rhythm:
    """Counts the steps, and says when to save: every few minutes, at the end, and after SIGINT or SIGTERM."""

    def __init__(self, first: int, steps: int, minutes: float) -> None:
        self.first = first
        self.steps = steps
        self.seconds = 60 * minutes
        self.stopping = False
        for name in (signal.SIGINT, signal.SIGTERM):
            signal.signal(name, self._stop)

    def __iter__(self) -> Iterator[tuple[int, bool]]:
        """Pairs of step and whether to save after it."""
        saved = time.monotonic()
        for step in range(self.first, self.steps):
            last = step + 1 == self.steps
            due = last or self.stopping or time.monotonic() - saved > self.seconds
            if due:
                saved = time.monotonic()
            yield step, due
            if due and self.stopping:
                return

    def _stop(self, *_: object) -> None:
        self.stopping = True


def rate_at(step: int, steps: int, peak: float, warm_up: int = 100, falling: float = 0.4) -> float:
    """The learning rate: it rises to its peak in `warm_up` steps, stays level, and falls to a fiftieth over the last steps."""
    rising = min(1, (step + 1) / warm_up)
    left = min(1, (1 - step / steps) / falling)
    return peak * rising * (0.02 + 0.98 * left)


def add_arguments(parser: argparse.ArgumentParser, steps: int, batch: int, rate: float) -> None:
    """The options that both trainings have."""
    parser.add_argument("--work", type=Path, required=True, help="folder of this training")
    parser.add_argument("--steps", type=int, default=steps, help="steps in all, including those of an interrupted run")
    parser.add_argument("--batch", type=int, default=batch)
    parser.add_argument("--rate", type=float, default=rate, help="highest learning rate")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--save-minutes", type=float, default=3, help="minutes between checkpoints")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
