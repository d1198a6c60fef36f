"""Records pictures that ControlNets take part in: packages/plugin-diffusion/test/golden/control-pictures/."""

import tempfile
from pathlib import Path

import diffusers
import numpy
import torch
from diffusers import ControlNetModel
from PIL import Image, ImageFilter

import over_pictures
from control_graphs import CONTROL_15, CONTROL_XL
from diffusion import seeds, set_sampler
from diffusion_graphs import checkpoint
from over_pictures import MODELS as BASES
from over_pictures import pattern, rectangle
from pictures import record

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/control-pictures"
MODELS = {name: BASES[name] for name in ("sd15", "sd15-inpainting", "xl")}

# Their weights go by their names, so that two nets of one base differ by what their configs make of them.
NETS = {
    "lines": dict(config=CONTROL_15),
    "pose": dict(
        config=CONTROL_15
        | {"conditioning_embedding_out_channels": [8, 24, 32, 40], "controlnet_conditioning_channel_order": "bgr"},
        dtype="F16",
    ),
    "shuffle": dict(config=CONTROL_15 | {"global_pool_conditions": True}),
    "depth": dict(config=CONTROL_XL),
}


def edges(picture):
    return picture.convert("L").filter(ImageFilter.FIND_EDGES).convert("RGB")


def shades(width, height):
    y, x = numpy.mgrid[0:height, 0:width]
    colours = numpy.stack([255 - 255 * x / width, 40 + 0 * x, 255 * y / height], axis=-1)
    return Image.fromarray(colours.astype(numpy.uint8))


INPUTS = {
    "edges.png": edges(pattern(64, 64)),
    "shades.png": shades(64, 64),
    "wide.png": edges(pattern(768, 512)),
    "square.png": pattern(64, 64),
    "square-mask.png": rectangle(64, 64, (19, 13, 50, 41)),
    "large.png": pattern(160, 120),
    "large-mask.png": rectangle(160, 120, (70, 50, 96, 84)),
    "large-edges.png": edges(pattern(160, 120)),
}


def net(name, image, **shares):
    return {"name": name, "image": image, **shares}


LINES = net("lines", "edges.png")
POSE = net("pose", "shades.png")
APPLE = {"prompt": "A red apple on a blue table!", "steps": 6, "guidance": 5.0, "seed": 42, "control": [LINES]}
OVER = {"image": "square.png", "strength": 0.7}
MASKED = OVER | {"mask": "square-mask.png"}

CASES = {
    name: dict(model="sd15", request=APPLE | changes)
    for name, changes in {
        "one": {},
        "one-weak": {"control": [LINES | {"scale": 0.4}], "negativePrompt": "green"},
        "one-unguided": {"guidance": 1.0},
        "one-ancestral": {"sampler": "Euler a"},
        "one-middle": {"control": [LINES | {"start": 0.2, "end": 0.7}]},
        "one-middle-heun": {"sampler": "Heun", "control": [LINES | {"start": 0.25, "end": 0.6}]},
        "one-two": {"count": 2, "sampler": "DPM++ 2M Karras"},
        "guess": {"guessMode": True},
        "guess-unguided": {"guessMode": True, "guidance": 1.0},
        "two": {"control": [LINES, POSE]},
        "two-shares": {"control": [LINES | {"scale": 0.5, "end": 0.5}, POSE | {"scale": 1.5, "start": 0.3}]},
        "two-guess": {"control": [LINES, POSE], "guessMode": True},
        "pooled": {"control": [net("shuffle", "shades.png")]},
        "half": {"control": [POSE]},
        "wide": {"control": [net("lines", "wide.png")], "steps": 3},
        "resized": {"width": 128, "height": 96},
        "resized-down": {"control": [net("lines", "large.png")], "width": 64, "height": 64},
        "over": OVER,
        "over-resized": OVER | {"image": "large.png", "width": 64, "height": 64},
        "crop": {
            "image": "large.png",
            "mask": "large-mask.png",
            "control": [net("lines", "large-edges.png")],
            "strength": 1.0,
            "paddingMaskCrop": 12,
            "width": 64,
            "height": 64,
        },
        "over-guess": OVER | {"guessMode": True},
        "masked": MASKED,
        "masked-whole": MASKED | {"strength": 1.0, "sampler": "Euler a"},
    }.items()
} | {
    "inpainting": dict(model="sd15-inpainting", request=APPLE | MASKED | {"strength": 1.0}),
    **{
        f"xl-{name}": dict(model="xl", request=APPLE | {"control": [net("depth", "shades.png")]} | changes)
        for name, changes in {"one": {}, "guess": {"guessMode": True}, "over": OVER, "masked": MASKED}.items()
    },
}


