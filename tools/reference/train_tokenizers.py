"""Trains the small tokenizers of the tests, as BERT (uncased; cased with Chinese), CLIP, XLM-R and RoBERTa have them. MPNet's is the uncased one's.

No two trainings need give the same vocabularies. Save the layouts and record the ids anew afterwards, with save_layouts.py,
odd_texts_ids.py, added_tokens.py and textual_inversion.py. sentencepiece compiles the table of XLM-R's normaliser, a small part of the published one.
"""

import base64
import io
import json
import tempfile
import unicodedata
from pathlib import Path
from pydoc_data.topics import topics

import sentencepiece
from odd_texts import SENTENCES, odd_texts
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, trainers
from transformers import MPNetTokenizer, RobertaTokenizer

PACKAGES = Path(__file__).parents[2] / "packages"
TEXT = PACKAGES / "core/test/fixtures/tokenizer"
CLIP = PACKAGES / "plugin-diffusion/test/fixtures/clip/tokenizer"
SIZE = 1500
BERT_SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
FAIRSEQ_SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
CLIP_SPECIAL = ["<|startoftext|>", "<|endoftext|>"]
CLIP_WORDS = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"
ENGLISH = [text[:600] for text in sorted(topics.values())[:80]]
WORLD = [*SENTENCES.values()] * 4
CHINESE = [SENTENCES[name] for name in ("chinese", "traditional chinese", "cantonese", "japanese", "english", "german", "french", "russian")] * 8


