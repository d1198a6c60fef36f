"""
Records pictures that diffusers draws with DeepCache's own package: packages/plugin-diffusion/test/golden/deepcache-pictures/.
Besides requirements.txt: pip install --no-deps DeepCache==0.1.1

The package looks a call's number up by its time, and takes the first of two calls of one time. So no case has Heun, which repeats all its
times, and PNDM, which repeats its second, has an interval at which that changes nothing.
"""

from pathlib import Path

from DeepCache import DeepCacheSDHelper

import control_pictures
import diffusion
import diffusion_xl
import over_pictures
from diffusion import FOX, SMALL
from over_pictures import INPUTS, MASKED, of
from pictures import record

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/deepcache-pictures"

MODELS = {name: of(diffusion, diffusion.MODELS[name]) for name in ("sd15", "sd21", "sd-turbo", "lcm")} | {
    name: over_pictures.MODELS[name] for name in ("sd15-inpainting", "xl")
}
OVER = over_pictures.APPLE | {"strength": 0.7}
CONTROL = control_pictures.CASES["one"]["request"]

CASES = {
    "plain": dict(model="sd15", request=FOX | {"deepcacheInterval": 3}),
    "two": dict(model="sd15", request=SMALL | {"deepcacheInterval": 2, "count": 2, "sampler": "Euler a"}),
    "karras": dict(model="sd15", request=SMALL | {"deepcacheInterval": 5, "sampler": "DPM++ 2M Karras"}),
    "middle": dict(model="sd15", request=SMALL | {"deepcacheInterval": 2, "sampler": "DPM2"}),
    "control": dict(model="sd15", request=CONTROL | {"deepcacheInterval": 3}),
    "control-guess": dict(model="sd15", request=CONTROL | {"deepcacheInterval": 3, "guessMode": True}),
    "branch": dict(model="sd21", branch=4, request=FOX | {"deepcacheInterval": 2}),
    "over": dict(model="sd21", branch=4, request=OVER | {"deepcacheInterval": 2}),
    "turbo-four": dict(model="sd-turbo", request={"prompt": "a red apple", "seed": 7, "steps": 4, "deepcacheInterval": 2}),
    "lcm": dict(model="lcm", request={"prompt": "a red apple", "width": 40, "height": 40, "seed": 7, "deepcacheInterval": 2}),
    "inpainting": dict(model="sd15-inpainting", request=MASKED | {"strength": 1.0, "sampler": "Euler", "deepcacheInterval": 2}),
    "xl": dict(model="xl", request=diffusion_xl.APPLE | {"deepcacheInterval": 3, "negativePrompt": "green"}),
    "xl-over": dict(model="xl", request=OVER | {"deepcacheInterval": 2}),
}
BRANCHES = {case["model"]: case.get("branch", 0) for case in CASES.values()}


def opened(folder, model):
    over = model.get("pipeline") == "StableDiffusionInpaintPipeline"
    pipeline = (over_pictures if over else model["module"]).opened(folder, model)
    pipeline.branch = model["branch"]
    return pipeline


def draw(pipeline, request):
    """The pipelines that are made of this one share its UNet, and its scheduler where the request names no sampler."""
    helper = DeepCacheSDHelper(pipe=pipeline)
    helper.set_params(cache_interval=request["deepcacheInterval"], cache_branch_id=pipeline.branch)
    helper.enable()
    if "control" in request:
        pictures = control_pictures.draw(pipeline, request)
    elif "image" in request:
        pictures = over_pictures.draw(pipeline, request)
    else:
        xl = "XL" in type(pipeline).__name__
        pictures = (diffusion_xl if xl else diffusion).draw(pipeline, request)
    helper.disable()
    return pictures


if __name__ == "__main__":
    used = [case["request"] for case in CASES.values()]
    record(
        GOLDEN,
        models={name: model | {"branch": BRANCHES[name]} for name, model in MODELS.items()},
        cases=CASES,
        files_of=over_pictures.files_of,
        save=over_pictures.save,
        opened=opened,
        draw=draw,
        further={"nets": {"lines": {"dtype": "F32", **control_pictures.NETS["lines"]}}},
    )
    for name in {request[field] for request in used for field in ("image", "mask") if field in request}:
        INPUTS[name].save(GOLDEN / name, optimize=True)
    for name in {each["image"] for request in used for each in request.get("control", [])}:
        control_pictures.INPUTS[name].save(GOLDEN / name, optimize=True)
