"""Records the pictures of tiny diffusion checkpoints, saved and loaded as published ones: packages/plugin-diffusion/test/golden/pictures/."""

from pathlib import Path

import diffusers
import torch
from diffusers import (
    AutoencoderKL,
    AutoPipelineForText2Image,
    LatentConsistencyModelPipeline,
    StableDiffusionPipeline,
    UNet2DConditionModel,
)
from transformers import CLIPTextConfig, CLIPTextModel

from diffusion_graphs import CLIP, OLD_ATTENTION, PREFIXED, SD15, SD15_VAE, SD21, TURBO, checkpoint
from pictures import record, write_files

PACKAGE = Path(__file__).parents[2] / "packages/plugin-diffusion/test"
GOLDEN = PACKAGE / "golden/pictures"
TOKENIZER = PACKAGE / "fixtures/tokenizer"

# scheduler_config.json of SD 1.5, SD 2.1 and SD-Turbo.
BETAS = {"beta_end": 0.012, "beta_schedule": "scaled_linear", "beta_start": 0.00085, "num_train_timesteps": 1000}
PNDM = BETAS | {
    "_class_name": "PNDMScheduler",
    "_diffusers_version": "0.6.0",
    "clip_sample": False,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "trained_betas": None,
}
VELOCITY = PNDM | {"_class_name": "DDIMScheduler", "_diffusers_version": "0.8.0", "prediction_type": "v_prediction"}
TRAILING = BETAS | {
    "_class_name": "EulerDiscreteScheduler",
    "_diffusers_version": "0.24.0.dev0",
    "clip_sample": False,
    "interpolation_type": "linear",
    "prediction_type": "epsilon",
    "sample_max_value": 1.0,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "timestep_spacing": "trailing",
    "trained_betas": None,
    "use_karras_sigmas": False,
}
ZERO_SNR = TRAILING | {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True}
LCM = BETAS | {
    "_class_name": "LCMScheduler",
    "_diffusers_version": "0.22.0.dev0",
    "clip_sample": False,
    "clip_sample_range": 1.0,
    "dynamic_thresholding_ratio": 0.995,
    "original_inference_steps": 50,
    "prediction_type": "epsilon",
    "rescale_betas_zero_snr": False,
    "sample_max_value": 1.0,
    "set_alpha_to_one": True,
    "steps_offset": 0,
    "thresholding": False,
    "timestep_scaling": 10.0,
    "timestep_spacing": "leading",
    "trained_betas": None,
}


def clip(width, length, **changes):
    ids = {"bos_token_id": 502, "eos_token_id": 503, "pad_token_id": 503, "vocab_size": 504}
    return CLIP | ids | {"hidden_size": width, "max_position_embeddings": length} | changes


def tokenizer(length, padding="<|endoftext|>"):
    """The files as transformers wrote them at that time: special tokens are in a map of their own, which wins."""
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "unk_token": "<|endoftext|>"}
    end = {"pad_token": "<|endoftext|>"}
    config = {"do_lower_case": True, "model_max_length": length, "tokenizer_class": "CLIPTokenizer"} | special | end
    return {"tokenizer_config.json": config, "special_tokens_map.json": special | {"pad_token": padding}}


