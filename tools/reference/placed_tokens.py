"""Records tokens, offsets and decoded texts of transformers' tokenizers: packages/core/test/golden/placed-tokens.json."""

import json
import tempfile
from pathlib import Path

import tokenizers
import transformers
from transformers import AutoTokenizer

from embedding_text import TESTS, TEXTS, VOCABULARY

GOLDEN = TESTS / "golden/placed-tokens.json"
XLM_ROBERTA = TESTS / "fixtures/tokenizer/xlm-roberta-tokenizer.json"
MORE = {
    "punctuation": "Hello , the fox . Isn't it  ' quick '? We're ok !",
    "beyond the first plane": "𝒳 the 🦊🦜 fox 𒀀!",
}
CLEANING = {"clean_up_tokenization_spaces": True}
BERT, XLM = {"tokenizer_class": "BertTokenizer"}, {"tokenizer_class": "XLMRobertaTokenizer"}
FOLDERS = {
    "bert": {"file": "vocab.txt", "config": BERT},
    "cased bert": {"file": "vocab.txt", "config": BERT | {"do_lower_case": False}},
    "bert that cleans up": {"file": "vocab.txt", "config": BERT | CLEANING},
    "xlm-roberta": {"file": "tokenizer.json", "config": XLM},
    "xlm-roberta that cleans up": {"file": "tokenizer.json", "config": XLM | CLEANING},
}


def main():
    texts = TEXTS | MORE
    golden = {"versions": {module.__name__: module.__version__ for module in (transformers, tokenizers)}, "texts": texts}
    golden["folders"] = {name: {**folder, "texts": record(folder, texts)} for name, folder in FOLDERS.items()}
    GOLDEN.write_text(json.dumps(golden, ensure_ascii=False) + "\n")


def record(folder, texts):
    source = VOCABULARY if folder["file"] == "vocab.txt" else XLM_ROBERTA
    with tempfile.TemporaryDirectory() as path:
        Path(path, folder["file"]).write_text(source.read_text())
        Path(path, "tokenizer_config.json").write_text(json.dumps(folder["config"]))
        tokenizer = AutoTokenizer.from_pretrained(path)
        return {name: placed(tokenizer, text) for name, text in texts.items()}


def placed(tokenizer, text):
    encoded = tokenizer(text, return_offsets_mapping=True)
    ids = encoded["input_ids"]
    return {
        "ids": ids,
        "tokens": tokenizer.convert_ids_to_tokens(ids),
        "offsets": encoded["offset_mapping"],
        "decoded": tokenizer.decode(ids, skip_special_tokens=True),
        "whole": tokenizer.decode(ids),
    }


if __name__ == "__main__":
    main()
