"""Records sentence-transformers' vectors for the embedding fixtures: packages/plugin-embedding/test/golden/*.json."""

import base64
import json
import shutil
import sys
import tempfile
from pathlib import Path

import numpy as np
import sentence_transformers
import torch
import transformers
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from transformers import BertConfig, BertModel

from fill import fill

TESTS = Path(__file__).parents[2] / "packages/plugin-embedding/test"
FIXTURES, GOLDEN = TESTS / "fixtures", TESTS / "golden"
TEXTS = json.loads((FIXTURES / "texts.json").read_text())
VERSIONS = {module.__name__: module.__version__ for module in (torch, transformers, sentence_transformers)}
FEW = ["short", "chinese", "emoji", "paragraph", "full length"]
PROMPTS = {"e5-tiny": "query: "}


def main(names):
    for name in names or ["bge-tiny", "gte-tiny", "e5-tiny", "max-tiny", "bge-small", "e5-large"]:
        with tempfile.TemporaryDirectory() as folder:
            build(name, Path(folder))
            model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.float32})
            golden = {"versions": VERSIONS, **record(name, model)}
        (GOLDEN / f"{name}.json").write_text(json.dumps(golden, indent=1) + "\n")


def build(name, folder):
    """Writes a folder as it would be published. The formula fills its weights, in float16 where its config says so."""
    shutil.copytree(FIXTURES / name, folder, dirs_exist_ok=True)
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(FIXTURES / file, folder)
    config = json.loads((folder / "config.json").read_text())
    with torch.device("meta"):
        shapes = {key: tuple(value.shape) for key, value in BertModel(BertConfig(**config)).state_dict().items()}
    dtype = getattr(torch, config.get("dtype", "float32"))
    weights = {key: torch.from_numpy(fill(key, shape)).to(dtype) for key, shape in shapes.items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def record(name, model):
    full_size = name in ("bge-small", "e5-large")
    texts = FEW if full_size else list(TEXTS)
    vectors = {text: pack(alone(model, TEXTS[text])) for text in texts}
    if full_size:
        return {"vectors": vectors, "ids": pack(of_ids(model, spread_ids()))}
    overlong = TEXTS["full length"] + " and" * 20
    prompted = {text: pack(alone(model, PROMPTS[name] + TEXTS[text])) for text in FEW[:2]} if name in PROMPTS else {}
    return {"vectors": vectors, "prompted": prompted, "truncated": pack(alone(model, overlong))}


def alone(model, text):
    return model.encode([text], batch_size=1)[0]


def spread_ids():
    """Ids from all over a vocabulary of 30,522, also those that the fixtures' tokenizer does not know."""
    return [2, *((i * 7919 + 104) % 30522 for i in range(60)), 3]


@torch.inference_mode()
def of_ids(model, ids):
    ids = torch.tensor([ids])
    return model({"input_ids": ids, "attention_mask": torch.ones_like(ids)})["sentence_embedding"][0].numpy()


def pack(vector):
    assert np.isfinite(vector).all()
    return base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode()


if __name__ == "__main__":
    main(sys.argv[1:])
