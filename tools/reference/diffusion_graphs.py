"""Records one run of each component of tiny diffusion checkpoints: packages/plugin-diffusion/test/golden/graphs/*.json."""

import base64
import json
import re
import tempfile
from pathlib import Path

import diffusers
import numpy as np
import torch
import transformers
from diffusers import AutoencoderKL, AutoencoderTiny, UNet2DConditionModel
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from fill import fill

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/graphs"
VERSIONS = {
    module.__name__: module.__version__ for module in (torch, diffusers, transformers)
}
DTYPES = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}

# The fields of SD 1.5's own unet/config.json, without later ones.
SD15 = {
    "_class_name": "UNet2DConditionModel",
    "_diffusers_version": "0.6.0",
    "act_fn": "silu",
    "attention_head_dim": 4,
    "block_out_channels": [32, 64, 96, 96],
    "center_input_sample": False,
    "cross_attention_dim": 48,
    "down_block_types": ["CrossAttnDownBlock2D"] * 3 + ["DownBlock2D"],
    "downsample_padding": 1,
    "flip_sin_to_cos": True,
    "freq_shift": 0,
    "in_channels": 4,
    "layers_per_block": 2,
    "mid_block_scale_factor": 1,
    "norm_eps": 1e-05,
    "norm_num_groups": 16,
    "out_channels": 4,
    "sample_size": 16,
    "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 3,
}
SD21 = SD15 | {
    "_diffusers_version": "0.10.0.dev0",
    "attention_head_dim": [2, 4, 6, 6],
    "cross_attention_dim": 40,
    "dual_cross_attention": False,
    "num_class_embeds": None,
    "only_cross_attention": False,
    "upcast_attention": True,
    "use_linear_projection": True,
}
TURBO = SD21 | {
    "_diffusers_version": "0.24.0.dev0",
    "addition_embed_type": None,
    "addition_embed_type_num_heads": 64,
    "addition_time_embed_dim": None,
    "attention_type": "default",
    "block_out_channels": [32, 48, 64],
    "attention_head_dim": [4, 6, 8],
    "class_embed_type": None,
    "class_embeddings_concat": False,
    "conv_in_kernel": 3,
    "conv_out_kernel": 3,
    "cross_attention_norm": None,
    "down_block_types": ["CrossAttnDownBlock2D"] * 2 + ["DownBlock2D"],
    "dropout": 0.0,
    "encoder_hid_dim": None,
    "encoder_hid_dim_type": None,
    "layers_per_block": [1, 2, 1],
    "mid_block_only_cross_attention": None,
    "mid_block_type": "UNetMidBlock2DCrossAttn",
    "num_attention_heads": None,
    "projection_class_embeddings_input_dim": None,
    "resnet_out_scale_factor": 1.0,
    "resnet_skip_time_act": False,
    "resnet_time_scale_shift": "default",
    "reverse_transformer_layers_per_block": None,
    "time_cond_proj_dim": None,
    "time_embedding_act_fn": None,
    "time_embedding_dim": None,
    "time_embedding_type": "positional",
    "timestep_post_act": None,
    "transformer_layers_per_block": [1, 2, 1],
    "up_block_types": ["UpBlock2D"] + ["CrossAttnUpBlock2D"] * 2,
    "upcast_attention": None,
}
UNETS = {
    "unet-sd15": dict(config=SD15, sample=[2, 4, 8, 16], sequence=13, timestep=981),
    "unet-sd15-f16": dict(config=SD15, sample=[1, 4, 8, 8], sequence=7, timestep=1, dtype="F16"),
    "unet-sd15-odd": dict(config=SD15, sample=[1, 4, 13, 18], sequence=13, timestep=500),
    "unet-inpainting": dict(
        config=SD15 | {"in_channels": 9}, sample=[1, 9, 8, 12], sequence=13, timestep=21
    ),
    "unet-sd21": dict(config=SD21, sample=[2, 4, 8, 8], sequence=11, timestep=261.75),
    "unet-lcm": dict(
        config=SD15 | {"time_cond_proj_dim": 13}, sample=[2, 4, 8, 8], sequence=7, timestep=759, condition=13
    ),
    "unet-turbo": dict(config=TURBO, sample=[1, 4, 10, 6], sequence=11, timestep=999, dtype="BF16"),
}

