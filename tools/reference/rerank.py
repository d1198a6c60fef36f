"""Records transformers' scores of the rerank example's pairs: examples/rerank-plugin/test/golden/scores.json."""

import json
import shutil
import tempfile
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoModelForSequenceClassification, AutoTokenizer, BertConfig, BertForSequenceClassification

from fill import fill

ROOT = Path(__file__).parents[2]
TESTS = ROOT / "examples/rerank-plugin/test"
TOKENIZER = ROOT / "packages/plugin-embedding/test/fixtures"


def main():
    with tempfile.TemporaryDirectory() as folder:
        build(Path(folder))
        model = AutoModelForSequenceClassification.from_pretrained(folder, dtype=torch.float32).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder)
    request = json.loads((TESTS / "fixture/request.json").read_text())
    golden = {
        "versions": {module.__name__: module.__version__ for module in (torch, transformers)},
        "scores": [score(model, tokenizer, request["query"], document) for document in request["documents"]],
    }
    (TESTS / "golden/scores.json").write_text(json.dumps(golden, indent=1) + "\n")


def build(folder):
    shutil.copy(TESTS / "fixture/config.json", folder)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(TOKENIZER / file, folder)
    config = BertConfig(**json.loads((folder / "config.json").read_text()))
    with torch.device("meta"):
        shapes = {key: tuple(value.shape) for key, value in BertForSequenceClassification(config).state_dict().items()}
    weights = {key: torch.from_numpy(fill(key, shape)) for key, shape in shapes.items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


@torch.inference_mode()
def score(model, tokenizer, query, document):
    pair = tokenizer(query, document, return_tensors="pt", truncation="longest_first", max_length=128)
    return torch.sigmoid(model(**pair).logits[0, 0]).item()


if __name__ == "__main__":
    main()
