"""Trains the small uncased WordPiece vocabulary of the embedding fixtures: packages/plugin-embedding/test/fixtures/tokenizer.json.

No two trainings give the same vocabulary. Record the golden numbers anew with embedding.py afterwards.
"""

import json
from pathlib import Path
from pydoc_data.topics import topics

from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

FIXTURES = Path(__file__).parents[2] / "packages/plugin-embedding/test/fixtures"
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
SIZE = 3000


def main():
    texts = json.loads((FIXTURES / "texts.json").read_text())
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.decoder = decoders.WordPiece()
    trainer = trainers.WordPieceTrainer(vocab_size=SIZE, special_tokens=SPECIAL, show_progress=False)
    corpus = list(topics.values()) + list(texts.values())
    tokenizer.train_from_iterator(corpus, trainer)
    assert tokenizer.get_vocab_size() == SIZE, tokenizer.get_vocab_size()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]",
        pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[(token, tokenizer.token_to_id(token)) for token in ("[CLS]", "[SEP]")],
    )
    tokenizer.enable_truncation(128)
    tokenizer.enable_padding(length=128)
    tokenizer.save(str(FIXTURES / "tokenizer.json"), pretty=False)


if __name__ == "__main__":
    main()
