"""Saves tokenizers with added tokens as the installed transformers lays them out: the layouts/ of the fixtures.

Run it with transformers 3.5, 4.30, 4.46 and 5 in turn: each saves other files, and folders of all of them are in use. It leaves out what
other fixtures have: vocab.txt, vocab.json, merges.txt, the model in tokenizer.json. Record ids with added_tokens.py afterwards.
"""

import json
import shutil
import tempfile
from pathlib import Path

import transformers

PACKAGES = Path(__file__).parents[2] / "packages"
TEXT = PACKAGES / "core/test/fixtures/tokenizer"
CLIP = PACKAGES / "plugin-diffusion/test/fixtures/clip/tokenizer"
LAYOUTS = {"core": TEXT / "layouts", "clip": CLIP / "layouts"}
PLAIN = ["<cat-toy>", "<cat-toy>_1", "<cat-toy>_10", "two words", "fox", "狐狸", "<Big-Dog>", "É!"]
FLAGGED = {
    "<RAW>": {"normalized": False},
    "<left>": {"lstrip": True},
    "<right>": {"rstrip": True},
    "toy": {"single_word": True},
    "Day": {"single_word": True, "normalized": False, "lstrip": True},
}
SPECIAL = {"<SKS>": {}, "<both>": {"lstrip": True, "rstrip": True}}
VOCABULARIES = ("vocab.txt", "vocab.json", "merges.txt")


def main():
    version = ".".join(transformers.__version__.split(".")[:2])
    saved = {"core": {}, "clip": {}}
    for name, tokenizer in tokenizers():
        added = [transformers.AddedToken(token, **flags) for token, flags in FLAGGED.items()] if hasattr(transformers, "AddedToken") else list(FLAGGED)
        tokenizer.add_tokens(PLAIN + added)
        special = [transformers.AddedToken(token, **flags) if version >= "4.34" else token for token, flags in SPECIAL.items()]
        tokenizer.add_special_tokens({"additional_special_tokens": special})
        saved["clip" if name.startswith("clip") else "core"][name] = files(tokenizer)
    for package, layouts in saved.items():
        LAYOUTS[package].mkdir(exist_ok=True)
        if layouts:
            (LAYOUTS[package] / f"transformers-{version}.json").write_text(json.dumps(layouts, ensure_ascii=False, separators=(",", ":")) + "\n")


def tokenizers():
    """Each kind, as its Python class and as its class over the Rust library, where this version has them."""
    with tempfile.TemporaryDirectory() as folder:
        for name, lowercase in (("uncased", True), ("chinese", False)):
            vocabulary = shutil.copy(TEXT / f"{name}-vocab.txt", Path(folder, "vocab.txt"))
            for kind, made in classes("BertTokenizer"):
                source = {"vocab": str(vocabulary)} if kind == "rebuilt" else {"vocab_file": str(vocabulary)}
                yield f"{name} {kind}", made(**source, do_lower_case=lowercase, model_max_length=512)
    for kind, made in classes("CLIPTokenizer"):
        names = ("vocab", "merges") if kind == "rebuilt" else ("vocab_file", "merges_file")
        yield f"clip {kind}", made(**dict(zip(names, (str(CLIP / "vocab.json"), str(CLIP / "merges.txt")))), model_max_length=77)
    for kind, made in classes("XLMRobertaTokenizer"):
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder, "tokenizer.json")
            file.write_text(json.dumps(unigram()))
            if kind == "fast":
                yield f"xlm-roberta {kind}", made(tokenizer_file=str(file), model_max_length=512)
            elif kind == "rebuilt":
                yield f"xlm-roberta {kind}", made.from_pretrained(folder, model_max_length=512)


def unigram():
    """tokenizers 0.13, which transformers 4.30 has, knows no `prepend_scheme`."""
    read = json.loads((TEXT / "xlm-roberta-tokenizer.json").read_text())
    if transformers.__version__.startswith("4.30"):
        read["decoder"] = read["pre_tokenizer"]["pretokenizers"][1] = {"type": "Metaspace", "replacement": "▁", "add_prefix_space": True}
    return read


def classes(name):
    if transformers.__version__.startswith("5."):
        return [("rebuilt", getattr(transformers, name))]
    fast = getattr(transformers, f"{name}Fast", None) if hasattr(transformers, "PreTrainedTokenizerFast") else None
    slow = getattr(transformers, name, None)
    return [(kind, made) for kind, made in (("slow", slow), ("fast", fast)) if made is not None and "dummy" not in made.__module__]


def files(tokenizer):
    with tempfile.TemporaryDirectory() as folder:
        tokenizer.save_pretrained(folder)
        found = {path.name: path for path in sorted(Path(folder).iterdir())}
        read = {name: json.loads(path.read_text()) for name, path in found.items() if name.endswith(".json") and name not in VOCABULARIES}
    if "tokenizer.json" in read:
        del read["tokenizer.json"]["model"], read["tokenizer.json"]["decoder"]
        if isinstance(read["tokenizer.json"].get("normalizer"), dict) and read["tokenizer.json"]["normalizer"]["type"] == "Precompiled":
            del read["tokenizer.json"]["normalizer"]
    return {"vocabulary": [name for name in VOCABULARIES if name in found], "files": read}


if __name__ == "__main__":
    main()
