"""Gathers the training texts: texts.json, with "train" and "held_out".

python corpus.py --work work
"""

import argparse
import json
import random
import re
from collections import defaultdict
from pathlib import Path

import augment
import sources

TRIPLES = Path(__file__).parents[3] / "packages/demo-models/test/triples.json"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work"))
    parser.add_argument("--scale", type=float, default=1, help="factor on the share of every source")
    arguments = parser.parse_args()
    random.seed(0)
    folder = arguments.work / "packages"
    sources.fetch(folder)
    train, held_out = gather(folder, arguments.scale)
    judged = {key(text) for text in triple_texts()}
    assert judged.isdisjoint(key(text) for text in train), "a judge's text among those to learn from"
    (arguments.work / "texts.json").write_text(json.dumps({"train": train, "held_out": held_out}, indent=0))
    print(f"{len(train)} texts for training, {len(held_out)} held out")


def gather(folder, scale):
    """Training texts, and held-out texts of the same sources, from which no training text was made."""
    taken = {key(text) for text in triple_texts()}
    def share(texts, count):
        fresh = {key(text): text for text in texts if fits(text)}
        chosen = sorted(fresh[name] for name in fresh.keys() - taken)
        chosen = random.sample(chosen, min(len(chosen), int(count * scale)))
        taken.update(map(key, chosen))
        return chosen

    synsets = list(sources.wordnet(folder))
    entries = list(sources.ding(folder))
    sentences = share([example for _, _, examples in synsets for example in examples], 40_000)
    sentences += share([entry for entry in entries if is_sentence(entry)], 30_000)
    sentences += share(sources.fortunes(folder), 12_000)
    random.shuffle(sentences)
    held_out, sentences = sentences[:3_000], sentences[3_000:]

    nouns = [word for words, _, _ in synsets for word in words]
    train = sentences + share(entries, 45_000)
    train += share([gloss for _, gloss, _ in synsets], 15_000)
    train += share([f"{words[0]}: {gloss}" for words, gloss, _ in synsets], 15_000)
    train += share(sources.gcide(folder), 20_000)
    train += share(sources.foldoc(folder), 5_000)
    train += share(sources.descriptions(), 8_000)
    train += share(augment.framed(entries, random), 20_000)
    train += share(augment.asked(nouns, random), 5_000)
    train += share(augment.reworded(sentences, synonyms(synsets), random), 20_000)
    train += share(augment.joined(sentences, 6_000, random), 6_000)
    random.shuffle(train)
    return train, held_out


def synonyms(synsets):
    """The other words of a word's first, most usual sense."""
    others = defaultdict(list)
    for words, _, _ in synsets:
        for word in words:
            if word.islower() and len(word) > 3 and word not in others:
                others[word] = [other for other in words if other != word]
    return {word: found for word, found in others.items() if found}


def is_sentence(text):
    return bool(re.match(r"[A-Z].*[.!?]$", text)) and text.count(" ") > 1


def fits(text):
    """Whether a text has English letters and a usable length."""
    letters = sum(character.isascii() and (character.isalpha() or character == " ") for character in text)
    return len(text) >= 3 and text.count(" ") < 100 and letters > 0.85 * len(text)


def triple_texts():
    triples = json.loads(TRIPLES.read_text())
    return [text for kind in triples.values() for triple in kind for text in triple.values()]


def key(text):
    """A text without case and punctuation."""
    return " ".join(re.findall(r"[a-z0-9]+", text.lower()))


if __name__ == "__main__":
    main()