def main():
    TEXT.mkdir(parents=True, exist_ok=True)
    CLIP.mkdir(parents=True, exist_ok=True)
    for name, lowercase, corpus in (("uncased", True, ENGLISH + WORLD), ("chinese", False, ENGLISH[:30] + CHINESE)):
        (TEXT / f"{name}-vocab.txt").write_text("\n".join(word_piece(lowercase, corpus)) + "\n")
    (TEXT / "xlm-roberta-tokenizer.json").write_text(json.dumps(unigram(ENGLISH + WORLD), ensure_ascii=False) + "\n")
    (TEXT / "roberta-tokenizer.json").write_text(roberta(ENGLISH + WORLD) + "\n")
    (TEXT / "mpnet-tokenizer.json").write_text(mpnet((TEXT / "uncased-vocab.txt").read_text().splitlines()) + "\n")
    vocabulary, merges = clip(ENGLISH + WORLD)
    (CLIP / "vocab.json").write_text(json.dumps(vocabulary, ensure_ascii=False) + "\n")
    (CLIP / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")


def word_piece(lowercase, corpus):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=SIZE, limit_alphabet=300, special_tokens=BERT_SPECIAL, show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    return sorted(tokenizer.get_vocab(), key=tokenizer.token_to_id)


def clip(corpus):
    """Bytes, bytes that end a word, merges, and the two special tokens, in this order."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    words = pre_tokenizers.Split(Regex(CLIP_WORDS), behavior="removed", invert=True)
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([words, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=alphabet, end_of_word_suffix="</w>", show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    merges = [" ".join(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]
    tokens = [*alphabet, *(f"{byte}</w>" for byte in alphabet), *("".join(merge.split(" ")) for merge in merges), *CLIP_SPECIAL]
    return {token: id for id, token in enumerate(dict.fromkeys(tokens))}, merges


def unigram(corpus):
    """As transformers 4 converted XLM-R's sentencepiece model: <s>, <pad>, </s> and <unk>, the pieces, <mask>."""
    table = {"type": "Precompiled", "precompiled_charsmap": base64.b64encode(charsmap()).decode()}
    words = [{"type": "WhitespaceSplit"}, {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}]
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Precompiled(base64.b64decode(table["precompiled_charsmap"]))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    trainer = trainers.UnigramTrainer(vocab_size=SIZE, unk_token="<unk>", special_tokens=["<unk>"], show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    pieces = [[piece, round(score, 3)] for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"] if piece != "<unk>"]
    vocabulary = [["<s>", 0.0], ["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0], *pieces, ["<mask>", 0.0]]
    special = {"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "<mask>": len(vocabulary) - 1}
    flags = {"single_word": False, "rstrip": False, "normalized": False, "special": True}
    around = {name: {"SpecialToken": {"id": name, "type_id": 0}} for name in ("<s>", "</s>")}
    first, second = ({"Sequence": {"id": name, "type_id": 0}} for name in "AB")
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [{"id": id, "content": token, "lstrip": token == "<mask>", **flags} for token, id in special.items()],
        "normalizer": table,
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": words},
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [around["<s>"], first, around["</s>"]],
            "pair": [around["<s>"], first, around["</s>"], around["</s>"], second, around["</s>"]],
            "special_tokens": {token: {"id": token, "ids": [special[token]], "tokens": [token]} for token in around},
        },
        "decoder": words[1],
        "model": {"type": "Unigram", "unk_id": 3, "vocab": vocabulary, "byte_fallback": False},
    }


def roberta(corpus):
    """<s>, <pad>, </s> and <unk>, bytes and what is merged of them, <mask>."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    trainer = trainers.BpeTrainer(vocab_size=SIZE, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(corpus, trainer)
    merges = [tuple(pair) for pair in json.loads(tokenizer.to_str())["model"]["merges"]]
    tokens = [*FAIRSEQ_SPECIAL, *alphabet, *("".join(merge) for merge in merges), "<mask>"]
    return RobertaTokenizer({token: id for id, token in enumerate(dict.fromkeys(tokens))}, merges)._tokenizer.to_str()


def mpnet(vocabulary):
    """<s>, <pad>, </s> and <unk>, BERT's vocabulary, <mask>."""
    return MPNetTokenizer({token: id for id, token in enumerate([*FAIRSEQ_SPECIAL, *vocabulary, "<mask>"])})._tokenizer.to_str()


def charsmap():
    """The compiled table of sentencepiece's normaliser for the characters below."""
    with tempfile.TemporaryDirectory() as folder:
        rules = Path(folder, "rules.tsv")
        rules.write_text("".join(f"{hexes(source)}\t{hexes(target)}\n" for source, target in sorted(normalized().items())))
        corpus, model = iter(SENTENCES.values()), io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=corpus, model_writer=model, model_type="char", hard_vocab_limit=False, normalization_rule_tsv=str(rules), minloglevel=2
        )
    return precompiled(model.getvalue())


def hexes(text):
    return " ".join(f"{ord(character):X}" for character in text)


def normalized():
    """NFKC of compatibility characters and accents, spaces to one space, and no control or invisible characters, as nmt_nfkc has it."""
    ranges = ((0xA0, 0x100), (0x132, 0x140), (0x1C4, 0x1CD), (0x2070, 0x209D), (0x2100, 0x2190), (0x2460, 0x24EB), (0x3131, 0x3164))
    ranges += ((0xF900, 0xF910), (0xFB00, 0xFB07), (0xFE50, 0xFE6C), (0xFF01, 0xFFA0), (0x1D400, 0x1D454))
    characters = [chr(point) for start, end in ranges for point in range(start, end)]
    characters += [unicodedata.normalize("NFD", chr(point)) for start, end in ((0xC0, 0x180), (0x1EA0, 0x1EFA)) for point in range(start, end)]
    table = {character: unicodedata.normalize("NFKC", character) for character in characters}
    table |= {space: " " for space in "\t\n\r\x85\xa0\u1680\u2000\u2003\u2009\u2028\u2029\u202f\u205f\u3000\u200b\u200e\u200f\ufeff"}
    table |= {chr(control): "" for control in (*range(1, 9), 0x0B, *range(0x0E, 0x20), 0x7F, 0x8F, 0x9F)}
    return {source: target for source, target in table.items() if source != target}


def precompiled(model):
    """`normalizer_spec.precompiled_charsmap` of a sentencepiece model: field 2 of field 3."""
    from sentencepiece import sentencepiece_model_pb2

    return sentencepiece_model_pb2.ModelProto.FromString(model).normalizer_spec.precompiled_charsmap


if __name__ == "__main__":
    main()
