"""Writes the trained student as a sentence-transformers folder, its weights in F16.

python pack.py --work work --out ../../../packages/demo-models/demo-embedding
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from student import POSITIONS, student_config
from teacher import FOLDER

LAYER = "encoder.layer."


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work"))
    parser.add_argument("--out", type=Path, required=True)
    arguments = parser.parse_args()
    weights = torch.load(arguments.work / "state.pt", map_location="cpu")["model"]
    pack(weights, arguments.work / "tokenizer.json", arguments.out)
    size = sum(file.stat().st_size for file in arguments.out.rglob("*") if file.is_file())
    print(f"{size / 1e6:.2f} MB in {arguments.out}")


def pack(weights, tokenizer, out):
    (out / "1_Pooling").mkdir(parents=True, exist_ok=True)
    save_file({name: tensor.half().contiguous() for name, tensor in weights.items()}, out / "model.safetensors", {"format": "pt"})
    write(out / "tokenizer.json", json.loads(tokenizer.read_text()) | {"truncation": None}, indent=None)
    write(out / "config.json", config_of(weights))
    for file in ("modules.json", "1_Pooling/config.json"):
        shutil.copy(FOLDER / file, out / file)
    write(out / "sentence_bert_config.json", {"max_seq_length": POSITIONS, "do_lower_case": False})
    own = json.loads((FOLDER / "tokenizer_config.json").read_text())
    write(out / "tokenizer_config.json", own | {"name_or_path": "demo-embedding", "model_max_length": POSITIONS})
    write(out / "config_sentence_transformers.json", {"prompts": {}, "similarity_fn_name": "cosine"})


def config_of(weights):
    layers = {name.removeprefix(LAYER).split(".")[0] for name in weights if name.startswith(LAYER)}
    config = student_config(len(weights["embeddings.word_embeddings.weight"]), len(layers))
    del config["transformers_version"]
    # The weights are stored as F16. With this dtype sentence-transformers computes with them as float32.
    return config | {"_name_or_path": "demo-embedding", "dtype": "float32"}


def write(file, value, indent=2):
    separators = None if indent else (",", ":")
    file.write_text(json.dumps(value, indent=indent, separators=separators, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
