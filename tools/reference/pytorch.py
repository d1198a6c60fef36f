"""Writes the small files of torch.save that packages/core/test/fixtures/pytorch holds, and their tensors.

--check compares the tensors that are recorded with those that torch.load reads of the files.
"""

import argparse
import base64
import importlib
import io
import json
import os
import pickle
import sys
import zipfile
from collections import OrderedDict
from pathlib import Path
from types import ModuleType

import numpy
import torch
from torch import nn

FOLDER = Path(__file__).parents[2] / "packages/core/test/fixtures/pytorch"

DTYPES = {
    torch.float32: "F32",
    torch.float16: "F16",
    torch.bfloat16: "BF16",
    torch.float64: "F64",
    torch.int64: "I64",
    torch.int32: "I32",
    torch.int16: "I16",
    torch.int8: "I8",
    torch.uint8: "U8",
    torch.bool: "BOOL",
    torch.complex64: "C64",
}


def row(count, dtype=torch.float32, start=0):
    return torch.arange(start, start + count, dtype=torch.float32).to(dtype)


def module():
    """A state dict as modules have it: ordered, with the versions of its modules as attributes."""
    layer = nn.Sequential(nn.Linear(3, 2), nn.LayerNorm(2))
    with torch.no_grad():
        for index, parameter in enumerate(layer.parameters()):
            parameter.copy_(row(parameter.numel(), start=10 * index).reshape(parameter.shape))
    return layer.state_dict()


def views():
    """Tensors that share a storage: one twice, a row of it, and one of no elements."""
    table = row(12).reshape(4, 3)
    return {
        "table": table,
        "tied": table,
        "row": table[2],
        "rows": table[1:3],
        "column": table[:, :1][1:2],
        "empty": torch.zeros(0, 4),
        "scalar": torch.tensor(7.5),
    }


def types():
    return {name: row(3, dtype) for dtype, name in DTYPES.items()}


def trained():
    """A state dict within what a trainer notes beside it."""
    tensors = OrderedDict(weight=nn.Parameter(row(6).reshape(2, 3)), bias=nn.Parameter(row(2)))
    return {"epoch": 3, "rate": 1e-4, "steps": 2**40, "done": None, "losses": [1.5, 2.0], "state_dict": tensors}


class ModelCheckpoint:
    """Stands for PyTorch Lightning's class of that name."""

    __module__ = "pytorch_lightning.callbacks.model_checkpoint"


for name in ("pytorch_lightning", "pytorch_lightning.callbacks", ModelCheckpoint.__module__):
    sys.modules[name] = ModuleType(name)
sys.modules[ModelCheckpoint.__module__].ModelCheckpoint = ModelCheckpoint


def lightning():
    """A checkpoint as PyTorch Lightning 1 wrote those of Stable Diffusion: the names of its callbacks, and numbers of numpy."""
    noted = {ModelCheckpoint: {"best_model_score": numpy.float32(0.25), "monitor": "loss", "best_model_path": ""}}
    return {"epoch": 3, "callbacks": noted, "state_dict": {"weight": row(2)}, "lr_schedulers": [{"last_epoch": 3}]}


def names():
    return {"__proto__": row(2), "constructor": row(2, start=5), "größe.weight": row(1), "": row(1, start=9)}


class Call:
    """An object that makes whoever unpickles it call a function."""

    def __init__(self, function, *arguments):
        self.call = function, arguments

    def __reduce__(self):
        return self.call


def with_attribute(value):
    tensors = OrderedDict(weight=row(1))
    tensors.attribute = value
    return tensors


# Functions that do nothing with these arguments, and could do anything with others.
HOSTILE = {
    "a command": Call(os.system, ""),
    "an expression": Call(eval, "1"),
    "statements": Call(exec, "pass"),
    "an import": Call(importlib.import_module, "math"),
    "within a dict": {"weight": row(1), "more": {"deep": [Call(os.system, "")]}},
    "as a name": {Call(os.getpid): row(1)},
    "as an attribute": with_attribute(Call(os.system, "")),
    "as an argument": Call(OrderedDict, [Call(os.system, "")]),
    "a module": nn.Linear(1, 1),
    "an array": {"weight": numpy.zeros(1)},
    "an object": {"options": argparse.Namespace(rate=1)},
    "a set": {"layers": {1, 2}},
    "a type": {"weight": row(1), "type": torch.float32},
}


class HostileStorages(pickle.Pickler):
    """Refers to a storage whose type is a call, for each ellipsis."""

    def persistent_id(self, value):
        return ("storage", Call(os.system, ""), "0", "cpu", 1) if value is Ellipsis else None


def hostile(protocol):
    """The pickles that torch.save makes of these objects, in base 64."""
    pickles = {name: pickle_of(value, protocol) for name, value in HOSTILE.items()}
    file = io.BytesIO()
    HostileStorages(file, protocol).dump({"weight": ...})
    pickles["as a storage's type"] = file.getvalue()
    return {name: base64.b64encode(data).decode() for name, data in pickles.items()}


def pickle_of(value, protocol):
    file = io.BytesIO()
    torch.save(value, file, pickle_protocol=protocol)
    return zipfile.ZipFile(file).read("archive/data.pkl")


FILES = {
    "module": (module, {}),
    "views": (views, {}),
    "types": (types, {}),
    "trained": (trained, {}),
    "lightning": (lightning, {}),
    "names": (names, {}),
    **{f"protocol-{n}": (module, {"pickle_protocol": n}) for n in (3, 4, 5)},
}


def contents(saved):
    """Type, shape and bytes of every tensor."""
    tensors = saved.get("state_dict", saved)
    return {name: [DTYPES[tensor.dtype], list(tensor.shape), bytes_of(tensor).hex()] for name, tensor in tensors.items()}


def bytes_of(tensor):
    return tensor.detach().contiguous().flatten().view(torch.uint8).numpy().tobytes()


def main():
    golden = FOLDER / "tensors.json"
    if "--check" in sys.argv:
        read = {name: contents(torch.load(FOLDER / f"{name}.bin", weights_only=False)) for name in FILES}
        assert json.loads(golden.read_text()) == read, f"{golden} differs"
        return
    FOLDER.mkdir(exist_ok=True)
    for name, (make, options) in FILES.items():
        torch.save(make(), FOLDER / f"{name}.bin", **options)
    torch.save(module(), FOLDER / "legacy.bin", _use_new_zipfile_serialization=False)
    pickles = {str(protocol): hostile(protocol) for protocol in (2, 4)}
    (FOLDER / "hostile.json").write_text(json.dumps(pickles, indent=1) + "\n")
    recorded = {name: contents(make()) for name, (make, _) in FILES.items()}
    golden.write_text(json.dumps(recorded, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
