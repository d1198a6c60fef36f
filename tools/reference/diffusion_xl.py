"""Records the pictures of tiny Stable Diffusion XL checkpoints: packages/plugin-diffusion/test/golden/pictures-xl/."""

from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionXLPipeline, UNet2DConditionModel
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection

from diffusion import BETAS, LONG, TOKENIZER, clip, seeds, set_sampler, tokenizer
from diffusion_graphs import SD15_VAE, TURBO, checkpoint
from pictures import record, write_files

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/pictures-xl"

# scheduler_config.json of SDXL base and of SDXL-Turbo.
EULER = BETAS | {
    "_class_name": "EulerDiscreteScheduler",
    "_diffusers_version": "0.19.0.dev0",
    "clip_sample": False,
    "interpolation_type": "linear",
    "prediction_type": "epsilon",
    "sample_max_value": 1.0,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "timestep_spacing": "leading",
    "trained_betas": None,
    "use_karras_sigmas": False,
}
TRAILING = EULER | {"_class_name": "EulerAncestralDiscreteScheduler", "timestep_spacing": "trailing"}

WIDTHS = (48, 40)
PROJECTION = 24
UNET = TURBO | {
    "_diffusers_version": "0.19.0.dev0",
    "addition_embed_type": "text_time",
    "addition_time_embed_dim": 8,
    "attention_head_dim": [2, 4, 6],
    "block_out_channels": [32, 64, 96],
    "cross_attention_dim": sum(WIDTHS),
    "down_block_types": ["DownBlock2D"] + ["CrossAttnDownBlock2D"] * 2,
    "layers_per_block": 2,
    "norm_num_groups": 16,
    "projection_class_embeddings_input_dim": PROJECTION + 6 * 8,
    "sample_size": 8,
    "transformer_layers_per_block": [1, 2, 3],
    "up_block_types": ["CrossAttnUpBlock2D"] * 2 + ["UpBlock2D"],
}
VAE = SD15_VAE | {"_diffusers_version": "0.20.0.dev0", "force_upcast": True, "scaling_factor": 0.13025}
TEXT = clip(WIDTHS[0], 77)
TEXT_2 = clip(
    WIDTHS[1],
    77,
    architectures=["CLIPTextModelWithProjection"],
    hidden_act="gelu",
    num_hidden_layers=4,
    projection_dim=PROJECTION,
)
BASE = dict(scheduler=EULER, unet=UNET, vae=VAE, text=TEXT, text_2=TEXT_2, index={"force_zeros_for_empty_prompt": True}, modern=True)
MODELS = {
    "xl": BASE,
    "xl-f16": BASE | dict(dtype="F16"),
    "xl-spoken": BASE | dict(like="xl", index={"force_zeros_for_empty_prompt": False}),
    "xl-turbo": BASE | dict(like="xl", scheduler=TRAILING),
}

APPLE = {"prompt": "A red apple on a blue table!", "width": 64, "height": 64, "steps": 5, "guidance": 5.0, "seed": 42}
CASES = {
    "no-negative": dict(model="xl", request=APPLE),
    "empty-negative": dict(model="xl", request=APPLE | {"negativePrompt": ""}),
    "negative": dict(model="xl", request=APPLE | {"negativePrompt": "green, blurry"}),
    "no-negative-spoken": dict(model="xl-spoken", request=APPLE),
    "wide": dict(model="xl", request=APPLE | {"width": 88, "height": 40, "negativePrompt": "green"}),
    "ancestral": dict(model="xl", request=APPLE | {"sampler": "Euler a", "count": 2}),
    "dpm": dict(model="xl", request=APPLE | {"sampler": "DPM++ 2M Karras"}),
    "second-texts": dict(
        model="xl", request=APPLE | {"prompt2": "a sun over the sea", "negativePrompt": "green", "negativePrompt2": "red"}
    ),
    "clip-skip": dict(model="xl", request=APPLE | {"clipSkip": 1, "negativePrompt": "green"}),
    "rescaled": dict(model="xl", request=APPLE | {"guidanceRescale": 0.7}),
    "unguided": dict(model="xl", request=APPLE | {"guidance": 1.0}),
    "micro": dict(
        model="xl",
        request=APPLE
        | {
            "originalSize": {"width": 33, "height": 517},
            "crop": {"top": 7, "left": 250},
            "targetSize": {"width": 900, "height": 11},
        },
    ),
    "negative-micro": dict(
        model="xl",
        request=APPLE
        | {
            "crop": {"top": 3, "left": 0},
            "negativeOriginalSize": {"width": 20, "height": 30},
            "negativeTargetSize": {"width": 700, "height": 64},
        },
    ),
    "long": dict(model="xl", request=APPLE | {"prompt": LONG, "negativePrompt": "green"}),
    "long-second": dict(model="xl", request=APPLE | {"prompt2": LONG}),
    "truncated": dict(model="xl", request=APPLE | {"prompt": LONG, "promptTruncate": True}),
    "f16": dict(model="xl-f16", request=APPLE | {"negativePrompt": "green"}),
    "turbo": dict(model="xl-turbo", request={"prompt": "a red apple", "seed": 7}),
    "turbo-four": dict(model="xl-turbo", request={"prompt": "a red apple", "seed": 7, "steps": 4}),
}


