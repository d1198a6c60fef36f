"""Records the pictures of tiny Stable Diffusion 3 checkpoints: packages/plugin-diffusion/test/golden/pictures-3/."""

import json
from pathlib import Path

import torch
from diffusers import AutoencoderKL, SD3Transformer2DModel, StableDiffusion3Pipeline
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, T5Config, T5EncoderModel

from diffusion import LONG, TOKENIZER, clip, seeds, tokenizer
from diffusion_graphs import SD15_VAE, checkpoint
from diffusion_xl import pieces, windows
from pictures import record, write_files
from sd3_graphs import SD3, SD35_LARGE, SD35_MEDIUM, T5, TIED
from t5_tokenizer import FOLDER as T5_TOKENIZER

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/pictures-3"

FLOW = {
    "_class_name": "FlowMatchEulerDiscreteScheduler",
    "_diffusers_version": "0.29.0.dev0",
    "num_train_timesteps": 1000,
    "shift": 3.0,
}
DYNAMIC = FLOW | {
    "base_image_seq_len": 4,
    "base_shift": 0.5,
    "max_image_seq_len": 64,
    "max_shift": 1.15,
    "use_dynamic_shifting": True,
}
VAE = SD15_VAE | {
    "_diffusers_version": "0.29.0.dev0",
    "force_upcast": True,
    "latent_channels": 16,
    "latents_mean": None,
    "latents_std": None,
    "scaling_factor": 1.5305,
    "shift_factor": 0.0609,
    "use_post_quant_conv": False,
    "use_quant_conv": False,
}
PROJECTED = {"architectures": ["CLIPTextModelWithProjection"]}
TEXT = clip(48, 77, projection_dim=24, **PROJECTED)
TEXT_2 = clip(40, 77, hidden_act="gelu", num_hidden_layers=4, projection_dim=28, **PROJECTED)
BASE = dict(scheduler=FLOW, transformer=SD3, vae=VAE, text=TEXT, text_2=TEXT_2, text_3=T5, modern=True)
MODELS = {
    "sd3": BASE,
    "sd3-without-t5": BASE | dict(like="sd3", text_3=None),
    "sd3-dynamic": BASE | dict(like="sd3", scheduler=DYNAMIC),
    "sd35-large": BASE | dict(like="sd3", transformer=SD35_LARGE),
    "sd35-medium": BASE | dict(like="sd3", transformer=SD35_MEDIUM),
    "sd35-f16": BASE | dict(transformer=SD35_MEDIUM, dtype="F16"),
}

APPLE = {"prompt": "A red apple on a blue table!", "width": 64, "height": 64, "steps": 5, "guidance": 5.0, "seed": 42}
CASES = {
    "plain": dict(model="sd3", request=APPLE),
    "wide": dict(model="sd3", request=APPLE | {"width": 96, "height": 48, "negativePrompt": "green"}),
    "texts": dict(
        model="sd3",
        request=APPLE
        | {
            "prompt2": "a sun over the sea",
            "prompt3": "a house and a tree",
            "negativePrompt": "green",
            "negativePrompt2": "red",
            "negativePrompt3": "a mountain",
        },
    ),
    "sequence": dict(model="sd3", request=APPLE | {"maxSequenceLength": 77}),
    "long-sequence": dict(model="sd3", request=APPLE | {"maxSequenceLength": 512, "negativePrompt": "green"}),
    "clip-skip": dict(model="sd3", request=APPLE | {"clipSkip": 1}),
    "unguided": dict(model="sd3", request=APPLE | {"guidance": 1.0}),
    "two": dict(model="sd3", request=APPLE | {"count": 2}),
    "long": dict(model="sd3", request=APPLE | {"prompt": LONG, "maxSequenceLength": 512}),
    "truncated": dict(model="sd3", request=APPLE | {"prompt": LONG, "promptTruncate": True, "maxSequenceLength": 40}),
    "without-t5": dict(model="sd3-without-t5", request=APPLE | {"negativePrompt": "green"}),
    "dynamic": dict(model="sd3-dynamic", request=APPLE | {"width": 96}),
    "large": dict(model="sd35-large", request=APPLE),
    "medium": dict(model="sd35-medium", request=APPLE | {"width": 48, "height": 80, "negativePrompt": "green"}),
    "medium-f16": dict(model="sd35-f16", request=APPLE),
}


