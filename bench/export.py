"""Exports the bench's BERT for the peers. torch writes onnx/model.onnx. onnx/model_optimized.onnx is the same after
onnxruntime's optimizer for transformers, which is the form in which fastembed ships its models."""

import json
import sys
from pathlib import Path

import torch
from onnxruntime.transformers.fusion_options import FusionOptions
from onnxruntime.transformers.optimizer import optimize_model
from safetensors.torch import load_file
from transformers import BertConfig, BertModel

INPUTS = ["input_ids", "attention_mask", "token_type_ids"]
OUTPUT = "last_hidden_state"


class Encoder(torch.nn.Module):
    def __init__(self, model):
        super().__init__()
        self.model = model

    def forward(self, input_ids, attention_mask, token_type_ids):
        return self.model(input_ids, attention_mask, token_type_ids).last_hidden_state


def main(folder):
    config = BertConfig(**json.loads((folder / "config.json").read_text()), attn_implementation="eager")
    model = BertModel(config, add_pooling_layer=False).eval()
    model.load_state_dict(load_file(folder / "model.safetensors"))
    ids = torch.arange(200, 218).reshape(2, 9)
    mask = torch.ones_like(ids)
    mask[1, 5:] = 0
    file = str(folder / "onnx/model.onnx")
    with torch.inference_mode():
        torch.onnx.export(
            Encoder(model),
            (ids, mask, torch.zeros_like(ids)),
            file,
            dynamo=False,
            opset_version=17,
            input_names=INPUTS,
            output_names=[OUTPUT],
            dynamic_axes={name: {0: "batch", 1: "sequence"} for name in [*INPUTS, OUTPUT]},
        )
    optimized = optimize_model(
        file,
        "bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        optimization_options=FusionOptions("bert"),
        opt_level=0,
    )
    optimized.save_model_to_file(str(folder / "onnx/model_optimized.onnx"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
