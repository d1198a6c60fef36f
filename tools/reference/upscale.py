"""Records runs of ESRGAN's RRDBNet: packages/plugin-diffusion/test/golden/graphs/rrdbnet-*.json.

The network is written here from the papers (arXiv 1809.00219, section 3.1; arXiv 2107.10833, section 3.4), so that basicsr is not needed.
Weights are filled by the names that they have in the file, in each of the layouts that files have.
"""

import base64
import json
import re
from pathlib import Path

import torch
from torch import nn
from torch.nn import functional

from fill import fill

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/graphs"


class DenseBlock(nn.Module):
    def __init__(self, features, growth):
        super().__init__()
        for i in range(1, 6):
            out = growth if i < 5 else features
            setattr(self, f"conv{i}", nn.Conv2d(features + (i - 1) * growth, out, 3, padding=1))

    def forward(self, x):
        seen = x
        for i in range(1, 5):
            grown = functional.leaky_relu(getattr(self, f"conv{i}")(seen), 0.2)
            seen = torch.cat([seen, grown], 1)
        return x + 0.2 * self.conv5(seen)


class ResidualBlock(nn.Module):
    def __init__(self, features, growth):
        super().__init__()
        for i in range(1, 4):
            setattr(self, f"rdb{i}", DenseBlock(features, growth))

    def forward(self, x):
        return x + 0.2 * self.rdb3(self.rdb2(self.rdb1(x)))


class RRDBNet(nn.Module):
    """The modules have basicsr's names. `doublings` is 2 in all networks that are published by those names."""

    def __init__(self, blocks, features, growth, unshuffle, doublings):
        super().__init__()
        self.unshuffle, self.doublings = unshuffle, doublings
        self.conv_first = nn.Conv2d(3 * unshuffle**2, features, 3, padding=1)
        self.body = nn.Sequential(*(ResidualBlock(features, growth) for _ in range(blocks)))
        self.conv_body = nn.Conv2d(features, features, 3, padding=1)
        for i in range(1, doublings + 1):
            setattr(self, f"conv_up{i}", nn.Conv2d(features, features, 3, padding=1))
        self.conv_hr = nn.Conv2d(features, features, 3, padding=1)
        self.conv_last = nn.Conv2d(features, 3, 3, padding=1)

    def forward(self, x):
        first = self.conv_first(functional.pixel_unshuffle(x, self.unshuffle))
        x = first + self.conv_body(self.body(first))
        for i in range(1, self.doublings + 1):
            doubled = functional.interpolate(x, scale_factor=2, mode="nearest")
            x = functional.leaky_relu(getattr(self, f"conv_up{i}")(doubled), 0.2)
        return self.conv_last(functional.leaky_relu(self.conv_hr(x), 0.2))


def nested(name, config):
    return f"params_ema.{name}"


def trunk(name, config):
    name = re.sub(r"^body\.(\d+)\.rdb", r"RRDB_trunk.\1.RDB", name)
    name = re.sub(r"^conv_body", "trunk_conv", name)
    name = re.sub(r"^conv_up", "upconv", name)
    return re.sub(r"^conv_hr", "HRconv", name)


def numbered(name, config):
    """Layers by number: 0, the blocks and the trunk's end in 1, then each doubling's three layers, and the last two convolutions."""
    behind = 2 + 3 * config["doublings"]
    name = re.sub(r"^body\.(\d+)\.rdb(\d)\.conv(\d)", r"model.1.sub.\1.RDB\2.conv\3.0", name)
    name = re.sub(r"^conv_body", f"model.1.sub.{config['blocks']}", name)
    name = re.sub(r"^conv_first", "model.0", name)
    name = re.sub(r"^conv_up(\d)", lambda found: f"model.{3 * int(found[1])}", name)
    name = re.sub(r"^conv_hr", f"model.{behind}", name)
    return re.sub(r"^conv_last", f"model.{behind + 2}", name)


def plain(name, config):
    return name


TINY = dict(blocks=2, features=16, growth=8, unshuffle=1, doublings=2)
CASES = {
    "x4": dict(config=TINY, layout=plain, image=[1, 3, 9, 14]),
    "x4-f16": dict(config=TINY, layout=plain, image=[2, 3, 6, 5], dtype="F16"),
    "x2": dict(config=TINY | {"unshuffle": 2}, layout=plain, image=[1, 3, 12, 18]),
    "x1": dict(config=TINY | {"unshuffle": 4}, layout=plain, image=[1, 3, 24, 36]),
    "nested": dict(config=TINY, layout=nested, image=[1, 3, 7, 7]),
    "trunk": dict(config=TINY, layout=trunk, image=[1, 3, 7, 8]),
    "trunk-x2": dict(config=TINY | {"doublings": 1}, layout=trunk, image=[1, 3, 11, 8]),
    "numbered": dict(config=TINY, layout=numbered, image=[1, 3, 8, 7]),
    "numbered-x8": dict(config=TINY | {"doublings": 3}, layout=numbered, image=[1, 3, 4, 5]),
    "numbered-x1": dict(config=TINY | {"doublings": 0}, layout=numbered, image=[1, 3, 10, 9]),
    "whole": dict(
        config=TINY | {"blocks": 23, "features": 64, "growth": 32}, layout=plain, image=[1, 3, 5, 7]
    ),
}
DTYPES = {"F32": torch.float32, "F16": torch.float16}


@torch.inference_mode()
def record(name, case):
    config, layout, dtype = case["config"], case["layout"], case.get("dtype", "F32")
    model = RRDBNet(**config)
    shapes = {}
    for own, tensor in model.state_dict().items():
        stored = layout(own, config)
        shapes[stored] = list(tensor.shape)
        tensor.copy_(torch.from_numpy(fill(stored, shapes[stored])).to(DTYPES[dtype]))
    dims = case["image"]
    # A fan-in of one gives values between -√3 and √3.
    image = torch.from_numpy(fill("image", [torch.Size(dims).numel(), 1])).reshape(dims)
    enlarged = model(image)
    data = base64.b64encode(enlarged.numpy().astype("<f4").tobytes()).decode()
    golden = {
        "versions": {"torch": torch.__version__},
        "dtype": dtype,
        "config": config,
        "shapes": shapes,
        "inputs": {"image": dims},
        "outputs": {"enlarged": {"dims": list(enlarged.shape), "base64": data}},
    }
    path = GOLDEN / f"rrdbnet-{name}.json"
    path.write_text(json.dumps(golden) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes, largest value {enlarged.abs().max():.3f}")


if __name__ == "__main__":
    for name, case in CASES.items():
        record(name, case)