def files_of(model):
    index = {
        "_class_name": "StableDiffusionXLPipeline",
        "_diffusers_version": "0.19.0.dev0",
        "scheduler": ["diffusers", model["scheduler"]["_class_name"]],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "tokenizer_2": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    return {
        "model_index.json": index | model["index"],
        "scheduler/scheduler_config.json": model["scheduler"],
        "unet/config.json": model["unet"],
        "vae/config.json": model["vae"],
        "text_encoder/config.json": model["text"],
        "text_encoder_2/config.json": model["text_2"],
        **{f"tokenizer/{name}": content for name, content in tokenizer(77).items()},
        **{f"tokenizer_2/{name}": content for name, content in tokenizer(77, padding="!").items()},
    }


def save(folder, model):
    """A diffusers folder as published, with weights filled by name."""
    parts = {
        "unet": (UNet2DConditionModel.from_config(model["unet"]), model["unet"]),
        "vae": (AutoencoderKL.from_config(model["vae"]), model["vae"]),
        "text_encoder": (CLIPTextModel(CLIPTextConfig.from_dict(model["text"])), model["text"]),
        "text_encoder_2": (CLIPTextModelWithProjection(CLIPTextConfig.from_dict(model["text_2"])), model["text_2"]),
    }
    for name, (part, config) in parts.items():
        (folder / name).mkdir()
        checkpoint(folder / name, part, {"config": config, "dtype": model.get("dtype", "F32")})
    write_files(folder, files_of(model), {"tokenizer": TOKENIZER, "tokenizer_2": TOKENIZER})


def pieces(tokens, text):
    """The ids of a text in windows of the tokenizer's length."""
    ids = tokens(text, add_special_tokens=False).input_ids
    room = tokens.model_max_length - 2
    return [ids[i : i + room] for i in range(0, max(1, len(ids)), room)]


def windows(tokens, encoder, text, count):
    """The states before the last layer, window after window, and the first window's projection if there is one."""
    rows = pieces(tokens, text)
    rows += [[]] * (count - len(rows))
    framed = [[tokens.bos_token_id, *row, tokens.eos_token_id] for row in rows]
    padded = [row + [tokens.pad_token_id] * (tokens.model_max_length - len(row)) for row in framed]
    found = encoder(torch.tensor(padded), output_hidden_states=True)
    return found.hidden_states[-2].flatten(0, 1)[None], found[0][:1]


def embedded(pipeline, request):
    """Long prompts as embeddings. diffusers itself cuts them."""
    encoders = [(pipeline.tokenizer, pipeline.text_encoder), (pipeline.tokenizer_2, pipeline.text_encoder_2)]
    sides = {"": [request["prompt"], request.get("prompt2", request["prompt"])]}
    if "negativePrompt" in request:
        sides["negative_"] = [request["negativePrompt"], request.get("negativePrompt2", request["negativePrompt"])]
    count = max(len(pieces(tokens, text)) for texts in sides.values() for (tokens, _), text in zip(encoders, texts))
    arguments = {}
    for side, texts in sides.items():
        states, pooled = zip(*(windows(*encoder, text, count) for encoder, text in zip(encoders, texts)))
        arguments[f"{side}prompt_embeds"] = torch.cat(states, dim=-1)
        arguments[f"{side}pooled_prompt_embeds"] = pooled[1]
    if "negativePrompt" not in request:
        arguments |= {f"negative_{name}": torch.zeros_like(value) for name, value in arguments.items()}
    return arguments


def pair(size):
    return (size["height"], size["width"]) if "height" in size else (size["top"], size["left"])


MICRO = {
    "originalSize": "original_size",
    "crop": "crops_coords_top_left",
    "targetSize": "target_size",
    "negativeOriginalSize": "negative_original_size",
    "negativeCrop": "negative_crops_coords_top_left",
    "negativeTargetSize": "negative_target_size",
}
TEXTS = {"prompt": "prompt", "prompt2": "prompt_2", "negativePrompt": "negative_prompt", "negativePrompt2": "negative_prompt_2"}


def draw(pipeline, request):
    set_sampler(pipeline, request)
    turbo = pipeline.scheduler.config.timestep_spacing == "trailing"
    long = LONG in request.values() and not request.get("promptTruncate")
    texts = embedded(pipeline, request) if long else {wire: request[name] for name, wire in TEXTS.items() if name in request}
    return pipeline(
        **texts,
        **{wire: pair(request[name]) for name, wire in MICRO.items() if name in request},
        num_inference_steps=request.get("steps", 1 if turbo else 50),
        guidance_scale=request.get("guidance", 0.0 if turbo else 5.0),
        guidance_rescale=request.get("guidanceRescale", 0.0),
        width=request.get("width"),
        height=request.get("height"),
        num_images_per_prompt=request.get("count", 1),
        clip_skip=request.get("clipSkip"),
        generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds(request)],
    ).images


def opened(folder, model):
    return StableDiffusionXLPipeline.from_pretrained(folder, torch_dtype=torch.float32, add_watermarker=False)


if __name__ == "__main__":
    record(GOLDEN, models=MODELS, cases=CASES, files_of=files_of, save=save, opened=opened, draw=draw)
