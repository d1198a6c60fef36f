"""Records pictures that are drawn over others: packages/plugin-diffusion/test/golden/over-pictures/."""

import inspect
from pathlib import Path

import numpy
import torch
from diffusers import (
    AutoPipelineForImage2Image,
    AutoPipelineForInpainting,
    DiffusionPipeline,
    StableDiffusion3InpaintPipeline,
    StableDiffusionInpaintPipeline,
    StableDiffusionXLInpaintPipeline,
)
from PIL import Image

import diffusion
import diffusion_3
import diffusion_xl
from diffusion import seeds, set_sampler
from pictures import record

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/over-pictures"


def of(module, model, **changes):
    """A model of a family's script, with its folder written in full."""
    return {key: value for key, value in model.items() if key != "like"} | changes | {"module": module}


def inpainting(unet):
    return unet | {"in_channels": 9}


MODELS = {
    "sd15": of(diffusion, diffusion.MODELS["sd15"]),
    "sd-turbo": of(diffusion, diffusion.MODELS["sd-turbo"]),
    "sd15-inpainting": of(
        diffusion,
        diffusion.MODELS["sd15"],
        unet=inpainting(diffusion.MODELS["sd15"]["unet"]),
        pipeline="StableDiffusionInpaintPipeline",
    ),
    "xl": of(diffusion_xl, diffusion_xl.MODELS["xl"]),
    "xl-inpainting": of(diffusion_xl, diffusion_xl.MODELS["xl"], unet=inpainting(diffusion_xl.UNET), inpainting=True),
    "sd3": of(diffusion_3, diffusion_3.MODELS["sd3"]),
    "sd3-inpainting": of(diffusion_3, diffusion_3.MODELS["sd3"], transformer=diffusion_3.SD3 | {"in_channels": 33}, inpainting=True),
}


def pattern(width, height):
    """A gradient with a disc."""
    y, x = numpy.mgrid[0:height, 0:width]
    disc = (x - width / 2) ** 2 + (y - height / 2.2) ** 2 < (min(width, height) / 3.5) ** 2
    colours = numpy.stack([255 * x / width, 255 * y / height, 128 + 0 * x], axis=-1)
    colours[disc] = (220, 40, 30)
    return Image.fromarray(colours.astype(numpy.uint8))


def rectangle(width, height, box):
    mask = Image.new("RGB", (width, height))
    mask.paste((255, 255, 255), box)
    return mask


INPUTS = {
    "square.png": pattern(64, 64),
    "wide.png": pattern(88, 40),
    "large.png": pattern(160, 120),
    "square-mask.png": rectangle(64, 64, (19, 13, 50, 41)),
    "wide-mask.png": rectangle(88, 40, (0, 8, 30, 40)),
    "large-mask.png": rectangle(160, 120, (70, 50, 96, 84)),
}

APPLE = {"prompt": "A red apple on a blue table!", "steps": 6, "guidance": 5.0, "seed": 42, "image": "square.png"}
MASKED = APPLE | {"mask": "square-mask.png"}
STRENGTHS = {"third": 0.34, "most": 0.7, "whole": 1.0}
KINDS = {"pndm": None, "ancestral": "Euler a", "second-order": "DPM++ 2M Karras", "heun": "Heun", "middle": "DPM2 a"}


def sampled(request, name):
    return request | ({"sampler": name} if name else {})


