"""Batches of texts of similar length, in an order that depends on a seed and a step number."""

import numpy as np
import torch

from student import POSITIONS

BUCKET = 50


class Batches:
    def __init__(self, tokenizer, texts, size, seed):
        self.texts = Tokens(tokenizer, texts)
        self.lengths = self.texts.lengths
        self.size, self.seed = size, seed
        self.per_epoch = len(texts) // size
        self.epoch, self.order = None, None

    def at(self, step):
        """The indices of a step's texts."""
        epoch, place = divmod(step, self.per_epoch)
        if epoch != self.epoch:
            self.epoch, self.order = epoch, self.shuffled(epoch)
        return self.order[place]

    def shuffled(self, epoch):
        """[batches, size]: texts in random order, sorted by length within buckets, the batches in random order."""
        random = np.random.default_rng([self.seed, epoch])
        texts = random.permutation(len(self.lengths))[: self.per_epoch * self.size]
        bucket = BUCKET * self.size
        runs = [texts[at : at + bucket] for at in range(0, len(texts), bucket)]
        ordered = np.concatenate([run[np.argsort(self.lengths[run], kind="stable")] for run in runs])
        return random.permutation(ordered.reshape(-1, self.size))

    def tokens(self, indices, device):
        return self.texts.padded(indices, device)


class Senses:
    """Random contrasts of a word's senses."""

    def __init__(self, tokenizer, contrasts, size, seed):
        self.texts = Tokens(tokenizer, [text for contrast in contrasts for text in contrast])
        self.count, self.size, self.seed = len(contrasts), size, seed

    def at(self, step, device):
        """ids and mask [3 * size, longest]: the examples, then their own senses, then the others."""
        chosen = np.random.default_rng([self.seed, step]).integers(self.count, size=self.size)
        return self.texts.padded(np.concatenate([3 * chosen, 3 * chosen + 1, 3 * chosen + 2]), device)


class Tokens:
    """The ids of many texts."""

    def __init__(self, tokenizer, texts):
        tokenizer.enable_truncation(POSITIONS)
        self.ids = [np.array(encoding.ids) for encoding in tokenizer.encode_batch(texts)]
        self.lengths = np.array([len(ids) for ids in self.ids])

    def padded(self, indices, device):
        """ids and mask [texts, longest]."""
        length = self.lengths[indices].max()
        ids = torch.zeros(len(indices), length, dtype=torch.int64)
        for row, index in enumerate(indices):
            ids[row, : self.lengths[index]] = torch.from_numpy(self.ids[index])
        mask = torch.arange(length) < torch.from_numpy(self.lengths[indices])[:, None]
        return ids.to(device), mask.long().to(device)