SD15_VAE = {
    "_class_name": "AutoencoderKL",
    "_diffusers_version": "0.6.0",
    "act_fn": "silu",
    "block_out_channels": [16, 32, 48, 48],
    "down_block_types": ["DownEncoderBlock2D"] * 4,
    "in_channels": 3,
    "latent_channels": 4,
    "layers_per_block": 2,
    "norm_num_groups": 8,
    "out_channels": 3,
    "sample_size": 64,
    "up_block_types": ["UpDecoderBlock2D"] * 4,
}
PLAIN_VAE = SD15_VAE | {
    "_diffusers_version": "0.29.0.dev0",
    "block_out_channels": [16, 32],
    "down_block_types": ["DownEncoderBlock2D"] * 2,
    "force_upcast": True,
    "latent_channels": 16,
    "latents_mean": None,
    "latents_std": None,
    "layers_per_block": 1,
    "mid_block_add_attention": False,
    "scaling_factor": 1.5305,
    "shift_factor": 0.0609,
    "up_block_types": ["UpDecoderBlock2D"] * 2,
    "use_post_quant_conv": False,
    "use_quant_conv": False,
}
OLD_ATTENTION = {"to_q": "query", "to_k": "key", "to_v": "value", "to_out.0": "proj_attn"}
VAES = {
    "vae-sd15": dict(config=SD15_VAE, latent=[1, 4, 3, 5], rename=OLD_ATTENTION),
    "vae-f16": dict(config=SD15_VAE, latent=[2, 4, 2, 1], dtype="F16"),
    "vae-plain": dict(config=PLAIN_VAE, latent=[1, 16, 7, 9]),
}

# The fields of TAESD's own config.json, in the published geometry.
TAESD = {
    "_class_name": "AutoencoderTiny",
    "_diffusers_version": "0.20.0.dev0",
    "act_fn": "relu",
    "decoder_block_out_channels": [64] * 4,
    "encoder_block_out_channels": [64] * 4,
    "force_upcast": False,
    "in_channels": 3,
    "latent_channels": 4,
    "latent_magnitude": 3,
    "latent_shift": 0.5,
    "num_decoder_blocks": [3, 3, 3, 1],
    "num_encoder_blocks": [1, 3, 3, 3],
    "out_channels": 3,
    "scaling_factor": 1.0,
    "upsampling_scaling_factor": 2,
}
TAESD3 = TAESD | {"latent_channels": 16, "shift_factor": 0.0}


def small(activation, channels, blocks):
    halves = {f"{half}_block_out_channels": [channels] * len(blocks) for half in ("encoder", "decoder")}
    counts = {f"num_{half}_blocks": blocks for half in ("encoder", "decoder")}
    return TAESD | halves | counts | {"act_fn": activation}


TINIES = {
    "tiny-sd15": dict(config=TAESD, latent=[1, 4, 3, 5]),
    "tiny-sd3-f16": dict(config=TAESD3, latent=[2, 16, 1, 3], dtype="F16"),
    "tiny-silu": dict(config=small("silu", 24, [2, 0, 1]), latent=[1, 4, 7, 9]),
    "tiny-gelu": dict(config=small("gelu", 16, [1, 1]), latent=[2, 4, 5, 2]),
    "tiny-mish": dict(config=small("mish", 16, [1]), latent=[1, 4, 13, 11]),
}

CLIP = {
    "architectures": ["CLIPTextModel"],
    "attention_dropout": 0.0,
    "bos_token_id": 0,
    "dropout": 0.0,
    "eos_token_id": 2,
    "hidden_act": "quick_gelu",
    "hidden_size": 32,
    "initializer_factor": 1.0,
    "initializer_range": 0.02,
    "intermediate_size": 128,
    "layer_norm_eps": 1e-05,
    "max_position_embeddings": 12,
    "model_type": "clip_text_model",
    "num_attention_heads": 4,
    "num_hidden_layers": 3,
    "pad_token_id": 1,
    "projection_dim": 24,
    "vocab_size": 100,
}
IDS = [98, 5, 17, 42, 3, 64, 23, 99] + [99] * 4
PREFIXED = {r"^(embeddings|encoder|final_layer_norm)\.": r"text_model.\1."}
TEXTS = {
    "text-sd15": dict(config=CLIP, ids=[IDS], rename=PREFIXED, stray=True),
    "text-sd21": dict(
        config=CLIP | {"hidden_act": "gelu", "eos_token_id": 50, "num_hidden_layers": 4},
        ids=[[98, 5, 17, 42, 50] + [0] * 7, [98, 7, 8, 9, 10, 11, 12, 13, 14, 15, 50, 0]],
    ),
    "text-projection": dict(
        config=CLIP | {"architectures": ["CLIPTextModelWithProjection"], "hidden_act": "gelu"},
        ids=[IDS[:9]],
        dtype="F16",
    ),
}


def noise(name, shape):
    """An input of unit variance: [n, 1] makes the fan-in one."""
    return torch.from_numpy(fill(name, [int(np.prod(shape)), 1]).reshape(shape))


