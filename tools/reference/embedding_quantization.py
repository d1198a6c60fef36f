"""Records what sentence-transformers' quantize_embeddings makes of vectors: packages/plugin-embedding/test/golden/quantization.json."""

import json
from pathlib import Path

import numpy as np
import sentence_transformers
from sentence_transformers.util import quantize_embeddings

from embedding import pack
from fill import fill

GOLDEN = Path(__file__).parents[2] / "packages/plugin-embedding/test/golden/quantization.json"
DIMENSIONS = 64


def main():
    vectors = fill("vectors", (6, DIMENSIONS))
    vectors[:4] /= np.linalg.norm(vectors[:4], axis=1, keepdims=True)
    # The ends of the ranges, zeros of both signs, and numbers beyond.
    vectors[0, :8] = [0, -0.0, 1, -1, 0.3, -0.3, np.nextafter(np.float32(0), np.float32(1)), 2]
    spread = np.abs(fill("spread", (2, DIMENSIONS))) + np.float32(0.01)
    lists = [(-spread[0]).tolist(), spread[1].tolist()]
    ranges = {"of unit vectors": [-128.5 / 127, 126.5 / 127], "two numbers": [-0.3, 0.3], "lists": lists}
    cases = [{"ranges": named, **of(vectors, named)} for named in ranges.values()]
    binary = {name: quantize_embeddings(vectors, name).tolist() for name in ("binary", "ubinary")}
    golden = {
        "versions": {"sentence_transformers": sentence_transformers.__version__, "numpy": np.__version__},
        "vectors": [pack(vector) for vector in vectors],
        "ranged": dict(zip(ranges, cases)),
        "binary": binary,
    }
    GOLDEN.write_text(json.dumps(golden) + "\n")


def of(vectors, ranges):
    low, high = (np.broadcast_to(np.asarray(each, np.float32), DIMENSIONS) for each in ranges)
    both = np.stack([low, high])
    return {name: quantize_embeddings(vectors, name, ranges=both).tolist() for name in ("int8", "uint8")}


if __name__ == "__main__":
    main()
