"""Records torch's CPU randn: packages/plugin-diffusion/test/golden/noise.json."""

import json
from pathlib import Path

import numpy as np
import torch

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden"
SEEDS = [0, 1, 42, 2**32 - 1, 2**32 + 5, 2**63 - 1, 2**64 - 1, -5]
SIZES = [*range(1, 41), 64, 1000, 16384]
MIXED = [3, 16, 1, 17, 2, 31, 5, 5, 64, 1, 15, 33]


def numbers(values):
    return [float(f"{value:.8g}") for value in values.tolist()]


def draw(count, seed):
    return torch.randn(count, generator=torch.Generator("cpu").manual_seed(seed))


def summary(values):
    """Parts of a long draw that show any difference: both ends, the sum, and a sum that depends on the order."""
    wide = values.double().numpy()
    return {
        "head": numbers(values[:16]),
        "tail": numbers(values[-16:]),
        "sum": float(wide.sum()),
        "ordered": float((wide * np.arange(1, len(wide) + 1)).sum() / len(wide)),
    }


def main():
    generator = torch.Generator("cpu").manual_seed(42)
    golden = {
        "versions": {"torch": torch.__version__},
        "seeds": [{"seed": str(seed), "values": numbers(draw(20, seed))} for seed in SEEDS],
        "sizes": [
            {"size": size, "values": numbers(draw(size, 7))} if size <= 40
            else {"size": size, **summary(draw(size, 7))}
            for size in SIZES
        ],
        "mixed": [numbers(torch.randn(count, generator=generator)) for count in MIXED],
    }
    (GOLDEN / "noise.json").write_text(json.dumps(golden) + "\n")


if __name__ == "__main__":
    main()