CASES = {
    f"sd15-{kind}-{share}": dict(model="sd15", request=sampled(APPLE | {"strength": strength}, name))
    for kind, name in KINDS.items()
    for share, strength in STRENGTHS.items()
} | {
    f"sd15-inpaint-{kind}-{share}": dict(model="sd15", request=sampled(MASKED | {"strength": STRENGTHS[share]}, name))
    for kind, name in KINDS.items()
    for share in ("most", "whole")
} | {
    "sd15-wide": dict(model="sd15", request=APPLE | {"image": "wide.png", "strength": 0.5, "negativePrompt": "green"}),
    "sd15-two": dict(model="sd15", request=APPLE | {"strength": 0.5, "count": 2, "sampler": "Euler a"}),
    "sd15-inpaint-wide": dict(
        model="sd15", request=APPLE | {"image": "wide.png", "mask": "wide-mask.png", "strength": 0.7}
    ),
    "sd15-inpaint-two": dict(model="sd15", request=MASKED | {"strength": 0.7, "count": 2, "sampler": "Euler a"}),
    "sd15-inpaint-soft": dict(model="sd15", request=MASKED | {"strength": 1.0, "maskBlur": 3}),
    "sd15-inpaint-crop": dict(
        model="sd15",
        request=APPLE
        | {"image": "large.png", "mask": "large-mask.png", "strength": 1.0, "paddingMaskCrop": 12, "width": 64, "height": 64},
    ),
    "turbo": dict(model="sd-turbo", request={"prompt": "a red apple", "seed": 7, "steps": 2, "strength": 0.5, "image": "square.png"}),
    "inpainting-most": dict(model="sd15-inpainting", request=MASKED | {"strength": 0.7, "sampler": "Euler a"}),
    "inpainting-whole": dict(model="sd15-inpainting", request=MASKED | {"strength": 1.0, "sampler": "Euler a"}),
    "inpainting-unguided": dict(model="sd15-inpainting", request=MASKED | {"strength": 1.0, "guidance": 1.0}),
    "xl": dict(model="xl", request=APPLE | {"strength": 0.5, "negativePrompt": "green"}),
    "xl-inpaint": dict(model="xl", request=MASKED | {"strength": 0.7, "sampler": "Euler a"}),
    "xl-inpaint-whole": dict(model="xl", request=MASKED | {"strength": 1.0}),
    "xl-inpainting": dict(model="xl-inpainting", request=MASKED | {"strength": 1.0, "sampler": "Euler a"}),
    "xl-inpainting-most": dict(model="xl-inpainting", request=MASKED | {"strength": 0.7}),
    "sd3": dict(model="sd3", request=APPLE | {"strength": 0.6}),
    "sd3-third": dict(model="sd3", request=APPLE | {"strength": 0.34}),
    "sd3-inpaint": dict(model="sd3", request=MASKED | {"strength": 0.7}),
    "sd3-inpaint-whole": dict(model="sd3", request=MASKED | {"strength": 1.0}),
    "sd3-inpainting": dict(model="sd3-inpainting", request=MASKED | {"strength": 1.0}),
    "sd3-inpainting-most": dict(model="sd3-inpainting", request=MASKED | {"strength": 0.7, "negativePrompt": "green"}),
    "sd3-inpainting-unguided": dict(model="sd3-inpainting", request=MASKED | {"strength": 0.7, "guidance": 1.0}),
}


def files_of(model):
    files = model["module"].files_of(model)
    if model.get("inpainting"):
        name = "StableDiffusion3InpaintPipeline" if "transformer" in model else "StableDiffusionXLInpaintPipeline"
        files["model_index.json"] = files["model_index.json"] | {"_class_name": name}
    return files


def save(folder, model):
    model["module"].save(folder, model)


def opened(folder, model):
    if model.get("inpainting") and "transformer" in model:
        pipeline = StableDiffusion3InpaintPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    elif model.get("inpainting"):
        pipeline = StableDiffusionXLInpaintPipeline.from_pretrained(folder, torch_dtype=torch.float32, add_watermarker=False)
    elif model.get("pipeline"):
        pipeline = StableDiffusionInpaintPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    else:
        pipeline = DiffusionPipeline.from_pretrained(folder, torch_dtype=torch.float32)
    return pipeline


def draw(pipeline, request):
    """Each picture alone: the pipelines for a mask encode the picture once, with the first picture's noise."""
    image, mask = (INPUTS.get(request.get(name)) for name in ("image", "mask"))
    return [drawn(pipeline, request, seed, image, mask) for seed in seeds(request)]


def drawn(pipeline, request, seed, image, mask, kept=None):
    """One picture over `image`, with what the mask keeps of `kept`, or of `image`."""
    kind = AutoPipelineForInpainting if mask else AutoPipelineForImage2Image
    named = "Inpaint" in type(pipeline).__name__
    over = pipeline if named else kind.from_pipe(pipeline)
    over.set_progress_bar_config(disable=True)
    set_sampler(over, request)
    size = {"width": request.get("width", image.width), "height": request.get("height", image.height)}
    if mask:
        mask = over.mask_processor.blur(mask, blur_factor=request["maskBlur"]) if "maskBlur" in request else mask
        crop = request.get("paddingMaskCrop")
        arguments = {"mask_image": mask, **size} | ({"padding_mask_crop": crop} if crop is not None else {})
    elif "width" in inspect.signature(over.__call__).parameters:
        arguments = size
    else:
        arguments = {}
    turbo = "guidance" not in request
    # diffusers 0.42's inpainting pipeline of Stable Diffusion 3 decodes without the autoencoder's shift.
    shift = over.vae.config.shift_factor if mask else None
    if shift:
        decode = over.vae.decode
        over.vae.decode = lambda latents, **options: decode(latents + shift, **options)
    [picture] = over(
        prompt=request["prompt"],
        negative_prompt=request.get("negativePrompt"),
        image=image,
        strength=request["strength"],
        num_inference_steps=request["steps"],
        guidance_scale=0.0 if turbo else request["guidance"],
        generator=torch.Generator("cpu").manual_seed(seed),
        **{wire: diffusion_xl.pair(request[name]) for name, wire in diffusion_xl.MICRO.items() if name in request},
        **arguments,
    ).images
    if shift:
        over.vae.decode = decode
    if mask and "paddingMaskCrop" not in request:
        picture = over.image_processor.apply_overlay(mask, kept or image, picture)
    return picture


if __name__ == "__main__":
    record(GOLDEN, models=MODELS, cases=CASES, files_of=files_of, save=save, opened=opened, draw=draw)
    for name, picture in INPUTS.items():
        picture.save(GOLDEN / name, optimize=True)
