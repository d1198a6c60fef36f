"""Runs Stable Diffusion's components in diffusers on torch's CPU backend. `serve FOLDER COMPONENT DTYPE` answers the bench line
by line. `export FOLDER COMPONENT` writes onnx/COMPONENT/model.onnx."""

import json
import sys
import time
from pathlib import Path

import torch
from diffusers import AutoencoderKL, ControlNetModel, SD3Transformer2DModel, UNet2DConditionModel
from transformers import CLIPTextModel


class UNet(torch.nn.Module):
    """One step, as the pipelines make it."""

    inputs = ["sample", "timestep", "encoder_hidden_states"]
    output = "out_sample"

    def __init__(self, folder, dtype):
        super().__init__()
        self.model = UNet2DConditionModel.from_pretrained(folder / "unet", variant="fp16", torch_dtype=dtype)

    def forward(self, sample, timestep, states):
        return self.model(sample, timestep, states, return_dict=False)[0]

    @staticmethod
    def feeds(dtype):
        return wave(dtype, 2, 4, 64, 64), torch.tensor([500.0]), wave(dtype, 2, 77, 768)


class UNetXL(UNet):
    inputs = [*UNet.inputs, "text_embeds", "time_ids"]

    def forward(self, sample, timestep, states, texts, sizes):
        added = {"text_embeds": texts, "time_ids": sizes}
        return self.model(sample, timestep, states, added_cond_kwargs=added, return_dict=False)[0]

    @staticmethod
    def feeds(dtype):
        sizes = torch.tensor([[512.0, 512, 0, 0, 512, 512]] * 2).to(dtype)
        return (
            wave(dtype, 2, 4, 64, 64),
            torch.tensor([500.0]),
            wave(dtype, 2, 77, 2048),
            wave(dtype, 2, 1280),
            sizes,
        )


class ControlNet(torch.nn.Module):
    """What the pipelines ask a ControlNet in one step. Its last output is compared."""

    inputs = [*UNet.inputs, "controlnet_cond"]
    output = "mid_block_res_sample"

    def __init__(self, folder, dtype):
        super().__init__()
        self.model = ControlNetModel.from_pretrained(folder / "controlnet", variant="fp16", torch_dtype=dtype)

    def forward(self, *feeds):
        return self.model(*feeds, return_dict=False)[1]

    @staticmethod
    def feeds(dtype):
        return *UNet.feeds(dtype), wave(dtype, 1, 3, 512, 512)


class Transformer3(torch.nn.Module):
    """One step, as StableDiffusion3Pipeline makes it."""

    inputs = ["hidden_states", "encoder_hidden_states", "pooled_projections", "timestep"]
    output = "out_hidden_states"

    def __init__(self, folder, dtype):
        super().__init__()
        self.model = SD3Transformer2DModel.from_pretrained(
            folder / "transformer", variant="fp16", torch_dtype=dtype
        )

    def forward(self, *feeds):
        return self.model(*feeds, return_dict=False)[0]

    @staticmethod
    def feeds(dtype):
        return (
            wave(dtype, 2, 16, 64, 64),
            wave(dtype, 2, 333, 4096),
            wave(dtype, 2, 2048),
            torch.tensor([500.0, 500.0]),
        )


class Decoder(torch.nn.Module):
    inputs = ["latent_sample"]
    output = "sample"

    def __init__(self, folder, dtype):
        super().__init__()
        self.model = AutoencoderKL.from_pretrained(folder / "vae", variant="fp16", torch_dtype=dtype)

    def forward(self, latent):
        return self.model.decode(latent, return_dict=False)[0]

    @staticmethod
    def feeds(dtype):
        return (wave(dtype, 1, 4, 64, 64),)


class TextEncoder(torch.nn.Module):
    inputs = ["input_ids"]
    output = "last_hidden_state"

    def __init__(self, folder, dtype):
        super().__init__()
        self.model = CLIPTextModel.from_pretrained(folder / "text_encoder", variant="fp16", dtype=dtype)

    def forward(self, ids):
        return self.model(ids).last_hidden_state

    @staticmethod
    def feeds(dtype):
        return (torch.arange(77).mul(7919).remainder(49_408).reshape(1, 77),)


COMPONENTS = {
    "unet": UNet,
    "unet_xl": UNetXL,
    "controlnet": ControlNet,
    "transformer_3": Transformer3,
    "vae_decoder": Decoder,
    "text_encoder": TextEncoder,
}


def wave(dtype, *dims):
    numbers = torch.arange(torch.Size(dims).numel(), dtype=torch.float64)
    return torch.sin(numbers * 12.9898).to(dtype).reshape(dims)


def serve(folder, component, dtype):
    dtype = getattr(torch, dtype)
    model = COMPONENTS[component](folder, dtype).eval()
    feeds = model.feeds(dtype)
    print("{}", flush=True)
    for line in sys.stdin:
        start = time.perf_counter()
        result = model(*feeds)
        milliseconds = 1000 * (time.perf_counter() - start)
        values = result.float().flatten()[:: int(line)].tolist()
        print(json.dumps({"milliseconds": milliseconds, "values": values}), flush=True)


def export(folder, component):
    model = COMPONENTS[component](folder, torch.float32).eval()
    torch.onnx.export(
        model,
        model.feeds(torch.float32),
        str(folder / "onnx" / component / "model.onnx"),
        dynamo=False,
        opset_version=17,
        input_names=model.inputs,
        output_names=[model.output],
    )


if __name__ == "__main__":
    torch.set_num_threads(2)
    task, folder, *rest = sys.argv[1:]
    with torch.inference_mode():
        {"serve": serve, "export": export}[task](Path(folder), *rest)
