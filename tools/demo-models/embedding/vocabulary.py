"""Chooses the student's WordPiece vocabulary: the pieces of the teacher's that the texts use most. Writes tokenizer.json.

python vocabulary.py --work work
"""

import argparse
import json
from collections import Counter
from pathlib import Path

from tokenizers import Tokenizer

from teacher import teacher_tokenizer

SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
ASCII = [chr(code) for code in range(33, 127) if not chr(code).isupper()]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work"))
    parser.add_argument("--pieces", type=int, default=10_240)
    parser.add_argument("--words", type=int, default=8_800, help="whole words among the pieces")
    arguments = parser.parse_args()
    texts = json.loads((arguments.work / "texts.json").read_text())["train"]
    tokenizer = prune(teacher_tokenizer(), texts, arguments.pieces, arguments.words)
    tokenizer.save(str(arguments.work / "tokenizer.json"))


def prune(teacher, texts, size, words):
    """A tokenizer of `size` pieces, `words` of them whole words.

    Whole words are chosen by their frequency in the texts, continuations by their frequency in the remaining words.
    Every ASCII character stays, alone and as a continuation, so that no ASCII word is unknown.
    """
    layout = json.loads(teacher.to_str())
    rows = layout["model"]["vocab"]
    fallback = SPECIAL + ASCII + ["##" + character for character in ASCII if "##" + character in rows]
    kept = most_used(fallback, teacher, texts, len(fallback) + words, lambda piece: not piece.startswith("##"))
    continuations = [piece for piece in rows if piece.startswith("##") and piece not in kept]
    every = with_vocabulary(layout, kept + continuations)
    kept = most_used(kept, every, texts, size, lambda piece: piece.startswith("##"))
    return with_vocabulary(layout, kept)


def most_used(kept, tokenizer, texts, size, fits):
    """`kept`, filled up to `size` with the most frequent of the other pieces that fit."""
    counts = Counter(piece for encoding in tokenizer.encode_batch(texts) for piece in encoding.tokens)
    known = set(kept)
    ranked = [piece for piece, _ in counts.most_common() if piece not in known and fits(piece)]
    return kept + ranked[: size - len(kept)]


def with_vocabulary(layout, pieces):
    """The teacher's tokenizer over other pieces. It neither pads nor truncates."""
    ids = {piece: index for index, piece in enumerate(pieces)}
    layout = json.loads(json.dumps(layout)) | {"truncation": None, "padding": None}
    layout["model"]["vocab"] = ids
    for token in layout["added_tokens"]:
        token["id"] = ids[token["content"]]
    for name, token in layout["post_processor"]["special_tokens"].items():
        token["ids"] = [ids[name]]
    return Tokenizer.from_str(json.dumps(layout))


if __name__ == "__main__":
    main()
