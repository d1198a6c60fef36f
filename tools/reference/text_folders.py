"""Tokenizer folders of the layouts in the tests' fixtures, and what transformers 5 opens them with."""

import json
import shutil
import tempfile
from contextlib import contextmanager
from pathlib import Path

from transformers import AutoTokenizer, CLIPTokenizer

PACKAGES = Path(__file__).parents[2] / "packages"
TEXT = PACKAGES / "core/test/fixtures/tokenizer"
CLIP = PACKAGES / "plugin-diffusion/test/fixtures/clip/tokenizer"
LAYOUTS = {"core": TEXT / "layouts", "plugin-diffusion": CLIP / "layouts"}
GOLDEN = {package: PACKAGES / package / "test/golden" for package in LAYOUTS}
CONFIGS = {"uncased": {"model_type": "bert"}, "chinese": {"model_type": "bert"}, "xlm-roberta": {"model_type": "xlm-roberta"}}


@contextmanager
def folder(kind, layout):
    """The folder of a layout: its files, and the vocabulary that goes with the kind of tokenizer."""
    with tempfile.TemporaryDirectory() as path:
        for name in layout["vocabulary"]:
            shutil.copy(TEXT / f"{kind}-vocab.txt" if name == "vocab.txt" else CLIP / name, Path(path, name))
        files = ({} if kind == "clip" else {"config.json": CONFIGS[kind]}) | layout["files"]
        for name, content in files.items():
            Path(path, name).write_text(json.dumps(complete(kind, content) if name == "tokenizer.json" else content))
        yield path


def complete(kind, settings):
    if kind == "xlm-roberta":
        published = json.loads((TEXT / "xlm-roberta-tokenizer.json").read_text())
        return {"normalizer": published["normalizer"], **settings, "model": published["model"]}
    if kind == "clip":
        merges = [line for line in (CLIP / "merges.txt").read_text().splitlines() if not line.startswith("#version")]
        suffix = {"unk_token": "<|endoftext|>", "continuing_subword_prefix": "", "end_of_word_suffix": "</w>", "fuse_unk": False}
        return {**settings, "model": {"type": "BPE", **suffix, "vocab": json.loads((CLIP / "vocab.json").read_text()), "merges": merges}}
    tokens = (TEXT / f"{kind}-vocab.txt").read_text().splitlines()
    model = {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100}
    return {**settings, "model": {**model, "vocab": {token: id for id, token in enumerate(tokens)}}}


def opened(kind, path):
    return (CLIPTokenizer if kind == "clip" else AutoTokenizer).from_pretrained(path)


def saved(kind, layout):
    """The files that transformers 5 saves of a layout, but for the vocabulary."""
    with folder(kind, layout) as path, tempfile.TemporaryDirectory() as out:
        opened(kind, path).save_pretrained(out)
        read = {file.name: json.loads(file.read_text()) for file in Path(out).iterdir() if file.suffix == ".json"}
    dropped = ("model", "decoder", "normalizer") if kind == "xlm-roberta" else ("model", "decoder")
    read["tokenizer.json"] = {name: value for name, value in read["tokenizer.json"].items() if name not in dropped}
    return {"vocabulary": [], "files": read}


def packed(ids):
    return " ".join(map(str, ids))


def write(path, content):
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(content, ensure_ascii=False, indent=0) + "\n")
