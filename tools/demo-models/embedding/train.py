"""Trains the student to give the teacher's vectors. Writes state.pt every few minutes. Started again, it continues.

python train.py --work work --threads 2

The loss pulls a text's vector to the teacher's (Reimers & Gurevych 2020, arXiv:2004.09813), and the similarities within a
batch to the teacher's similarities (Tung & Mori 2019, arXiv:1907.09682). It also pulls an example of a word nearer to its own
sense than to another sense of the word and to other words' senses (InfoNCE, arXiv:1807.03748).
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from batches import Batches, Senses
from student import embed, from_teacher
from teach import DIMENSIONS

TEMPERATURE = 0.05


def main():
    arguments = parse()
    torch.manual_seed(arguments.seed)
    torch.set_num_threads(arguments.threads)
    texts = json.loads((arguments.work / "texts.json").read_text())["train"]
    vectors = np.fromfile(arguments.work / "vectors.f16", np.float16).reshape(-1, DIMENSIONS)
    texts = texts[: len(vectors)]
    tokenizer = Tokenizer.from_file(str(arguments.work / "tokenizer.json"))
    model = from_teacher(tokenizer, arguments.layers).to(arguments.device)
    contrasts = json.loads((arguments.work / "senses.json").read_text())
    senses = Senses(tokenizer, contrasts, arguments.contrasts, arguments.seed)
    train(model, Batches(tokenizer, texts, arguments.batch, arguments.seed), vectors, senses, arguments)


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, default=Path("work"))
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--layers", type=int, nargs="+", default=[0, 5], help="the teacher's layers to start from")
    parser.add_argument("--steps", type=int, default=4_100)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--rate", type=float, default=7e-4, help="learning rate after 200 steps, falling to 0 at the end")
    parser.add_argument("--similarity", type=float, default=10, help="weight of the similarities' error")
    parser.add_argument("--contrasts", type=int, default=48, help="contrasts of senses beside each batch")
    parser.add_argument("--sense", type=float, default=0.4, help="weight of the contrasts")
    parser.add_argument("--save-minutes", type=float, default=3)
    return parser.parse_args()


def train(model, batches, vectors, senses, arguments):
    optimizer = torch.optim.AdamW(model.parameters(), lr=arguments.rate, betas=(0.9, 0.98), weight_decay=0.01)
    state = arguments.work / "state.pt"
    first = restore(state, model, optimizer)
    losses, saved = [], time.time()
    for step in range(first, arguments.steps):
        for group in optimizer.param_groups:
            group["lr"] = arguments.rate * min((step + 1) / 200, 1) * (1 - step / arguments.steps)
        indices = batches.at(step)
        target = torch.from_numpy(vectors[indices]).to(arguments.device).float()
        with torch.autocast(arguments.device, torch.bfloat16):
            found = embed(model, *batches.tokens(indices, arguments.device))
            of_senses = embed(model, *senses.at(step, arguments.device))
        loss = distance(found, target) + arguments.similarity * dissimilarity(found, target)
        loss = loss + arguments.sense * confusion(of_senses)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1)
        optimizer.step()
        losses.append(loss.item())
        if (step + 1) % 100 == 0:
            print(f"step {step + 1}: loss {np.mean(losses[-100:]):.4f}, {time.strftime('%H:%M:%S')}", flush=True)
        if time.time() - saved > 60 * arguments.save_minutes or step + 1 == arguments.steps:
            save(state, model, optimizer, step + 1)
            saved = time.time()


def distance(found, target):
    """1 minus the mean cosine of unit vectors."""
    return 1 - (found * target).sum(1).mean()


def dissimilarity(found, target):
    """Mean squared error of the similarities between the batch's texts."""
    return (found @ found.T - target @ target.T).square().mean()


def confusion(vectors):
    """Cross entropy of choosing an example's own sense among the batch's senses and one other sense of its word."""
    example, same, other = vectors.unflatten(0, (3, -1))
    scores = torch.cat([example @ same.T, (example * other).sum(1, keepdim=True)], 1) / TEMPERATURE
    return torch.nn.functional.cross_entropy(scores, torch.arange(len(example), device=scores.device))


def restore(state, model, optimizer):
    """Loads the state. Returns the step to continue with."""
    if not state.exists():
        return 0
    saved = torch.load(state)
    model.load_state_dict(saved["model"])
    optimizer.load_state_dict(saved["optimizer"])
    return saved["step"]


def save(state, model, optimizer, step):
    """Replaces the file in one move, so that an interruption loses nothing."""
    new = state.with_suffix(".new")
    torch.save({"model": model.state_dict(), "optimizer": optimizer.state_dict(), "step": step}, new)
    new.replace(state)


if __name__ == "__main__":
    main()
