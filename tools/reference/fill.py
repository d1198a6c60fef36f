"""Fills checkpoints with the values that @kindred/core/testing's `synthesize` gives them.

A value depends only on the tensor's name in the file, its shape and the element's index. It is murmur3's finaliser over
the name's FNV-1a hash and the index, spread according to the tensor's purpose.

As a script it writes the values that packages/core/test/golden/fill.json records. With --check it compares them.
"""

import json
import math
import sys
from pathlib import Path

import numpy as np

ACTIVATED_GAIN = 2.5
GOLDEN = Path(__file__).parents[2] / "packages/core/test/golden/fill.json"


def fnv1a(name):
    value = 0x811C9DC5
    for byte in name.encode():
        value = (value ^ byte) * 0x01000193 % 2**32
    return value


def spread(name, shape):
    if len(shape) == 1:
        norm = name.endswith(".weight") or name.endswith("gamma")
        return (1, 0.1) if norm else (0, 0.02)
    if len(shape) == 2 and ("embed" in name or "shared" in name):
        return 0, 0.05
    gain = ACTIVATED_GAIN if "controlnet_cond_embedding" in name else 1
    return 0, gain * math.sqrt(3 / math.prod(shape[1:]))


def fill(name, shape):
    """The float32 values of a tensor, as an array of its shape."""
    centre, scale = spread(name, shape)
    x = np.uint32(fnv1a(name)) + np.arange(math.prod(shape), dtype=np.uint32) * np.uint32(0x9E3779B9)
    x ^= x >> 16
    x *= np.uint32(0x85EBCA6B)
    x ^= x >> 13
    x *= np.uint32(0xC2B2AE35)
    x ^= x >> 16
    values = centre + scale * (x.astype(np.float64) / 2**31 - 1)
    return values.astype(np.float32).reshape(shape)


def fill_state_dict(model, prefix="", rename=lambda name: name):
    """Fills the floating-point parameters and buffers of a torch module in place, rounding to their dtype.

    `rename` and then `prefix` turn the module's names into those of the checkpoint's file.
    Tensors that share memory are filled once, under the first of their names. Integer buffers are not filled.
    """
    import torch

    seen = set()
    with torch.no_grad():
        for name, tensor in model.state_dict().items():
            if tensor.is_floating_point() and tensor.data_ptr() not in seen:
                seen.add(tensor.data_ptr())
                tensor.copy_(torch.from_numpy(fill(prefix + rename(name), tuple(tensor.shape))))
    return model


def round_to(values, dtype):
    import torch

    kinds = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
    return torch.from_numpy(values).to(kinds[dtype]).float().numpy()


def record():
    """One tensor of each kind, sampled where rounding, chunks and hashing could go wrong."""
    long = 2**20 + 5
    cases = [
        ("encoder.layer.0.attention.self.query.weight", (24, 17), [0, 1, 2, 200, 407]),
        ("conv_in.weight", (8, 4, 3, 3), [0, 5, 287]),
        ("controlnet_cond_embedding.conv_in.weight", (8, 3, 3, 3), [0, 5, 215]),
        ("LayerNorm.weight", (64,), [0, 1, 63]),
        ("LayerNorm.gamma", (64,), [0, 1, 63]),
        ("LayerNorm.bias", (64,), [0, 1, 63]),
        ("embeddings.word_embeddings.weight", (30, 8), [0, 8, 239]),
        ("shared.weight", (30, 8), [0, 8, 239]),
        ("größe.weight", (3, 3), [0, 8]),
        ("embed", (long, 1), list(range(2**20 - 3, long))),
    ]
    return [
        {
            "name": name,
            "shape": list(shape),
            "indices": indices,
            "values": {
                dtype: [float(v) for v in round_to(fill(name, shape).ravel()[indices], dtype)]
                for dtype in ("F32", "F16", "BF16")
            },
        }
        for name, shape, indices in cases
    ]


if __name__ == "__main__":
    if "--check" in sys.argv:
        assert json.loads(GOLDEN.read_text()) == record(), f"{GOLDEN} differs"
    else:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(json.dumps(record(), ensure_ascii=False, indent=1) + "\n")