def checkpoint(folder, model, case):
    """Writes the model's folder as it was published: the tensors have their old names and are filled by those names."""
    model.save_pretrained(folder)
    (folder / "config.json").write_text(json.dumps(case["config"]))
    file = next(folder.glob("*.safetensors"))
    dtype = DTYPES[case.get("dtype", "F32")]
    tensors = {}
    for name, value in model.state_dict().items():
        if name in case.get("without", []):
            continue
        for pattern, replacement in case.get("rename", {}).items():
            name = re.sub(pattern, replacement, name)
        tensors[name] = torch.from_numpy(fill(name, list(value.shape))).to(dtype)
    if case.get("stray"):
        positions = torch.arange(case["config"]["max_position_embeddings"])[None]
        tensors["text_model.embeddings.position_ids"] = positions
    save_file(tensors, file, metadata={"format": "pt"})


def reopened(model, case, **float32):
    """The model as from_pretrained reads it from its folder."""
    with tempfile.TemporaryDirectory() as folder:
        checkpoint(Path(folder), model, case)
        model, report = type(model).from_pretrained(folder, output_loading_info=True, **float32)
    faults = {key: found for key, found in report.items() if found and key != "unexpected_keys"}
    assert not faults, faults
    return model.eval()


def record(name, component, case, inputs, outputs):
    golden = {
        "versions": VERSIONS,
        "component": component,
        "dtype": case.get("dtype", "F32"),
        "config": case["config"],
        "inputs": inputs,
        "outputs": {key: array(value) for key, value in outputs.items()},
    }
    path = GOLDEN / f"{name}.json"
    path.write_text(json.dumps(golden, indent=1) + "\n")
    print(f"{path.name}: {path.stat().st_size} bytes")


def array(value):
    data = value.numpy().astype("<f4")
    return {"dims": list(data.shape), "base64": base64.b64encode(data.tobytes()).decode()}


def unet(name, case):
    config = case["config"]
    model = reopened(UNet2DConditionModel.from_config(config), case, torch_dtype=torch.float32)
    sample = noise("sample", case["sample"])
    shape = [case["sample"][0], case["sequence"], config["cross_attention_dim"]]
    inputs = {
        "sample": case["sample"],
        "timestep": case["timestep"],
        "encoder_hidden_states": shape,
    }
    condition = None
    if width := case.get("condition"):
        inputs["timestep_cond"] = [case["sample"][0], width]
        condition = noise("timestep_cond", inputs["timestep_cond"])
    states = noise("encoder_hidden_states", shape)
    drawn = model(sample, case["timestep"], states, timestep_cond=condition).sample
    record(name, "unet", case, inputs, {"out_sample": drawn})


def vae(name, case):
    model = reopened(AutoencoderKL.from_config(case["config"]), case, torch_dtype=torch.float32)
    latent = noise("latent_sample", case["latent"])
    decoded = model.decode(latent).sample
    image = noise("sample", list(decoded.shape))
    moments = model.encode(image).latent_dist.parameters
    decoding = {"latent_sample": case["latent"]}, {"sample": decoded}
    encoding = {"sample": list(image.shape)}, {"latent_parameters": moments}
    record(f"{name}-decoder", "vae_decoder", case, *decoding)
    record(f"{name}-encoder", "vae_encoder", case, *encoding)


def tiny(name, case):
    model = reopened(AutoencoderTiny.from_config(case["config"]), case, torch_dtype=torch.float32)
    decoded = model.decode(noise("latent_sample", case["latent"])).sample
    record(name, "vae_preview", case, {"latent_sample": case["latent"]}, {"sample": decoded})


def text(name, case):
    config = case["config"]
    projected = config["architectures"] == ["CLIPTextModelWithProjection"]
    kind = CLIPTextModelWithProjection if projected else CLIPTextModel
    model = reopened(kind(CLIPTextConfig.from_dict(config)), case, dtype=torch.float32)
    found = model(torch.tensor(case["ids"]), output_hidden_states=True)
    norm = (model.text_model if projected else model).final_layer_norm
    states = found.hidden_states
    outputs = {
        "last_hidden_state": found.last_hidden_state,
        "hidden_states.1": states[1],
        # diffusers selects hidden_states[-(clip_skip + 1)], then applies the final norm.
        "clip_skip.1": norm(states[-2]),
        "clip_skip.2": norm(states[-3]),
    }
    pooled = "text_embeds" if projected else "pooler_output"
    outputs[pooled] = found[pooled]
    record(name, "text_encoder", case, {"input_ids": case["ids"]}, outputs)


@torch.inference_mode()
def main():
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name, case in UNETS.items():
        unet(name, case)
    for name, case in VAES.items():
        vae(name, case)
    for name, case in TINIES.items():
        tiny(name, case)
    for name, case in TEXTS.items():
        text(name, case)


if __name__ == "__main__":
    main()
