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
from transformers import AutoConfig, AutoModel

from fill import fill

TESTS = Path(__file__).parents[2] / "packages/plugin-embedding/test"
FIXTURES, GOLDEN = TESTS / "fixtures", TESTS / "golden"
TEXTS = json.loads((FIXTURES / "texts.json").read_text())
TOKENIZERS = {kind: TESTS.parents[1] / f"core/test/fixtures/tokenizer/{kind}-tokenizer.json" for kind in ("mpnet", "roberta", "xlm-roberta")}
VERSIONS = {module.__name__: module.__version__ for module in (torch, transformers, sentence_transformers)}
FEW = ["short", "chinese", "emoji", "paragraph", "full length"]
FULL_SIZE = ["bge-small", "e5-large", "multilingual-e5-large", "all-mpnet-base-v2", "msmarco-distilbert-base-v4"]
TINY = ["bge-tiny", "gte-tiny", "e5-tiny", "max-tiny", "multilingual-e5-tiny", "xlm-roberta-long", "distilroberta-tiny", "mpnet-tiny", "distilbert-tiny"]
PROMPTS = {"e5-tiny": "query: ", "multilingual-e5-tiny": "passage: "}
PADDED = "A quick <pad> brown fox <pad><pad> jumps."


def main(names):
    for name in names or TINY + FULL_SIZE:
        with tempfile.TemporaryDirectory() as folder:
            build(name, Path(folder))
            model = SentenceTransformer(folder, device="cpu", model_kwargs={"dtype": torch.float32})
            golden = {"versions": VERSIONS, **record(name, model)}
        (GOLDEN / f"{name}.json").write_text(json.dumps(golden, indent=1) + "\n")


def build(name, folder):
    """Writes a folder as it would be published. The formula fills its weights, in float16 where its config says so."""
    config = json.loads((FIXTURES / name / "config.json").read_text())
    kind = config["model_type"]
    shutil.copy(TOKENIZERS.get(kind, FIXTURES / "tokenizer.json"), folder / "tokenizer.json")
    shutil.copy(FIXTURES / "tokenizer_config.json", folder)
    shutil.copytree(FIXTURES / name, folder, dirs_exist_ok=True)
    with torch.device("meta"):
        model = AutoModel.from_config(AutoConfig.for_model(**config))
    shapes = {key: tuple(value.shape) for key, value in model.state_dict().items()}
    dtype = getattr(torch, config.get("dtype", "float32"))
    weights = {key: torch.from_numpy(fill(key, shape)).to(dtype) for key, shape in shapes.items()}
    save_file(weights, folder / "model.safetensors", {"format": "pt"})


def record(name, model):
    full_size = name in FULL_SIZE
    texts = FEW if full_size else list(TEXTS)
    vectors = {text: pack(alone(model, TEXTS[text])) for text in texts}
    padded = {"padded": pack(alone(model, PADDED))} if counts_from_padding(model) else {}
    if full_size:
        return {"vectors": vectors, **padded, "ids": pack(of_ids(model, spread_ids(model)))}
    overlong = TEXTS["full length"] + " and" * 20
    prompted = {text: pack(alone(model, PROMPTS[name] + TEXTS[text])) for text in FEW[:2]} if name in PROMPTS else {}
    if padded:
        longest = model.max_seq_length
        padded["lengths"] = {longest: pack(of_ids(model, spread_ids(model, longest - 2)))}
    return {"vectors": vectors, "prompted": prompted, **padded, "truncated": pack(alone(model, overlong))}


def counts_from_padding(model):
    """Whether places are counted from behind the padding's id. What fills a batch up behind its texts must not matter then, too."""
    if model[0].auto_model.config.pad_token_id != 1:
        return False
    (short,), (long,) = (model.tokenizer([TEXTS[text]], truncation=True)["input_ids"] for text in ("short", "paragraph"))
    own = of_ids(model, short)
    for id in (0, 1):
        batch = torch.full((2, len(long)), id)
        mask = torch.zeros_like(batch)
        for row, ids in enumerate((short, long)):
            batch[row, : len(ids)] = torch.tensor(ids)
            mask[row, : len(ids)] = 1
        vectors = model({"input_ids": batch, "attention_mask": mask})["sentence_embedding"]
        assert np.abs(vectors[0].detach().numpy() - own).max() < 1e-6, f"padding with {id} moves vectors"
    return True


def alone(model, text):
    return model.encode([text], batch_size=1)[0]


def spread_ids(model, count=60):
    """Ids from all over the vocabulary, also those that the fixtures' tokenizer does not know."""
    start, end = model.tokenizer.cls_token_id, model.tokenizer.sep_token_id
    return [start, *((i * 7919 + 104) % model[0].auto_model.config.vocab_size for i in range(count)), end]


@torch.inference_mode()
def of_ids(model, ids):
    ids = torch.tensor([ids])
    return model({"input_ids": ids, "attention_mask": torch.ones_like(ids)})["sentence_embedding"][0].numpy()


def pack(vector):
    assert np.isfinite(vector).all()
    return base64.b64encode(np.asarray(vector, "<f4").tobytes()).decode()


if __name__ == "__main__":
    main(sys.argv[1:])