def opened(folder, model):
    return over_pictures.opened(folder, model)


def draw(pipeline, request):
    return [drawn(pipeline, request, seed) for seed in seeds(request)]


def opened_nets(names):
    for name in names:
        case = NETS[name]
        with tempfile.TemporaryDirectory() as folder:
            checkpoint(Path(folder), ControlNetModel.from_config(case["config"]), case)
            yield ControlNetModel.from_pretrained(folder, torch_dtype=torch.float32)


def pipeline_of(base, request):
    kind = "Inpaint" if "mask" in request else "Img2Img" if "image" in request else ""
    family = "StableDiffusionXL" if "XL" in type(base).__name__ else "StableDiffusion"
    nets = list(opened_nets(each["name"] for each in request["control"]))
    name = f"{family}ControlNet{kind}Pipeline"
    controlled = getattr(diffusers, name)(**base.components, controlnet=nets if len(nets) > 1 else nets[0])
    controlled.set_progress_bar_config(disable=True)
    set_sampler(controlled, request)
    return controlled


def drawn(base, request, seed):
    control = request["control"]
    pictures = [INPUTS[each["image"]] for each in control]
    every = lambda key, default: [each.get(key, default) for each in control]
    one = lambda values: values if len(values) > 1 else values[0]
    size = INPUTS[request["image"]] if "image" in request else pictures[0]
    arguments = {"width": request.get("width", size.width), "height": request.get("height", size.height)}
    if "paddingMaskCrop" in request:
        arguments |= {"padding_mask_crop": request["paddingMaskCrop"]}
    if "image" in request:
        arguments |= {"image": INPUTS[request["image"]], "control_image": one(pictures), "strength": request["strength"]}
    else:
        arguments |= {"image": one(pictures)}
    if "mask" in request:
        arguments |= {"mask_image": INPUTS[request["mask"]]}
    pipeline = pipeline_of(base, request)
    [picture] = pipeline(
        prompt=request["prompt"],
        negative_prompt=request.get("negativePrompt"),
        num_inference_steps=request["steps"],
        guidance_scale=request["guidance"],
        controlnet_conditioning_scale=one([float(scale) for scale in every("scale", 1.0)]),
        control_guidance_start=every("start", 0.0),
        control_guidance_end=every("end", 1.0),
        guess_mode=request.get("guessMode", False),
        generator=torch.Generator("cpu").manual_seed(seed),
        **arguments,
    ).images
    if "mask" in request and "paddingMaskCrop" not in request:
        picture = pipeline.image_processor.apply_overlay(INPUTS[request["mask"]], INPUTS[request["image"]], picture)
    return picture


if __name__ == "__main__":
    nets = {name: {"dtype": "F32", **net} for name, net in NETS.items()}
    record(
        GOLDEN,
        models=MODELS,
        cases=CASES,
        files_of=over_pictures.files_of,
        save=over_pictures.save,
        opened=opened,
        draw=draw,
        further={"nets": nets},
    )
    for name, picture in INPUTS.items():
        picture.save(GOLDEN / name, optimize=True)