def files_of(model):
    t5 = model["text_3"] is not None
    index = {
        "_class_name": "StableDiffusion3Pipeline",
        "_diffusers_version": "0.29.0.dev0",
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
        "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
        "text_encoder_3": ["transformers", "T5EncoderModel"] if t5 else [None, None],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "tokenizer_2": ["transformers", "CLIPTokenizer"],
        "tokenizer_3": ["transformers", "T5TokenizerFast"] if t5 else [None, None],
        "transformer": ["diffusers", "SD3Transformer2DModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    long = {"text_encoder_3/config.json": model["text_3"], "tokenizer_3/tokenizer_config.json": long_tokenizer()}
    return {
        "model_index.json": index,
        "scheduler/scheduler_config.json": model["scheduler"],
        "transformer/config.json": model["transformer"],
        "vae/config.json": model["vae"],
        "text_encoder/config.json": model["text"],
        "text_encoder_2/config.json": model["text_2"],
        **(long if t5 else {}),
        **{f"tokenizer/{name}": content for name, content in tokenizer(77).items()},
        **{f"tokenizer_2/{name}": content for name, content in tokenizer(77, padding="!").items()},
    }


def long_tokenizer():
    return json.loads((T5_TOKENIZER / "tokenizer_config.json").read_text())


def save(folder, model):
    """A diffusers folder as published, with weights filled by name."""
    clips = {name: CLIPTextConfig.from_dict(model[name]) for name in ("text", "text_2")}
    parts = {
        "transformer": (SD3Transformer2DModel.from_config(model["transformer"]), model["transformer"]),
        "vae": (AutoencoderKL.from_config(model["vae"]), model["vae"]),
        "text_encoder": (CLIPTextModelWithProjection(clips["text"]), model["text"]),
        "text_encoder_2": (CLIPTextModelWithProjection(clips["text_2"]), model["text_2"]),
    }
    if model["text_3"]:
        parts["text_encoder_3"] = (T5EncoderModel(T5Config.from_dict(model["text_3"])), model["text_3"])
    for name, (part, config) in parts.items():
        (folder / name).mkdir()
        checkpoint(folder / name, part, {"config": config, "dtype": model.get("dtype", "F32"), "without": TIED})
    vocabularies = {"tokenizer": TOKENIZER, "tokenizer_2": TOKENIZER} | ({"tokenizer_3": T5_TOKENIZER} if model["text_3"] else {})
    write_files(folder, files_of(model), vocabularies)


def embedded(pipeline, request, length):
    """Long prompts as embeddings: windows for both CLIPs, one sequence for T5. diffusers itself cuts them."""
    clips = [(pipeline.tokenizer, pipeline.text_encoder), (pipeline.tokenizer_2, pipeline.text_encoder_2)]
    count = max(len(pieces(tokens, request["prompt"])) for tokens, _ in clips)
    arguments = {}
    for side, text in (("", request["prompt"]), ("negative_", "")):
        states, pooled = zip(*(windows(*each, text, count) for each in clips))
        joined = torch.cat(states, dim=-1)
        t5 = pipeline._get_t5_prompt_embeds(text, max_sequence_length=length)
        padded = torch.nn.functional.pad(joined, (0, t5.shape[-1] - joined.shape[-1]))
        arguments[f"{side}prompt_embeds"] = torch.cat([padded, t5], dim=-2)
        arguments[f"{side}pooled_prompt_embeds"] = torch.cat(pooled, dim=-1)
    return arguments


TEXTS = {
    "prompt": "prompt",
    "prompt2": "prompt_2",
    "prompt3": "prompt_3",
    "negativePrompt": "negative_prompt",
    "negativePrompt2": "negative_prompt_2",
    "negativePrompt3": "negative_prompt_3",
}


def draw(pipeline, request):
    length = request.get("maxSequenceLength", 256)
    long = request["prompt"] == LONG and not request.get("promptTruncate")
    texts = {wire: request[name] for name, wire in TEXTS.items() if name in request}
    return pipeline(
        **(embedded(pipeline, request, length) if long else texts),
        num_inference_steps=request["steps"],
        guidance_scale=request["guidance"],
        width=request["width"],
        height=request["height"],
        num_images_per_prompt=request.get("count", 1),
        clip_skip=request.get("clipSkip"),
        max_sequence_length=length,
        generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds(request)],
    ).images


def opened(folder, model):
    without = {} if model["text_3"] else {"text_encoder_3": None, "tokenizer_3": None}
    return StableDiffusion3Pipeline.from_pretrained(folder, torch_dtype=torch.float32, **without)


if __name__ == "__main__":
    record(GOLDEN, models=MODELS, cases=CASES, files_of=files_of, save=save, opened=opened, draw=draw)
