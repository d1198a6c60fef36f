"""Trains the prompt's tokenizer on the captions: WORK/tokenizer, a CLIP tokenizer with a vocabulary of at most 1,002.

    python tokenizer.py --work WORK
"""

import argparse
import json
from collections.abc import Iterable
from pathlib import Path

from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers

PROMPT_TOKENS = 32
START, END = "<|startoftext|>", "<|endoftext|>"
# The pattern by which CLIP splits a text into words, https://github.com/openai/CLIP/blob/main/clip/simple_tokenizer.py
WORDS = Regex(r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")


def trained(captions: Iterable[str]) -> Tokenizer:
    """A byte-level BPE in CLIP's layout. It can encode any text, and the captions' words have one token each."""
    tokenizer = Tokenizer(models.BPE(continuing_subword_prefix="", end_of_word_suffix="</w>", unk_token=END))
    spaces = normalizers.Replace(Regex(r"\s+"), " ")
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), spaces, normalizers.Lowercase()])
    words = pre_tokenizers.Split(WORDS, behavior="removed", invert=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=1000, initial_alphabet=alphabet, end_of_word_suffix="</w>", show_progress=False
    )
    tokenizer.train_from_iterator(captions, trainer)
    tokenizer.add_special_tokens([START, END])
    return tokenizer


def save(tokenizer: Tokenizer, folder: Path) -> None:
    """Writes the files that a diffusers folder has for a CLIP tokenizer."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    merges = json.loads(tokenizer.to_str())["model"]["merges"]
    special = {"bos_token": START, "eos_token": END, "unk_token": END, "pad_token": END}
    config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": PROMPT_TOKENS, "do_lower_case": True, **special}
    (folder / "vocab.json").write_text(json.dumps(tokenizer.get_vocab(), ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{' '.join(pair)}\n" for pair in merges))
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1))
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=1))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder of this training, drawn by dataset.py")
    arguments = parser.parse_args()
    captions = (arguments.work / "captions.txt").read_text().splitlines()
    save(trained(captions), arguments.work / "tokenizer")


if __name__ == "__main__":
    main()
