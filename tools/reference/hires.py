"""
Records pictures that are drawn small, enlarged by Pillow's Lanczos and drawn over: packages/plugin-diffusion/test/golden/hires/.
Each pass is a call of a pipeline of its own, with a generator of the same seed.
"""

from pathlib import Path

import diffusion
import diffusion_3
import diffusion_xl
import over_pictures
from diffusion import seeds
from over_pictures import INPUTS, drawn, of
from PIL import Image
from pictures import record

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/hires"

MODELS = {name: over_pictures.MODELS[name] for name in ("sd15", "sd-turbo", "sd15-inpainting", "xl", "sd3")} | {
    "sd3-dynamic": of(diffusion_3, diffusion_3.MODELS["sd3"], scheduler=diffusion_3.DYNAMIC),
}

APPLE = {"prompt": "A red apple on a blue table!", "width": 64, "height": 64, "steps": 6, "guidance": 5.0, "seed": 42}
OVER = {key: value for key, value in APPLE.items() if key not in ("width", "height")} | {"image": "square.png"}
MASKED = OVER | {"mask": "square-mask.png"}
TWICE = {"hires": {"scale": 2, "strength": 0.7}}
CASES = {
    "sd15": dict(model="sd15", request=APPLE | {"hires": {"scale": 2}}),
    "sd15-wide": dict(
        model="sd15",
        request=APPLE
        | {"width": 96, "height": 48, "negativePrompt": "green", "sampler": "Euler a", "hires": {"scale": 1.5, "strength": 0.5}},
    ),
    "sd15-two": dict(model="sd15", request=APPLE | TWICE | {"count": 2, "sampler": "DPM++ 2M Karras"}),
    "sd15-rounded": dict(model="sd15", request=APPLE | {"hires": {"scale": 1.3, "strength": 0.34}}),
    "sd15-whole": dict(model="sd15", request=APPLE | {"hires": {"scale": 1.5, "strength": 1.0}}),
    "sd15-over": dict(model="sd15", request=OVER | {"strength": 0.5, "hires": {"scale": 1.5, "strength": 0.5}}),
    "sd15-inpaint": dict(model="sd15", request=MASKED | TWICE | {"strength": 0.7, "sampler": "Euler a"}),
    "sd15-inpaint-whole": dict(model="sd15", request=MASKED | {"strength": 1.0, "hires": {"scale": 2, "strength": 1.0}}),
    "turbo": dict(model="sd-turbo", request={"prompt": "a red apple", "width": 64, "height": 64, "seed": 7, "steps": 2} | TWICE),
    "inpainting": dict(model="sd15-inpainting", request=MASKED | TWICE | {"strength": 1.0}),
    "xl": dict(model="xl", request=APPLE | TWICE | {"negativePrompt": "green"}),
    "xl-sizes": dict(
        model="xl",
        request=APPLE
        | {
            "originalSize": {"width": 32, "height": 16},
            "crop": {"top": 4, "left": 8},
            "targetSize": {"width": 24, "height": 40},
            "sampler": "Euler a",
            "hires": {"scale": 1.5, "strength": 0.7},
        },
    ),
    "sd3": dict(model="sd3", request=APPLE | {"hires": {"scale": 1.75, "strength": 0.6}}),
    "sd3-dynamic": dict(model="sd3-dynamic", request=APPLE | {"width": 96, "hires": {"scale": 1.5, "strength": 0.5}}),
}
RESIZED = [
    ("wide-lanczos.png", (117, 100), "LANCZOS"),
    ("wide-lanczos-small.png", (31, 57), "LANCZOS"),
    ("wide-bicubic.png", (201, 66), "BICUBIC"),
]
MULTIPLES = {diffusion: 8, diffusion_xl: 8, diffusion_3: 16}


def family_of(pipeline):
    name = type(pipeline).__name__
    return diffusion_xl if "XL" in name else diffusion_3 if "Diffusion3" in name else diffusion


def draw(pipeline, request):
    return [in_two_passes(pipeline, request, seed) for seed in seeds(request)]


def in_two_passes(pipeline, request, seed):
    family, hires = family_of(pipeline), request["hires"]
    image, mask = (INPUTS.get(request.get(name)) for name in ("image", "mask"))
    if image:
        first = drawn(pipeline, request, seed, image, mask)
    else:
        [first] = family.draw(pipeline, request | {"seed": seed, "count": 1})
    multiple = MULTIPLES[family]
    size = tuple(multiple * int(side * hires["scale"] / multiple + 0.5) for side in first.size)
    larger = first.resize(size, Image.Resampling.LANCZOS)
    again = {key: value for key, value in request.items() if key not in ("width", "height")}
    again["strength"] = hires.get("strength", 0.7)
    if not mask:
        return drawn(pipeline, again, seed, larger, None)
    kept, mask = image.resize(size, Image.Resampling.LANCZOS), mask.resize(size, Image.Resampling.BICUBIC)
    begun = pipeline.image_processor.apply_overlay(mask, kept, larger)
    return drawn(pipeline, again, seed, begun, mask, kept)


if __name__ == "__main__":
    record(
        GOLDEN,
        models=MODELS,
        cases=CASES,
        files_of=over_pictures.files_of,
        save=over_pictures.save,
        opened=over_pictures.opened,
        draw=draw,
    )
    for name in ("square.png", "square-mask.png", "wide.png"):
        INPUTS[name].save(GOLDEN / name, optimize=True)
    for name, size, kernel in RESIZED:
        INPUTS["wide.png"].resize(size, Image.Resampling[kernel]).save(GOLDEN / name, optimize=True)
