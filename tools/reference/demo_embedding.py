"""Records sentence-transformers' vectors of a few texts with the demo embedder: packages/demo-models/test/golden/demo-embedding.json."""

import json
from pathlib import Path

from sentence_transformers import SentenceTransformer

from embedding import VERSIONS, alone, pack

PACKAGE = Path(__file__).parents[2] / "packages/demo-models"
TEXTS = [
    "The quick brown fox jumps over the lazy dog.",
    "vicissitudes",
    "Où est le café, s'il vous plaît? 東京 🚀",
    "A text longer than the model takes: " + "one word after another, " * 40,
]


def main():
    model = SentenceTransformer(str(PACKAGE / "demo-embedding"), device="cpu")
    golden = {"versions": VERSIONS, "vectors": {text: pack(alone(model, text)) for text in TEXTS}}
    file = PACKAGE / "test/golden/demo-embedding.json"
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
