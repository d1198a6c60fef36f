"""Draws the training pictures once: WORK/pictures.npy (N x 64 x 64 x 3 bytes) and WORK/captions.txt (a line each).

    python dataset.py --work WORK --pictures 40000

The same seed gives the same pictures for any number of processes.
"""

import argparse
from functools import partial
from multiprocessing import Pool
from pathlib import Path

import numpy

from canvas import SIZE
from scenes import scene


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder of this training")
    parser.add_argument("--pictures", type=int, default=40_000)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--processes", type=int, help="default: the number of cores")
    arguments = parser.parse_args()

    arguments.work.mkdir(parents=True, exist_ok=True)
    pictures = numpy.lib.format.open_memmap(
        arguments.work / "pictures.npy", "w+", dtype="uint8", shape=(arguments.pictures, SIZE, SIZE, 3)
    )
    captions = []
    with Pool(arguments.processes) as pool:
        drawn = pool.imap(partial(scene, arguments.seed), range(arguments.pictures), chunksize=100)
        for index, (pixels, caption) in enumerate(drawn):
            pictures[index] = pixels
            captions.append(caption)
    pictures.flush()
    (arguments.work / "captions.txt").write_text("\n".join(captions) + "\n")


if __name__ == "__main__":
    main()
