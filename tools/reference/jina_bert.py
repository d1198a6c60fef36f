"""Records the vectors of JinaBERT's fixtures: packages/plugin-embedding/test/golden/jina-*.json.

JinaBERT's code is not in transformers, so the network is written here from its definition (Günther et al. 2023, arXiv:2310.19923):
BERT's encoder, with attention biased by distance (Press et al. 2021, arXiv:2108.12409) and gated feed-forward layers.
"""

import json
import shutil
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from torch import nn
from torch.nn import functional as F
from transformers import AutoTokenizer

from embedding import FEW, FIXTURES, GOLDEN, TEXTS, pack
from fill import fill

# Five times one another, at the edges of tiles of 512 queries, and the longest.
LENGTHS = [100, 500, 511, 512, 513, 1024, 1025, 2500, 8192]
VERSIONS = {module.__name__: module.__version__ for module in (torch, transformers)}


class Attention(nn.Module):
    def __init__(self, config):
        super().__init__()
        width = config["hidden_size"]
        self.heads = config["num_attention_heads"]
        self.self = nn.ModuleDict({name: nn.Linear(width, width) for name in ("query", "key", "value")})
        self.output = nn.ModuleDict({"dense": nn.Linear(width, width), "LayerNorm": norm(config)})

    def forward(self, x):
        places = torch.arange(len(x))
        distances = (places[:, None] - places[None, :]).abs()
        query, key, value = (self.self[name](x).chunk(self.heads, dim=-1) for name in ("query", "key", "value"))
        mixed = [
            # One head at a time: the scores of 8,192 tokens take 268 MB.
            torch.softmax(q @ k.T / q.shape[-1] ** 0.5 - slope * distances, dim=-1) @ v
            for q, k, v, slope in zip(query, key, value, slopes(self.heads), strict=True)
        ]
        return self.output["LayerNorm"](self.output["dense"](torch.cat(mixed, dim=-1)) + x)


class FeedForward(nn.Module):
    def __init__(self, config):
        super().__init__()
        width, self.inner = config["hidden_size"], config["intermediate_size"]
        self.gated_layers = nn.Linear(width, 2 * self.inner, bias=False)
        self.wo = nn.Linear(self.inner, width)
        self.layernorm = norm(config)

    def forward(self, x):
        h = self.gated_layers(x)
        return self.layernorm(self.wo(F.gelu(h[:, : self.inner]) * h[:, self.inner :]) + x)


class JinaBert(nn.Module):
    """Token ids, int64 [tokens], to states [tokens, hidden_size]. Its parameters have the names of published weights."""

    def __init__(self, config):
        super().__init__()
        width = config["hidden_size"]
        tables = {"word_embeddings": config["vocab_size"], "token_type_embeddings": config["type_vocab_size"]}
        self.embeddings = nn.ModuleDict({name: nn.Embedding(count, width) for name, count in tables.items()})
        self.embeddings["LayerNorm"] = norm(config)
        layers = [nn.ModuleDict({"attention": Attention(config), "mlp": FeedForward(config)}) for _ in range(config["num_hidden_layers"])]
        self.encoder = nn.ModuleDict({"layer": nn.ModuleList(layers)})

    def forward(self, ids):
        words = self.embeddings["word_embeddings"](ids)
        x = self.embeddings["LayerNorm"](words + self.embeddings["token_type_embeddings"].weight[0])
        for layer in self.encoder["layer"]:
            x = layer["mlp"](layer["attention"](x))
        return x


def norm(config):
    return nn.LayerNorm(config["hidden_size"], eps=config["layer_norm_eps"])


def slopes(heads):
    """Halving the exponent's step doubles the slopes: a count that is no power of two takes each second one of the next power."""
    power = 1 << (heads.bit_length() - 1)
    if power == heads:
        return [2 ** (-8 * (i + 1) / heads) for i in range(heads)]
    return slopes(power) + slopes(2 * power)[0::2][: heads - power]


def load(config):
    """A model whose weights the formula fills, rounded to the dtype that its config says they are stored in."""
    model = JinaBert(config).eval()
    dtype = getattr(torch, config["dtype"])
    with torch.no_grad():
        for name, weight in model.named_parameters():
            weight.copy_(torch.from_numpy(fill(name, tuple(weight.shape))).to(dtype))
    return model


@torch.inference_mode()
def embed(model, ids):
    return F.normalize(model(torch.tensor(ids)).mean(dim=0), dim=0).numpy()


def spread(length, vocabulary):
    """Ids from all over a vocabulary, between those of [CLS] and [SEP]."""
    return [2, *((i * 7919 + 104) % vocabulary for i in range(length - 2)), 3]


def main(names):
    for name in names or ["jina-8-heads", "jina-12-heads", "jina-base"]:
        config = json.loads((FIXTURES / name / "config.json").read_text())
        model = load(config)
        full_size = name == "jina-base"
        texts = {text: ids_of(TEXTS[text]) for text in (FEW if full_size else TEXTS)}
        lengths = {length: spread(length, config["vocab_size"]) for length in ([513, 8192] if full_size else LENGTHS)}
        golden = {
            "versions": VERSIONS,
            "vectors": {text: pack(embed(model, ids)) for text, ids in texts.items()},
            "lengths": {length: pack(embed(model, ids)) for length, ids in lengths.items()},
        }
        (GOLDEN / f"{name}.json").write_text(json.dumps(golden, indent=1) + "\n")


def ids_of(text):
    with tempfile.TemporaryDirectory() as folder:
        for file in ("tokenizer.json", "tokenizer_config.json"):
            shutil.copy(FIXTURES / file, folder)
        return AutoTokenizer.from_pretrained(folder)(text, truncation=True, max_length=8192)["input_ids"]


if __name__ == "__main__":
    main(sys.argv[1:])
