"""Records sentence-transformers' vectors for embedders with rotary positions: packages/plugin-embedding/test/golden/*.json.

Each folder is written as transformers saves the model that its config.json describes, with the formula's weights. Weights of
nomic_bert have their author's names then, which transformers gives them back when it saves.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import save_file
from sentence_transformers import SentenceTransformer
from transformers import AutoConfig, AutoModel

from embedding import FEW, FIXTURES, GOLDEN, TEXTS, VERSIONS, alone, of_ids, pack
from fill import fill

TINY = ["modernbert-tiny", "nomic-tiny", "qwen3-tiny"]
FULL = ["modernbert-base", "nomic-base", "qwen3-0.6b"]
LENGTHS = [30, 150, 3000]
QWEN3 = "Instruct: Given a web search query, retrieve relevant passages that answer the query\nQuery:"
PROMPTS = {"nomic-tiny": "search_query: ", "qwen3-tiny": QWEN3}


def main(names):
    for name in names or TINY + FULL:
        with tempfile.TemporaryDirectory() as folder:
            build(name, Path(folder))
            model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.float32})
            golden = {"versions": VERSIONS, **record(name, model)}
        (GOLDEN / f"{name}.json").write_text(json.dumps(golden, indent=1) + "\n")


def build(name, folder):
    for file in ("tokenizer.json", "tokenizer_config.json"):
        shutil.copy(FIXTURES / file, folder)
    shutil.copytree(FIXTURES / name, folder, dirs_exist_ok=True)
    config = AutoConfig.from_pretrained(folder)
    dtype = config.dtype or torch.float32
    with tempfile.TemporaryDirectory() as saved:
        AutoModel.from_config(config, dtype=dtype).save_pretrained(saved, max_shard_size="100GB")
        with safe_open(Path(saved) / "model.safetensors", "pt") as file:
            shapes = {key: tuple(file.get_slice(key).get_shape()) for key in file.keys()}
    weights = {key: torch.from_numpy(fill(key, shape)).to(dtype) for key, shape in shapes.items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def record(name, model):
    vocabulary = model[0].auto_model.config.vocab_size
    spread = [(i * 7919 + 104) % vocabulary for i in range(max(LENGTHS))]
    if name in FULL:
        return {
            "vectors": {text: pack(alone(model, TEXTS[text])) for text in FEW},
            "ids": pack(of_ids(model, [2, *spread[:60], 3])),
        }
    prompted = {text: pack(alone(model, PROMPTS[name] + TEXTS[text])) for text in FEW[:2]} if name in PROMPTS else {}
    return {
        "vectors": {text: pack(alone(model, TEXTS[text])) for text in TEXTS},
        "prompted": prompted,
        "truncated": pack(alone(model, TEXTS["full length"] + " and" * 20)),
        "lengths": {length: pack(of_ids(model, spread[:length])) for length in LENGTHS},
    }


if __name__ == "__main__":
    main(sys.argv[1:])
