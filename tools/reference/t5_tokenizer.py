"""Trains the small T5 tokenizer of the tests: packages/plugin-diffusion/test/fixtures/t5-tokenizer/.

No two trainings need give the same vocabulary. Record the pictures of Stable Diffusion 3 anew afterwards, with diffusion_3.py.
"""

import base64
import json

from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import T5Tokenizer

from train_tokenizers import ENGLISH, PACKAGES, TEXT

FOLDER = PACKAGES / "plugin-diffusion/test/fixtures/t5-tokenizer"
SIZE = 400
SPECIAL = ["<pad>", "</s>", "<unk>"]


def main():
    pieces = Tokenizer(models.Unigram())
    pieces.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    trainer = trainers.UnigramTrainer(vocab_size=SIZE, unk_token="<unk>", special_tokens=SPECIAL, show_progress=False)
    pieces.train_from_iterator(ENGLISH, trainer)
    vocabulary = [tuple(piece) for piece in json.loads(pieces.to_str())["model"]["vocab"]]
    charsmap = json.loads((TEXT / "xlm-roberta-tokenizer.json").read_text())["normalizer"]
    tokenizer = T5Tokenizer(vocab=vocabulary, _spm_precompiled_charsmap=precompiled(charsmap), extra_ids=0, model_max_length=512)
    FOLDER.mkdir(parents=True, exist_ok=True)
    tokenizer.save_pretrained(FOLDER)


def precompiled(normalizer):
    """The table of the first `Precompiled` step, as bytes."""
    steps = normalizer.get("normalizers", [normalizer])
    [table] = [step["precompiled_charsmap"] for step in steps if step["type"] == "Precompiled"]
    return base64.b64decode(table)


if __name__ == "__main__":
    main()
