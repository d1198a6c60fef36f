"""Records how diffusers spells prompts with textual inversions of several vectors: packages/plugin-diffusion/test/golden/textual-inversion.json."""

import diffusers
import transformers
from diffusers.loaders import TextualInversionLoaderMixin
from text_folders import GOLDEN, folder, opened, packed, write

# A token that is lower-cased when it is found is not spelled out, unless it is found as it is written.
TOKENS = ["<cat-toy>", "<cat-toy>_1", "<cat-toy>_2", "<one>", "<Dog>", "<Dog>_1", "<Raw>", "<Raw>_1", "sks", "sks_1"]
RAW = {"lstrip": False, "normalized": False, "rstrip": False, "single_word": False, "special": False}
PROMPTS = [
    "a <cat-toy> in the snow",
    "<cat-toy><cat-toy>, <cat-toy>",
    "a <cat-toy>_1 alone",
    "a <cat-toy> and a <cat-toy>_1",
    "a <CAT-TOY> in the snow",
    "a <one> in the snow",
    "<Dog> <dog> <DOG>",
    "<Raw> <raw> a<Raw>",
    "sks, a sks. sksks",
    "no token at all",
    "",
]


def main():
    tokens = {str(1637 + i): {"content": token, **RAW, "normalized": not token.startswith("<Raw>")} for i, token in enumerate(TOKENS)}
    layout = {"vocabulary": ["vocab.json", "merges.txt"], "files": {"tokenizer_config.json": {"added_tokens_decoder": tokens}}}
    with folder("clip", layout) as path:
        tokenizer = opened("clip", path)
    spelled = [TextualInversionLoaderMixin().maybe_convert_prompt(prompt, tokenizer) for prompt in PROMPTS]
    assert spelled == [TextualInversionLoaderMixin().maybe_convert_prompt(prompt, tokenizer) for prompt in PROMPTS]
    ids = [packed(tokenizer(text, add_special_tokens=False).input_ids) for text in spelled]
    versions = {module.__name__: module.__version__ for module in (diffusers, transformers)}
    write(GOLDEN["plugin-diffusion"] / "textual-inversion.json", {"versions": versions, "layout": layout, "prompts": PROMPTS, "spelled": spelled, "ids": ids})


if __name__ == "__main__":
    main()
