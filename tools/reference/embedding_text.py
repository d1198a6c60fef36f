"""Records the ids that transformers' BertTokenizer gives: packages/core/test/golden/text.json. Also writes its vocabulary."""

import json
import tempfile
from pathlib import Path

import tokenizers
import transformers
from transformers import AutoTokenizer

TESTS = Path(__file__).parents[2] / "packages/core/test"
VOCABULARY = TESTS / "fixtures/text/vocab.txt"
GOLDEN = TESTS / "golden/text.json"
TEXTS = {
    "words": "The quick brown fox jumps over the lazy dog.",
    "empty": "",
    "blank": "  \t\n ",
    "accents": "Crème BRÛLÉE, naïve café; Ångström",
    "chinese": "你好,世界 hello",
    "japanese": "こんにちは世界",
    "emoji": "🦊 fox 👩‍👩‍👧 ok",
    "hebrew and arabic": "שלום مرحبا",
    "special tokens": "a [MASK] b [SEP] c [CLS]",
    "control characters": "zero\u200bwidth soft\u00adhyphen bell\u0007 nul\u0000 \ufeffmark",
    "a word beyond 100 letters": "x" * 101 + " ok " + "y" * 100,
    "decomposed": "cafe\u0301 e\u0308",
}
PAIRS = [["the quick fox", "a b c d e f g h"], ["a b c d e f g h", "the fox"], ["a b c d e f g", "a b c d e f g h i"]]
CONFIGS = {
    "uncased": {"do_lower_case": True},
    "cased": {"do_lower_case": False},
    "uncased with accents": {"do_lower_case": True, "strip_accents": False},
    "cased without accents": {"do_lower_case": False, "strip_accents": True},
    "chinese in one piece": {"tokenize_chinese_chars": False},
    "cut from the left": {"truncation_side": "left"},
}


def main():
    VOCABULARY.write_text("\n".join(vocabulary()) + "\n")
    golden = {"versions": {module.__name__: module.__version__ for module in (transformers, tokenizers)}, "texts": TEXTS, "pairs": PAIRS}
    golden["configs"] = {name: {"config": config, **record(config)} for name, config in CONFIGS.items()}
    GOLDEN.write_text(json.dumps(golden, ensure_ascii=False) + "\n")


def vocabulary():
    letters = "abcdefghijklmnopqrstuvwxyzABCDÅé0123456789.,;!?-你好世界こんにちは🦊שלוםمرحبا"
    words = "the quick brown fox jump over lazy dog hello cafe café naive ok [a ##ing ##s ##ck 世界".split()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    return list(dict.fromkeys([*special, *letters, *(f"##{letter}" for letter in letters), *words]))


def record(config):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "vocab.txt").write_text(VOCABULARY.read_text())
        Path(folder, "config.json").write_text('{"model_type": "bert"}')
        Path(folder, "tokenizer_config.json").write_text(json.dumps({"tokenizer_class": "BertTokenizer", **config}))
        tokenizer = AutoTokenizer.from_pretrained(folder)
        return {
            "ids": {name: tokenizer(text)["input_ids"] for name, text in TEXTS.items()},
            "bare": tokenizer(TEXTS["words"], add_special_tokens=False)["input_ids"],
            "truncated": {n: tokenizer(TEXTS["words"], truncation=True, max_length=n)["input_ids"] for n in (2, 3, 7)},
            "pairs": {n: [pair(tokenizer, texts, n) for texts in PAIRS] for n in (64, 12, 9, 8, 5)},
        }


def pair(tokenizer, texts, maximum):
    encoding = tokenizer(*texts, truncation="longest_first", max_length=maximum)
    return {"ids": encoding["input_ids"], "typeIds": encoding["token_type_ids"]}


if __name__ == "__main__":
    main()