MODELS = {
    "sd15": dict(scheduler=PNDM, unet=SD15, vae=SD15_VAE, text=clip(48, 77), tokenizer=tokenizer(77)),
    "sd15-f16": dict(scheduler=PNDM, unet=SD15, vae=SD15_VAE, text=clip(48, 77), tokenizer=tokenizer(77), dtype="F16"),
    "sd15-short": dict(scheduler=PNDM, unet=SD15, vae=SD15_VAE, text=clip(48, 20), tokenizer=tokenizer(20)),
    "sd21": dict(
        scheduler=VELOCITY,
        unet=SD21,
        vae=SD15_VAE,
        text=clip(40, 77, hidden_act="gelu", num_hidden_layers=4),
        tokenizer=tokenizer(77, padding="!"),
        modern=True,
    ),
    "sd-turbo": dict(
        scheduler=TRAILING,
        unet=TURBO | {"sample_size": 8},
        vae=SD15_VAE | {"_diffusers_version": "0.24.0.dev0", "scaling_factor": 0.18215},
        text=clip(40, 77, hidden_act="gelu"),
        tokenizer=tokenizer(77, padding="!"),
        modern=True,
    ),
}
# Folders like the ones above, of another pipeline's class or with another class of scheduler in model_index.json.
MODELS |= {
    "zero-snr": MODELS["sd21"] | dict(like="sd21", scheduler=ZERO_SNR),
    "lcm": MODELS["sd15"] | dict(
        like="sd15",
        pipeline="LatentConsistencyModelPipeline",
        scheduler=LCM,
        unet=SD15 | {"time_cond_proj_dim": 256},
    ),
    "img2img": MODELS["sd15"] | dict(like="sd15", pipeline="StableDiffusionImg2ImgPipeline"),
    "inpaint": MODELS["sd15"] | dict(like="sd15", pipeline="StableDiffusionInpaintPipeline"),
    "named-euler": MODELS["sd15"] | dict(like="sd15", named="EulerDiscreteScheduler"),
    "named-dpm": MODELS["sd21"] | dict(like="sd21", named="DPMSolverMultistepScheduler"),
    "named-heun": MODELS["sd-turbo"] | dict(like="sd-turbo", named="HeunDiscreteScheduler"),
    "named-lcm": MODELS["sd21"] | dict(like="sd21", named="LCMScheduler"),
}

KARRAS = {"use_karras_sigmas": True}
SDE = {"algorithm_type": "sde-dpmsolver++"}
SAMPLERS = {
    "DDIM": ("DDIMScheduler", {}),
    "PNDM": ("PNDMScheduler", {}),
    "LCM": ("LCMScheduler", {}),
    "UniPC": ("UniPCMultistepScheduler", {}),
    "Euler": ("EulerDiscreteScheduler", {}),
    "Euler a": ("EulerAncestralDiscreteScheduler", {}),
    "Heun": ("HeunDiscreteScheduler", {}),
    "LMS": ("LMSDiscreteScheduler", {}),
    "LMS Karras": ("LMSDiscreteScheduler", KARRAS),
    "DPM2": ("KDPM2DiscreteScheduler", {}),
    "DPM2 Karras": ("KDPM2DiscreteScheduler", KARRAS),
    "DPM2 a": ("KDPM2AncestralDiscreteScheduler", {}),
    "DPM2 a Karras": ("KDPM2AncestralDiscreteScheduler", KARRAS),
    "DPM++ 2M": ("DPMSolverMultistepScheduler", {}),
    "DPM++ 2M Karras": ("DPMSolverMultistepScheduler", KARRAS),
    "DPM++ 2M SDE": ("DPMSolverMultistepScheduler", SDE),
    "DPM++ 2M SDE Karras": ("DPMSolverMultistepScheduler", SDE | KARRAS),
    "DPM++ SDE": ("DPMSolverSinglestepScheduler", {}),
    "DPM++ SDE Karras": ("DPMSolverSinglestepScheduler", KARRAS),
}

