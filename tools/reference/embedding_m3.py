"""Records the dense, sparse and multi-vector embeddings of a tiny bge-m3: packages/plugin-embedding/test/golden/bge-m3-tiny.json.

Also writes the fixture's heads, sparse_linear.pt and colbert_linear.pt, in float16 as bge-m3 publishes them. What is computed is
FlagEmbedding's definition (FlagEmbedding/inference/embedder/encoder_only/m3.py) over transformers' XLMRobertaModel.
"""

import json
import tempfile
from pathlib import Path

import torch
import torch.nn.functional as F
from transformers import AutoModel, AutoTokenizer

from embedding import FIXTURES, GOLDEN, TEXTS, VERSIONS, build, pack
from fill import fill

NAME, WIDTH, VECTOR = "bge-m3-tiny", 48, 24
HEADS = {"sparse_linear": (1, WIDTH), "colbert_linear": (VECTOR, WIDTH)}
SPECIAL = ("cls_token", "eos_token", "pad_token", "unk_token")
MORE = {"repeated": "the fox the fox the the", "special tokens": "a <pad> the <unk> fox </s> <mask> 🦜", "one letter": "a"}
FEW = ["short", "chinese", "emoji", "paragraph", "full length"]


def main():
    for name, shape in HEADS.items():
        # Without it most weights would be 0.
        raised = 1 if name == "sparse_linear" else 0
        tensors = {"weight": fill(f"{name}.weight", shape), "bias": fill(f"{name}.bias", shape[:1]) + raised}
        torch.save({key: torch.from_numpy(value).half() for key, value in tensors.items()}, FIXTURES / NAME / f"{name}.pt")
    with tempfile.TemporaryDirectory() as folder:
        build(NAME, Path(folder))
        model = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
        tokenizer = AutoTokenizer.from_pretrained(folder)
    texts = {name: TEXTS[name] for name in FEW} | MORE
    embedded = {name: embed(model, tokenizer, text) for name, text in texts.items()}
    golden = {"versions": VERSIONS, "texts": {name: {"text": texts[name], **each} for name, each in embedded.items()}}
    (GOLDEN / f"{NAME}.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n")


def head(name):
    shape = HEADS[name]
    linear = torch.nn.Linear(shape[1], shape[0])
    linear.load_state_dict(torch.load(FIXTURES / NAME / f"{name}.pt", weights_only=True))
    return linear.float()


@torch.inference_mode()
def embed(model, tokenizer, text):
    inputs = tokenizer([text], truncation=True, return_tensors="pt")
    states = model(**inputs).last_hidden_state
    weights = torch.relu(head("sparse_linear")(states))[0, :, 0]
    vectors = F.normalize(head("colbert_linear")(states[:, 1:]), dim=-1)[0]
    unused = {tokenizer.convert_tokens_to_ids(tokenizer.special_tokens_map[name]) for name in SPECIAL}
    sparse = {}
    for id, weight in zip(inputs.input_ids[0].tolist(), weights.tolist()):
        if id not in unused and weight > sparse.get(id, 0):
            sparse[id] = weight
    return {
        "dense": pack(F.normalize(states[:, 0], dim=-1)[0].numpy()),
        "sparse": {str(id): weight for id, weight in sparse.items()},
        "colbert": pack(vectors.numpy().ravel()),
    }


if __name__ == "__main__":
    main()
