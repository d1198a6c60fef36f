"""Records transformers' probabilities for the classify example: examples/classify-plugin/test/golden/probabilities.json."""

import json
import tempfile
from pathlib import Path

import torch
from transformers import AutoModelForSequenceClassification, AutoTokenizer

from embedding import VERSIONS
from rerank import build

TESTS = Path(__file__).parents[2] / "examples/classify-plugin/test"


def main():
    with tempfile.TemporaryDirectory() as folder:
        build(TESTS / "fixture", Path(folder))
        model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = json.loads((TESTS / "fixture/texts.json").read_text())
    golden = {"versions": VERSIONS, "probabilities": [probabilities(model, tokenizer, text) for text in texts]}
    (TESTS / "golden/probabilities.json").write_text(json.dumps(golden, indent=1) + "\n")


@torch.inference_mode()
def probabilities(model, tokenizer, text):
    logits = model(**tokenizer(text, return_tensors="pt", truncation=True, max_length=128)).logits[0]
    return torch.softmax(logits, dim=-1).tolist()


if __name__ == "__main__":
    main()