FOX = {"prompt": "A red apple on a blue table!", "width": 64, "height": 64, "steps": 7, "guidance": 5.0, "seed": 42}
SMALL = FOX | {"width": 40, "height": 40}
LONG = "a house, a tree, a mountain and a river under a cloudy sky, with a big yellow sun over it, painted in oil, " * 3
CASES = {
    "plain": dict(model="sd15", request=FOX),
    "odd-size": dict(model="sd15", request=FOX | {"width": 72, "height": 40}),
    "two": dict(model="sd15", request=SMALL | {"count": 2, "sampler": "Euler a"}),
    "negative": dict(model="sd15", request=SMALL | {"negativePrompt": "green, blurry"}),
    "rescaled": dict(model="sd15", request=SMALL | {"guidanceRescale": 0.7}),
    "clip-skip": dict(model="sd15", request=SMALL | {"clipSkip": 1, "negativePrompt": "green"}),
    "long": dict(model="sd15", request=SMALL | {"prompt": LONG, "negativePrompt": "green"}),
    "f16": dict(model="sd15-f16", request=SMALL),
    "short-tokenizer": dict(model="sd15-short", request=SMALL | {"prompt": "a sun over the sea"}),
    "velocity": dict(model="sd21", request=FOX),
    "velocity-euler": dict(model="sd21", request=SMALL | {"sampler": "Euler"}),
    "turbo": dict(model="sd-turbo", request={"prompt": "a red apple", "seed": 7}),
    "turbo-two-steps": dict(model="sd-turbo", request={"prompt": "a red apple", "seed": 7, "steps": 2}),
    "truncated": dict(model="sd15", request=SMALL | {"prompt": LONG, "negativePrompt": "green", "promptTruncate": True}),
    "truncated-negative": dict(
        model="sd15-short", request=SMALL | {"prompt": "a sun", "negativePrompt": LONG, "promptTruncate": True}
    ),
    "truncated-nothing": dict(model="sd15", request=SMALL | {"prompt": "a sun over the sea", "promptTruncate": True}),
    "seeds": dict(model="sd15", request=SMALL | {"count": 3, "seed": [42, 7], "sampler": "Euler a"}),
    "zero-snr": dict(model="zero-snr", request=SMALL | {"guidanceRescale": 0.7}),
    "lcm": dict(model="lcm", request={"prompt": "a red apple", "width": 40, "height": 40, "seed": 7}),
    "lcm-guidance": dict(model="lcm", request=SMALL | {"steps": 2, "guidance": 2.0, "count": 2}),
    "lcm-unguided": dict(model="lcm", request=SMALL | {"steps": 3, "guidance": 0.0}),
    "img2img": dict(model="img2img", request=SMALL),
    "inpaint": dict(model="inpaint", request=SMALL | {"sampler": "Euler"}),
    "named-euler": dict(model="named-euler", request=SMALL),
    "named-euler-other": dict(model="named-euler", request=SMALL | {"sampler": "DPM++ 2M Karras"}),
    "named-dpm": dict(model="named-dpm", request=SMALL),
    "named-heun": dict(model="named-heun", request=SMALL),
    "named-lcm": dict(model="named-lcm", request=SMALL),
} | {f"sampler-{name.replace(' ', '-').lower()}": dict(model="sd15", request=SMALL | {"sampler": name}) for name in SAMPLERS}


def save(folder, model):
    """A diffusers folder as published, with weights filled by name."""
    dtype = model.get("dtype", "F32")
    vae_names = {} if model.get("modern") else OLD_ATTENTION
    text_names = {} if model.get("modern") else PREFIXED
    parts = {
        "unet": (UNet2DConditionModel.from_config(model["unet"]), model["unet"], {}),
        "vae": (AutoencoderKL.from_config(model["vae"]), model["vae"], vae_names),
        "text_encoder": (CLIPTextModel(CLIPTextConfig.from_dict(model["text"])), model["text"], text_names),
    }
    for name, (part, config, rename) in parts.items():
        (folder / name).mkdir()
        checkpoint(folder / name, part, {"config": config, "dtype": dtype, "rename": rename})
    write_files(folder, files_of(model), {"tokenizer": TOKENIZER})


