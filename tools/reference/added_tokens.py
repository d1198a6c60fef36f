"""Records ids with added tokens, from every layout that transformers has saved and from folders by hand: test/golden/added-tokens.json.

The layouts that transformers saved are save_layouts.py's. Those by hand are written beside them, by-hand.json.
"""

import json

import tokenizers
import transformers
from text_folders import GOLDEN, LAYOUTS, TEXT, folder, opened, packed, write

TEXTS = [
    "a <cat-toy> in the snow",
    "a<cat-toy>in the snow",
    "<cat-toy>",
    "<cat-toy>_1 <cat-toy>_10 <cat-toy>_100 <cat-toy>_2",
    "<cat-toy><cat-toy>_1<cat-toy>",
    "(<cat-toy>), \"<cat-toy>\"! <cat-toy>.",
    "<Cat-Toy> <CAT-TOY> <cat-toy >",
    "the two words here",
    "two  words, two\twords, Two Words, twowords, two wordss",
    "the fox, a foxtrot, FOX and firefox; fox",
    "狐狸 a狐狸b 小狐狸跑",
    "<Big-Dog> <big-dog> <BIG-DOG>",
    "<RAW> <raw> a<RAW>b",
    "É! é! e\u0301! E\u0301! caf\u00e9! e!",
    "a <left> b, a<left>b, a   <left>   b, <left>",
    "a <right> b, a<right>b, a   <right>   b, <right>",
    "a <both> b, a<both>b, a \t <both> \n b",
    "toy toys a-toy toy! untoy TOY 狐toy",
    "Day day Days a Day, MonDay  Day",
    "a <SKS> b <sks> <SKS><SKS>",
    "a [MASK] b, a   [MASK]   b [mask] [CLS] [SEP][PAD] [UNK]",
    "a <mask> b, a   <mask>   b <MASK> <s> </s><pad> <unk>",
    "a <|endoftext|> b <|startoftext|><|ENDOFTEXT|> !",
    "the cat, thecat THE <the> [the]",
    "ＦＵＬＬ full <ＦＵＬＬ>",
    "",
    " ",
    "<cat-toy> ",
    " <left>",
]
TOKEN = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": True}


def token(content, **flags):
    return {"content": content, **TOKEN, **flags}


def plain(content, **flags):
    return token(content, **{"normalized": True, "special": False, **flags})


def typed(content, **flags):
    return {"__type": "AddedToken", **token(content, **flags)}


def layout(*vocabulary, **files):
    """Files by their names with "_" for "." before "json": tokenizer_config_json."""
    return {"vocabulary": list(vocabulary), "files": {name.removesuffix("_json") + ".json": content for name, content in files.items()}}


def settings(package, name, added):
    published = json.loads((LAYOUTS[package] / "plain.json").read_text())[name]["files"]["tokenizer.json"]
    return {**published, "added_tokens": published["added_tokens"] + [{"id": id, **each} for id, each in added.items()]}


def words_of(kind):
    return (TEXT / f"{kind}-vocab.txt").read_text().splitlines()


