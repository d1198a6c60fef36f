"""Records token ids of CLIP tokenizers as SD 1.5, SD 2.1 and SD-Turbo publish them: packages/plugin-diffusion/test/golden/clip-tokenizer.json."""

import json
import shutil
import tempfile
from pathlib import Path

import transformers
from transformers import CLIPTokenizer

ROOT = Path(__file__).parents[2]
VOCABULARY = ROOT / "packages/plugin-diffusion/test/fixtures/tokenizer"
GOLDEN = ROOT / "packages/plugin-diffusion/test/golden/clip-tokenizer.json"
TEXTS = [
    "an apple",
    "  A  RED\tfox's hat!  don't",
    "Émile’s café 日本語 42 x9!!",
    "hello! world <|endoftext|> after",
    "",
    "a😀b",
    "İstanbul ﬁ Ⅳ e\u0301",
    "foo!bar ! baz",
    "we'll they've\n\nI'm",
]
NAMES = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}


def added(content):
    return {"content": content, "lstrip": False, "normalized": True, "rstrip": False, "single_word": False}


OLD = {"do_lower_case": True, "model_max_length": 77, "pad_token": "<|endoftext|>", "tokenizer_class": "CLIPTokenizer"} | {
    name: {"__type": "AddedToken"} | added(content) for name, content in NAMES.items()
}
OLD_MAP = {name: added(content) for name, content in NAMES.items()}
DECODER = {str(id): added(content) | {"special": True} for id, content in ((0, "!"), (502, "<|startoftext|>"), (503, "<|endoftext|>"))}
FOLDERS = {
    "sd15": {"tokenizer_config.json": OLD, "special_tokens_map.json": OLD_MAP | {"pad_token": "<|endoftext|>"}},
    "sd21": {"tokenizer_config.json": OLD, "special_tokens_map.json": OLD_MAP | {"pad_token": "!"}},
    "sd-turbo": {
        "tokenizer_config.json": OLD | NAMES | {"pad_token": "!", "added_tokens_decoder": DECODER},
        "special_tokens_map.json": NAMES | {"pad_token": "<|endoftext|>"},
    },
    "bare": {"tokenizer_config.json": {"model_max_length": 32}},
}


def record(files):
    with tempfile.TemporaryDirectory() as folder:
        shutil.copytree(VOCABULARY, folder, dirs_exist_ok=True)
        for name, content in files.items():
            (Path(folder) / name).write_text(json.dumps(content))
        tokenizer = CLIPTokenizer.from_pretrained(folder)
    ids = [tokenizer(text).input_ids for text in TEXTS]
    decoded = [tokenizer.decode(each, skip_special_tokens=True) for each in ids]
    facts = {"padding": tokenizer.pad_token_id, "limit": tokenizer.model_max_length}
    return {"files": files, "ids": ids, "decoded": decoded, **facts}


def main():
    golden = {
        "versions": {"transformers": transformers.__version__},
        "texts": TEXTS,
        "folders": {name: record(files) for name, files in FOLDERS.items()},
    }
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
