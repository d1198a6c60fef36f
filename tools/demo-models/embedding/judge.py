"""Prints the figures of the teacher and of a packed student: triples won, agreement, size, speed.

python judge.py --work work --model ../../../packages/demo-models/demo-embedding
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from scipy.stats import spearmanr
from sentence_transformers import SentenceTransformer

from corpus import TRIPLES
from teacher import FOLDER

NEIGHBOURS = [1, 10, 100, 1000]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work"))
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--lost", action="store_true", help="name the triples that the student loses")
    arguments = parser.parse_args()
    triples = json.loads(TRIPLES.read_text())
    held_out = json.loads((arguments.work / "texts.json").read_text())["held_out"]
    reference = None
    for folder in (FOLDER, arguments.model):
        model = SentenceTransformer(str(folder), device="cpu")
        won = {kind: [wins(model, triple) for triple in those] for kind, those in triples.items()}
        start = time.time()
        vectors = model.encode(held_out, batch_size=64)
        speed = len(held_out) / (time.time() - start)
        reference = vectors if reference is None else reference
        print(f"{folder.name}: {sum(map(sum, won.values()))} of {sum(map(len, won.values()))} triples,", end=" ")
        print(f"{sum(won['misleading'])} of {len(won['misleading'])} misleading ones;", end=" ")
        print(f"Spearman {agreement(reference, vectors):.3f}, cosine {(reference * vectors).sum(1).mean():.3f};", end=" ")
        print(f"{size(folder):.1f} MB, {speed:.0f} texts/s")
    if arguments.lost:
        print(*(triple for kind, those in triples.items() for triple, win in zip(those, won[kind]) if not win), sep="\n")


def wins(model, triple):
    anchor, paraphrase, unrelated = model.encode([triple["anchor"], triple["paraphrase"], triple["unrelated"]])
    return bool(anchor @ paraphrase > anchor @ unrelated)


def agreement(reference, vectors):
    """Spearman's correlation over every text's pairs with its 1st, 10th, 100th and 1000th neighbour by the reference."""
    similarities = reference @ reference.T
    others = np.argsort(-similarities, axis=1)[:, NEIGHBOURS]
    pairs = np.arange(len(reference))[:, None], others
    return spearmanr(similarities[pairs].ravel(), (vectors @ vectors.T)[pairs].ravel()).statistic


def size(folder):
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file()) / 1e6


if __name__ == "__main__":
    main()
