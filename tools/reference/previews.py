"""
Records previews: what an AutoencoderTiny makes of the clean latents that are predicted at steps of a drawing, as a pipeline with it in
the place of its own autoencoder would decode them: packages/plugin-diffusion/test/golden/previews/.
"""

from functools import wraps
from pathlib import Path

import torch
from diffusers import AutoencoderTiny

import diffusion
import diffusion_3
import over_pictures
from diffusion_graphs import TAESD, TAESD3, reopened
from pictures import record

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden/previews"
MODELS = {name: over_pictures.MODELS[name] for name in ("sd15", "sd3")}

NETS = {
    "taesd": dict(config=TAESD, dtype="F32"),
    "taesd3": dict(config=TAESD3, dtype="F16"),
    "scaled": dict(config=TAESD3 | {"scaling_factor": 0.5, "shift_factor": 0.25}, dtype="F32"),
}

APPLE = {"prompt": "A red apple on a blue table!", "width": 64, "height": 64, "steps": 7, "guidance": 5.0, "seed": 42, "previews": 2}
CASES = {
    "sd15-euler": dict(model="sd15", request=APPLE | {"sampler": "Euler", "decoder": "taesd"}),
    "sd15-ddim": dict(model="sd15", request=APPLE | {"sampler": "DDIM", "width": 72, "height": 40, "decoder": "taesd"}),
    "sd15-ancestral": dict(model="sd15", request=APPLE | {"sampler": "Euler a", "previews": 3, "decoder": "taesd"}),
    "sd3": dict(model="sd3", request=APPLE | {"decoder": "taesd3"}),
    "sd3-scaled": dict(model="sd3", request=APPLE | {"width": 96, "height": 48, "decoder": "scaled"}),
}


def predicted(scheduler):
    """The clean latents that a scheduler predicts from here on, one for each step."""
    found = []
    step = scheduler.step

    # Pipelines look for the arguments that it takes, of which `generator` is one.
    @wraps(step)
    def heard(output, timestep, sample, **options):
        result = step(output, timestep, sample, **options)
        # A scheduler of flows gives the next latents alone.
        found.append(result[1] if len(result) > 1 else sample - scheduler.sigmas[scheduler.step_index - 1] * output)
        return result

    scheduler.step = heard
    return found


def draw(pipeline, request):
    family = diffusion_3 if "Diffusion3" in type(pipeline).__name__ else diffusion
    diffusion.set_sampler(pipeline, request)
    latents = predicted(pipeline.scheduler)
    family.draw(pipeline, {key: value for key, value in request.items() if key != "sampler"})
    net = NETS[request["decoder"]]
    tiny = reopened(AutoencoderTiny.from_config(net["config"]), net, torch_dtype=torch.float32)
    steps, previews = request["steps"], request["previews"]
    for i in range(previews):
        clean = latents[(i + 1) * steps // (previews + 1)]
        sample = tiny.decode(clean / tiny.config.scaling_factor + tiny.config.shift_factor).sample
        yield pipeline.image_processor.postprocess(sample, output_type="pil")[0]


if __name__ == "__main__":
    record(
        GOLDEN,
        models=MODELS,
        cases=CASES,
        files_of=over_pictures.files_of,
        save=over_pictures.save,
        opened=over_pictures.opened,
        draw=draw,
        further={"nets": NETS},
    )
