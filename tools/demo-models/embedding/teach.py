"""Writes the teacher's vectors of the texts: vectors.f16, a row of 384 for each text. Started again, it continues.

python teach.py --work work --threads 2
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from teacher import teacher

DIMENSIONS, CHUNK = 384, 4096


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work"))
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    texts = json.loads((arguments.work / "texts.json").read_text())["train"]
    model = teacher(arguments.device)
    start = time.time()
    with (arguments.work / "vectors.f16").open("ab") as file:
        file.truncate(first := file.tell() // (2 * DIMENSIONS * CHUNK) * 2 * DIMENSIONS * CHUNK)
        for at in range(first // (2 * DIMENSIONS), len(texts), CHUNK):
            with torch.autocast(arguments.device, torch.bfloat16):
                vectors = model.encode(texts[at : at + CHUNK], batch_size=64, show_progress_bar=False)
            file.write(vectors.astype(np.float16).tobytes())
            print(f"{min(at + CHUNK, len(texts))} of {len(texts)} texts, {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
