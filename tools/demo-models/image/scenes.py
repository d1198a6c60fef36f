"""The mixture of training pictures.

    python scenes.py --sheet sheet.png    # shows 96 of them and prints their captions row by row
"""

import argparse
from pathlib import Path
from random import Random

import numpy

from captions import asked
from landscapes import landscape
from objects import one_object, two_objects
from sheet import save_sheet

KINDS = {one_object: 0.58, two_objects: 0.16, landscape: 0.26}


def scene(seed: int, index: int) -> tuple[numpy.ndarray, str]:
    """Picture number `index` of a seed's unlimited series, 64 x 64 x 3 bytes, and its caption."""
    chance = Random(f"{seed}/{index}")
    kind = chance.choices(list(KINDS), list(KINDS.values()))[0]
    canvas, caption = kind(chance)
    return canvas.pixels(), asked(chance, caption)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sheet", type=Path, required=True, help="PNG to write")
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    made = [scene(arguments.seed, index) for index in range(96)]
    save_sheet(arguments.sheet, [pixels for pixels, _ in made], columns=12)
    for row in range(0, 96, 12):
        print(" | ".join(caption for _, caption in made[row : row + 12]))


if __name__ == "__main__":
    main()
