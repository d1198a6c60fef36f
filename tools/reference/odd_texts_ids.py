"""Records the ids of odd texts by four tokenizers, each from all its layouts: test/golden/odd-texts.json of core and plugin-diffusion.

Also writes the layouts, plain.json beside the saved ones. The layouts of one tokenizer must give the same ids.
"""

import json

import tokenizers
import transformers
from odd_texts import odd_texts
from text_folders import GOLDEN, LAYOUTS, TEXT, folder, opened, packed, saved, write

TEXTS = odd_texts()
LOWER = {"uncased": True, "chinese": False}
CLIP_NAMES = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>", "pad_token": "<|endoftext|>"}


def main():
    versions = {module.__name__: module.__version__ for module in (transformers, tokenizers)}
    kinds = {"core": {**{kind: word_piece(lower) for kind, lower in LOWER.items()}, "xlm-roberta": xlm_roberta()}, "plugin-diffusion": {"clip": clip()}}
    for package, layouts in kinds.items():
        (LAYOUTS[package] / "plain.json").write_text(json.dumps(named(layouts), ensure_ascii=False, separators=(",", ":")) + "\n")
        ids = {kind: record(kind, files) for kind, files in layouts.items()}
        write(GOLDEN[package] / "odd-texts.json", {"versions": versions, "texts": TEXTS, "ids": ids})


def named(layouts):
    return {f"{kind} {name}": layout for kind, files in layouts.items() for name, layout in files.items()}


def word_piece(lower):
    kind = next(name for name, value in LOWER.items() if value == lower)
    config = {"tokenizer_class": "BertTokenizer", "do_lower_case": lower}
    own = {"vocabulary": ["vocab.txt"], "files": {"tokenizer_config.json": config}}
    bare = {"vocabulary": ["vocab.txt"], "files": {}}
    published = saved(kind, own)
    as_written = {"vocabulary": [], "files": {**published["files"], "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"}}}
    found = {"vocab.txt": own, "tokenizer.json": published, "tokenizer.json as it is": as_written}
    return {"bare vocab.txt": bare, **found} if lower else found


def xlm_roberta():
    special = {"bos_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "cls_token": "<s>", "unk_token": "<unk>", "pad_token": "<pad>"}
    mask = {"__type": "AddedToken", "content": "<mask>", "lstrip": True, "normalized": True, "rstrip": False, "single_word": False}
    published = json.loads((TEXT / "xlm-roberta-tokenizer.json").read_text())
    settings = {name: value for name, value in published.items() if name not in ("model", "decoder", "normalizer")}
    config = {"tokenizer_class": "XLMRobertaTokenizer", "model_max_length": 512, "mask_token": mask, **special}
    own = {"vocabulary": [], "files": {"tokenizer.json": settings, "tokenizer_config.json": config}}
    as_written = {"vocabulary": [], "files": {"tokenizer.json": settings, "tokenizer_config.json": {"tokenizer_class": "PreTrainedTokenizerFast"}}}
    bare = {"vocabulary": [], "files": {"tokenizer.json": settings}}
    return {"as published": own, "tokenizer.json as it is": as_written, "tokenizer.json alone": bare, "saved by transformers 5": saved("xlm-roberta", own)}


def clip():
    own = {"vocabulary": ["vocab.json", "merges.txt"], "files": {"tokenizer_config.json": {"tokenizer_class": "CLIPTokenizer", "model_max_length": 77, **CLIP_NAMES}}}
    bare = {"vocabulary": ["vocab.json", "merges.txt"], "files": {}}
    return {"vocab.json and merges.txt": own, "nothing else": bare, "tokenizer.json": saved("clip", own)}


def record(kind, layouts):
    found = {}
    for name, layout in layouts.items():
        with folder(kind, layout) as path:
            tokenizer = opened(kind, path)
            found[name] = [packed(tokenizer(text).input_ids) for text in TEXTS]
    [first, *others] = found.values()
    for name, ids in found.items():
        different = [(text, one, other) for text, one, other in zip(TEXTS, first, ids) if one != other]
        assert not different, (kind, name, different)
    return first


if __name__ == "__main__":
    main()