def by_hand():
    cat, words, sks = (plain(text) for text in ("<cat-toy>", "two words", "<sks>"))
    bert, raw = {"tokenizer_class": "BertTokenizer"}, {"tokenizer_class": "PreTrainedTokenizerFast"}
    names = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")
    special = {str(id): token(name) for id, name in enumerate(names)}
    decoder = {"added_tokens_decoder": special | {"1500": cat, "1501": words}}
    wordpiece = settings("core", "uncased tokenizer.json", {1500: cat, 1501: words, 1502: sks})
    uncased = {
        "added_tokens.json beside a bare vocab.txt": layout("vocab.txt", added_tokens_json={"<cat-toy>": 1500, "two words": 1501}),
        "added_tokens.json without a special_tokens_map.json": layout("vocab.txt", added_tokens_json={"<SKS>": 1501, "<cat-toy>": 1500}, tokenizer_config_json=bert),
        "added_tokens_decoder over the older files": layout(
            "vocab.txt",
            tokenizer_config_json=bert | decoder,
            special_tokens_map_json={"mask_token": token("[MASK]", lstrip=True), "additional_special_tokens": ["<SKS>"]},
            added_tokens_json={"<left>": 1500},
        ),
        "an empty added_tokens_decoder": layout("vocab.txt", tokenizer_config_json=bert | {"added_tokens_decoder": {}}, added_tokens_json={"<cat-toy>": 1500}),
        "ids out of order": layout("vocab.txt", tokenizer_config_json=bert | {"added_tokens_decoder": {"1501": cat, "1500": words, "4": token("[MASK]", lstrip=True)}}),
        "tokens with few fields": layout("vocab.txt", tokenizer_config_json=bert | {"added_tokens_decoder": {"1500": {"content": "<RAW>", "special": True}, "1501": {"content": "<Big-Dog>"}}}),
        "fewer tokens in added_tokens_decoder than in tokenizer.json": layout(tokenizer_json=wordpiece, tokenizer_config_json=bert | decoder),
        "fewer tokens in added_tokens_decoder, tokenizer.json as it is": layout(tokenizer_json=wordpiece, tokenizer_config_json=raw | decoder),
        "other flags in added_tokens_decoder, tokenizer.json as it is": layout(
            tokenizer_json=wordpiece, tokenizer_config_json=raw | {"added_tokens_decoder": {"1500": token("<cat-toy>", rstrip=True), "4": token("[MASK]", lstrip=True, rstrip=True)}}
        ),
        "further tokens in added_tokens_decoder, tokenizer.json as it is": layout(
            tokenizer_json=wordpiece, tokenizer_config_json=raw | {"added_tokens_decoder": {"1503": plain("fox"), "1504": plain("toy", single_word=True)}}
        ),
        "added_tokens.json beside tokenizer.json": layout(tokenizer_json=wordpiece, tokenizer_config_json=bert, added_tokens_json={"fox": 1503, "<cat-toy>": 1500}),
        "additional_special_tokens without ids": layout("vocab.txt", tokenizer_config_json=bert, special_tokens_map_json={"additional_special_tokens": ["<SKS>", "<cat-toy>"]}),
        "additional_special_tokens of tokenizer_config.json": layout(
            "vocab.txt", tokenizer_config_json=bert | {"additional_special_tokens": [typed("<left>", lstrip=True), "<SKS>"]}, special_tokens_map_json={"additional_special_tokens": ["<right>"]}
        ),
        "extra_special_tokens in both files": layout("vocab.txt", tokenizer_config_json=bert | {"extra_special_tokens": ["<SKS>"]}, special_tokens_map_json={"extra_special_tokens": [{"content": "<both>", "lstrip": True, "rstrip": True}, "<SKS>"]}),
        "extra_special_tokens with names": layout("vocab.txt", tokenizer_config_json=bert | {"image_token": "<cat-toy>", "extra_special_tokens": {"sks_token": "<SKS>", "day": "Day"}}),
        "a mask token that takes spaces": layout("vocab.txt", tokenizer_config_json=bert, special_tokens_map_json={"mask_token": {"content": "[MASK]", "lstrip": True, "rstrip": False, "normalized": False, "single_word": False}}),
        "special tokens that are normalised": layout("vocab.txt", tokenizer_config_json=bert | {"mask_token": typed("[MASK]", normalized=True), "pad_token": typed("[PAD]", normalized=True)}),
        "no mask token": layout("vocab.txt", tokenizer_config_json=bert | {"mask_token": None}),
        "words of the vocabulary": layout("vocab.txt", tokenizer_config_json=bert | {"added_tokens_decoder": {str(words_of("uncased").index("the")): plain("the"), "1500": cat}}),
        "the class of config.json": layout(tokenizer_json=wordpiece, config_json={"model_type": "bert", "tokenizer_class": "BertTokenizerFast"}),
        "DistilBERT's name": layout("vocab.txt", tokenizer_config_json={"tokenizer_class": "DistilBertTokenizer"}, added_tokens_json={"<cat-toy>": 1500}, config_json={"model_type": "distilbert"}),
        "a type whose class is another": layout(tokenizer_json=wordpiece, tokenizer_config_json={"tokenizer_class": "BertTokenizer", "do_lower_case": False}, config_json={"model_type": "modernbert"}),
        "other special tokens": layout("vocab.txt", tokenizer_config_json=bert | {"cls_token": "the", "sep_token": "<end>", "unk_token": "[UNK]"}, added_tokens_json={"<end>": 1500}),
    }
    wide = plain("ＦＵＬＬ")
    unigram = settings("core", "xlm-roberta as published", {1504: cat, 1505: wide, 1506: token("<left>", lstrip=True)})
    xlmr = {"tokenizer_class": "XLMRobertaTokenizer"}
    flags = {"0": token("<s>"), "1": token("<pad>"), "2": token("</s>"), "3": token("<unk>"), "1503": token("<mask>", lstrip=True)}
    unigrams = {
        "tokens of tokenizer.json": layout(tokenizer_json=unigram, tokenizer_config_json=xlmr),
        "tokens of tokenizer.json, as it is": layout(tokenizer_json=unigram, tokenizer_config_json=raw),
        "fewer tokens in added_tokens_decoder": layout(tokenizer_json=unigram, tokenizer_config_json=xlmr | {"added_tokens_decoder": flags | {"1504": cat}}),
        "fewer tokens in added_tokens_decoder, as it is": layout(tokenizer_json=unigram, tokenizer_config_json=raw | {"added_tokens_decoder": flags | {"1504": token("<cat-toy>")}}),
        "added_tokens.json beside tokenizer.json": layout(tokenizer_json=unigram, added_tokens_json={"two words": 1507}, special_tokens_map_json={"mask_token": "<mask>"}),
        "no space before words": layout(tokenizer_json=unigram, tokenizer_config_json=xlmr | {"add_prefix_space": False}),
        "BERT's type, XLM-R's class": layout(tokenizer_json=unigram, tokenizer_config_json={"tokenizer_class": "XLMRobertaTokenizerFast"}, config_json={"model_type": "bert"}),
    }
    bpe = settings("plugin-diffusion", "clip tokenizer.json", {1637: cat, 1638: plain("<cat-toy>_1"), 1639: sks})
    names = ("bos_token", "<|startoftext|>"), ("eos_token", "<|endoftext|>"), ("unk_token", "<|endoftext|>")
    older = {name: typed(text, normalized=True, special=False) for name, text in names}
    ends = {"1635": token("<|startoftext|>", normalized=True), "1636": token("<|endoftext|>", normalized=True)}
    pair = ("vocab.json", "merges.txt")
    clip = {
        "added_tokens.json and no config": layout(*pair, added_tokens_json={"<cat-toy>": 1637, "<cat-toy>_1": 1638}),
        "Stable Diffusion 1.5 with a token": layout(*pair, tokenizer_config_json=older | {"pad_token": "<|endoftext|>"}, added_tokens_json={"<cat-toy>": 1637}),
        "Stable Diffusion 2.1 with a token": layout(*pair, tokenizer_config_json=older, special_tokens_map_json={"pad_token": "!"}, added_tokens_json={"<cat-toy>": 1637}),
        "added_tokens_decoder": layout(*pair, tokenizer_config_json={"pad_token": "!", "added_tokens_decoder": ends | {"0": token("!"), "1637": cat}}),
        "fewer tokens in added_tokens_decoder than in tokenizer.json": layout(tokenizer_json=bpe, tokenizer_config_json={"added_tokens_decoder": ends | {"1637": cat}}),
        "a padding token that is added": layout(tokenizer_json=bpe, tokenizer_config_json={"pad_token": "<sks>"}),
        "textual inversions that are special": layout(*pair, tokenizer_config_json={"extra_special_tokens": ["<cat-toy>", "<cat-toy>_1"]}),
        "tokenizer.json beside vocab.json": layout(*pair, tokenizer_json=bpe, added_tokens_json={"fox": 1640}),
    }
    kinds = {"uncased": uncased, "xlm-roberta": unigrams, "clip": clip}
    named = {"core": {}, "plugin-diffusion": {}}
    for kind, layouts in kinds.items():
        named["plugin-diffusion" if kind == "clip" else "core"] |= {f"{kind}: {name}": each for name, each in layouts.items()}
    return named


def main():
    versions = {module.__name__: module.__version__ for module in (transformers, tokenizers)}
    for package, layouts in by_hand().items():
        (LAYOUTS[package] / "by-hand.json").write_text(json.dumps(layouts, ensure_ascii=False, separators=(",", ":")) + "\n")
        files = [file for file in sorted(LAYOUTS[package].iterdir()) if file.name != "plain.json"]
        folders = {file.stem: {name: record(name, each) for name, each in json.loads(file.read_text()).items()} for file in files}
        write(GOLDEN[package] / "added-tokens.json", {"versions": versions, "texts": TEXTS, "folders": folders})


def record(name, layout):
    kind = name.split(":")[0].split(" ")[0]
    with folder(kind, layout) as path:
        tokenizer = opened(kind, path)
        found = {"size": max(tokenizer.get_vocab().values()) + 1, "ids": [packed(tokenizer(text).input_ids) for text in TEXTS]}
    return found | ({"padding": tokenizer.pad_token_id} if kind == "clip" else {})


if __name__ == "__main__":
    main()
