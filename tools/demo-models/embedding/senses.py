"""Writes contrasts of a word's senses from WordNet: senses.json, a list of [example, same sense, other sense].

python senses.py --work work

The text of the same sense is the definition or another example. The text of the other sense is an example in which the same
word means something else, or the definition where there is no such example.
"""

import argparse
import json
import random
from collections import defaultdict
from pathlib import Path

import sources
from corpus import fits, key, triple_texts


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work"))
    arguments = parser.parse_args()
    random.seed(0)
    held_out = json.loads((arguments.work / "texts.json").read_text())["held_out"]
    found = list(contrasts(arguments.work / "packages", {key(text) for text in held_out + triple_texts()}))
    (arguments.work / "senses.json").write_text(json.dumps(found, indent=0))
    print(f"{len(found)} contrasts of senses")


def contrasts(folder, barred):
    senses = [
        (words, gloss, [example for example in examples if fits(example) and key(example) not in barred])
        for words, gloss, examples in sources.wordnet(folder)
    ]
    of_word = defaultdict(list)
    for sense in senses:
        for word in sense[0]:
            of_word[word].append(sense)
    for sense in senses:
        words, gloss, examples = sense
        for example in examples:
            rivals = [(word, rival) for word in words if word in example for rival in of_word[word] if rival is not sense]
            if rivals:
                same = [gloss] + [other for other in examples if other != example]
                word, (_, other_gloss, other_examples) = random.choice(rivals)
                sharing = [other for other in other_examples if word in other] or [other_gloss]
                yield example, random.choice(same), random.choice(sharing)



if __name__ == "__main__":
    main()
