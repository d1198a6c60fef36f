"""Trains the small tokenizer of the fixture qwen3-tiny, as Qwen3-Embedding has it: byte-level BPE whose template ends texts in <|endoftext|>.

No two trainings need give the same vocabulary. Record the fixture's vectors anew afterwards, with embedding_rotary.py.
"""

import json
from pathlib import Path

from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers.models.qwen2.tokenization_qwen2 import PRETOKENIZE_REGEX

FIXTURES = Path(__file__).parents[2] / "packages/plugin-embedding/test/fixtures"
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
SIZE = 700


def main():
    texts = json.loads((FIXTURES / "texts.json").read_text())
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    words = pre_tokenizers.Split(Regex(PRETOKENIZE_REGEX), behavior="isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)])
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=SIZE - len(SPECIAL), initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator([*texts.values()] * 2, trainer)
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in SPECIAL])
    end = (SPECIAL[0], tokenizer.token_to_id(SPECIAL[0]))
    template = processors.TemplateProcessing(single=f"$A {end[0]}", pair=f"$A {end[0]} $B:1 {end[0]}:1", special_tokens=[end])
    tokenizer.post_processor = processors.Sequence([processors.ByteLevel(trim_offsets=False, use_regex=False), template])
    tokenizer.decoder = decoders.ByteLevel()
    folder = FIXTURES / "qwen3-tiny"
    folder.mkdir(exist_ok=True)
    (folder / "tokenizer.json").write_text(tokenizer.to_str() + "\n")
    config = {
        "add_prefix_space": False,
        "additional_special_tokens": SPECIAL[1:],
        "bos_token": None,
        "clean_up_tokenization_spaces": False,
        "eos_token": "<|im_end|>",
        "errors": "replace",
        "model_max_length": 512,
        "pad_token": "<|endoftext|>",
        "tokenizer_class": "Qwen2Tokenizer",
        "unk_token": None,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=2) + "\n")


if __name__ == "__main__":
    main()
