"""Records CrossEncoder's scores for the rerank fixtures: packages/plugin-rerank/test/golden/scores.json.

The cases are packages/plugin-rerank/test/fixtures/cases.json: a fixture's folder, how its JSON files differ, and what is asked where it
is not request.json.
"""

import json
import shutil
import tempfile
from pathlib import Path

import torch
from safetensors.torch import save_file
from sentence_transformers import CrossEncoder
from transformers import AutoConfig, AutoModelForSequenceClassification

from embedding import FIXTURES as BERT, TOKENIZERS, VERSIONS
from embedding_settings import change
from fill import fill

TESTS = Path(__file__).parents[2] / "packages/plugin-rerank/test"
FIXTURES = TESTS / "fixtures"


def main():
    request = json.loads((FIXTURES / "request.json").read_text())
    cases = json.loads((FIXTURES / "cases.json").read_text())
    scores = {name: record(**{**request, **case}) for name, case in cases.items()}
    golden = json.dumps({"versions": VERSIONS, "scores": scores}, ensure_ascii=False, indent=1)
    (TESTS / "golden/scores.json").write_text(golden + "\n")


def record(folder, query, documents, json={}, prompt=None):
    with tempfile.TemporaryDirectory() as path:
        build(FIXTURES / folder, Path(path))
        for file, members in json.items():
            change(Path(path, file), members)
        model = CrossEncoder(path, device="cpu", model_kwargs={"dtype": torch.float32})
        return [float(model.predict([[query, document]], prompt_name=prompt)[0]) for document in documents]


def build(source, folder):
    """Writes a folder as it would be published. The encoder's own prefix does not count in the names that fill its weights."""
    config = AutoConfig.from_pretrained(source)
    shutil.copy(TOKENIZERS.get(config.model_type, BERT / "tokenizer.json"), folder / "tokenizer.json")
    shutil.copy(BERT / "tokenizer_config.json", folder)
    shutil.copytree(source, folder, dirs_exist_ok=True)
    with torch.device("meta"):
        model = AutoModelForSequenceClassification.from_config(config)
    prefix = f"{model.base_model_prefix}."
    shapes = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    weights = {key: torch.from_numpy(fill(key.removeprefix(prefix), shape)) for key, shape in shapes.items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


if __name__ == "__main__":
    main()