def files_of(model):
    index = {
        "_class_name": model.get("pipeline", "StableDiffusionPipeline"),
        "_diffusers_version": model["unet"]["_diffusers_version"],
        "feature_extractor": [None, None],
        "safety_checker": [None, None],
        "scheduler": ["diffusers", model.get("named", model["scheduler"]["_class_name"])],
        "text_encoder": ["transformers", "CLIPTextModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    return {
        "model_index.json": index,
        "scheduler/scheduler_config.json": model["scheduler"],
        "unet/config.json": model["unet"],
        "vae/config.json": model["vae"],
        "text_encoder/config.json": model["text"],
    } | {f"tokenizer/{name}": content for name, content in model["tokenizer"].items()}


def windows(pipeline, text, count):
    """The states of a text of any length: windows of the tokenizer's length, one after another."""
    tokens = pipeline.tokenizer
    ids = tokens(text, add_special_tokens=False).input_ids
    room = tokens.model_max_length - 2
    rows = [[tokens.bos_token_id, *ids[i * room : (i + 1) * room], tokens.eos_token_id] for i in range(count)]
    padded = [row + [tokens.pad_token_id] * (room + 2 - len(row)) for row in rows]
    return pipeline.text_encoder(torch.tensor(padded))[0].flatten(0, 1)[None]


def seeds(request):
    """One for each picture: a list's, then those that count on from its last."""
    given = request["seed"] if isinstance(request["seed"], list) else [request["seed"]]
    return [given[i] if i < len(given) else given[-1] + i - len(given) + 1 for i in range(request.get("count", 1))]


def set_sampler(pipeline, request):
    """Gives a pipeline the scheduler of the sampler that a request names, if it names one."""
    if sampler := request.get("sampler"):
        name, arguments = SAMPLERS[sampler]
        pipeline.scheduler = getattr(diffusers, name).from_config(pipeline.scheduler.config, **arguments)


def draw(pipeline, request):
    set_sampler(pipeline, request)
    arguments = {"prompt": request["prompt"], **guidance(pipeline, request)}
    room = pipeline.tokenizer.model_max_length - 2
    count = -(-len(pipeline.tokenizer(request["prompt"], add_special_tokens=False).input_ids) // room)
    if count > 1 and not request.get("promptTruncate"):
        texts = {name: arguments.pop(name) for name in ("prompt", "negative_prompt")}
        arguments |= {f"{name}_embeds": windows(pipeline, text, count) for name, text in texts.items()}
    return pipeline(
        **arguments,
        width=request.get("width"),
        height=request.get("height"),
        num_images_per_prompt=request.get("count", 1),
        clip_skip=request.get("clipSkip"),
        generator=[torch.Generator("cpu").manual_seed(seed) for seed in seeds(request)],
    ).images


def guidance(pipeline, request):
    """Steps and guidance of the request. LCM's pipeline keeps its own defaults and has no negative prompt."""
    stated = {"num_inference_steps": request.get("steps"), "guidance_scale": request.get("guidance")}
    if isinstance(pipeline, LatentConsistencyModelPipeline):
        return {name: value for name, value in stated.items() if value is not None}
    config = pipeline.scheduler.config
    turbo = config.get("timestep_spacing") == "trailing" and config.prediction_type == "epsilon"
    return {
        "negative_prompt": request.get("negativePrompt"),
        "num_inference_steps": request.get("steps", 1 if turbo else 50),
        "guidance_scale": request.get("guidance", 0.0 if turbo else 7.5),
        "guidance_rescale": request.get("guidanceRescale", 0.0),
    }


def opened(folder, model):
    """The pipeline that draws from text: diffusers takes the folder's own, or the one whose components it shares."""
    kind = AutoPipelineForText2Image if "pipeline" in model else StableDiffusionPipeline
    pipeline = kind.from_pretrained(folder, torch_dtype=torch.float32)
    # diffusers 0.42 looks for this attribute when it skips layers. transformers 5 has it no longer.
    pipeline.text_encoder.__dict__["text_model"] = pipeline.text_encoder
    return pipeline


def guidance_embeddings():
    """A scale of guidance as the pipeline of Latent Consistency Models gives it to the UNet."""
    embed = LatentConsistencyModelPipeline.get_guidance_scale_embedding
    scales = [(8.5, 32), (1.0, 32), (0.0, 13), (3.3, 256)]
    return [
        {"scale": scale, "width": width, "values": embed(None, torch.tensor(scale - 1).repeat(1), embedding_dim=width)[0].tolist()}
        for scale, width in scales
    ]


if __name__ == "__main__":
    record(
        GOLDEN,
        models=MODELS,
        cases=CASES,
        files_of=files_of,
        save=save,
        opened=opened,
        draw=draw,
        further={"guidance": guidance_embeddings()},
    )
