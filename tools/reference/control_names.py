"""Records the original names of ControlNets' tensors: packages/plugin-diffusion/test/golden/single-file/control-nets.json."""

import json
from pathlib import Path

import torch
from diffusers import ControlNetModel
from diffusers.loaders.single_file_utils import convert_controlnet_checkpoint

from control_graphs import CONTROL_15, control
from diffusion_graphs import SD21
from single_file import RESNET, UNET, replaced

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/single-file/control-nets.json"
CONFIGS = {"sd15": CONTROL_15, "sd21": control(SD21)}
HINT = "controlnet_cond_embedding"
ROWS = [
    (rf"^{HINT}\.conv_in\.", "input_hint_block.0."),
    (rf"^{HINT}\.conv_out\.", "input_hint_block.14."),
    (rf"^{HINT}\.blocks\.(\d)\.", lambda m: f"input_hint_block.{2 * int(m[1]) + 2}."),
    (r"^controlnet_down_blocks\.(\d+)\.", r"zero_convs.\1.0."),
    (r"^controlnet_mid_block\.", "middle_block_out.0."),
]


def rows_of(name):
    if name.startswith("controlnet_"):
        return ROWS
    return (RESNET if ".resnets." in name else []) + UNET


def original_names(config):
    """By diffusers' names. diffusers' own converter turns each back."""
    tensors = ControlNetModel.from_config(config).state_dict()
    names = {name: replaced(name, rows_of(name)) for name in tensors}
    stored = {f"control_model.{names[name]}": torch.tensor(i) for i, name in enumerate(tensors)}
    back = convert_controlnet_checkpoint(stored, config)
    assert {name: int(value) for name, value in back.items()} == {name: i for i, name in enumerate(tensors)}
    return names


if __name__ == "__main__":
    recorded = {kind: {"config": config, "names": original_names(config)} for kind, config in CONFIGS.items()}
    GOLDEN.write_text(json.dumps(recorded, indent=1) + "\n")
    print({kind: len(found["names"]) for kind, found in recorded.items()})
