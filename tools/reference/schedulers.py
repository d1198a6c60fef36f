"""Records diffusers' schedulers stepping a small latent: packages/plugin-diffusion/test/golden/schedulers.json."""

import inspect
import json
import math
import warnings
from pathlib import Path

import diffusers
import torch

GOLDEN = Path(__file__).parents[2] / "packages/plugin-diffusion/test/golden"
SHAPE = (1, 4, 2, 2)
SEED = 7

TRAINED = {
    "num_train_timesteps": 1000,
    "beta_start": 0.00085,
    "beta_end": 0.012,
    "beta_schedule": "scaled_linear",
    "trained_betas": None,
}
CONFIGS = {
    "sd15": {
        "_class_name": "PNDMScheduler", **TRAINED, "clip_sample": False, "set_alpha_to_one": False,
        "skip_prk_steps": True, "steps_offset": 1,
    },
    "sd21": {
        "_class_name": "DDIMScheduler", **TRAINED, "clip_sample": False, "set_alpha_to_one": False,
        "skip_prk_steps": True, "steps_offset": 1, "prediction_type": "v_prediction",
    },
    "turbo": {
        "_class_name": "EulerDiscreteScheduler", **TRAINED, "steps_offset": 1,
        "prediction_type": "epsilon", "timestep_spacing": "trailing", "clip_sample": False,
        "skip_prk_steps": True,
    },
    "sdxl": {
        "_class_name": "EulerDiscreteScheduler", **TRAINED, "clip_sample": False,
        "interpolation_type": "linear", "prediction_type": "epsilon", "sample_max_value": 1.0,
        "set_alpha_to_one": False, "skip_prk_steps": True, "steps_offset": 1,
        "timestep_spacing": "leading", "use_karras_sigmas": False,
    },
    "zero-snr": {
        "_class_name": "DDIMScheduler", **TRAINED, "clip_sample": False, "set_alpha_to_one": True,
        "prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "skip_prk_steps": True,
        "timestep_spacing": "trailing",
    },
    "cosine": {
        "_class_name": "DPMSolverMultistepScheduler", "beta_schedule": "squaredcos_cap_v2",
        "num_train_timesteps": 100, "skip_prk_steps": True,
    },
    "linear": {
        "_class_name": "DPMSolverMultistepScheduler", "beta_schedule": "linear",
        "algorithm_type": "deis", "solver_type": "heun", "final_sigmas_type": "sigma_min",
        "timestep_spacing": "leading", "prediction_type": "sample", "skip_prk_steps": True,
        "clip_sample": True, "clip_sample_range": 0.5,
    },
    "betas": {
        "_class_name": "DDIMScheduler", "num_train_timesteps": 40,
        "trained_betas": [0.01 + 0.002 * i for i in range(40)], "skip_prk_steps": True,
    },
    "bounded": {
        "_class_name": "EulerDiscreteScheduler", **TRAINED, "use_karras_sigmas": True,
        "sigma_min": 0.05, "sigma_max": 10.0, "lower_order_final": False, "skip_prk_steps": True,
        "final_sigmas_type": "sigma_min", "solver_order": 2, "euler_at_final": True,
    },
    "bh1": {
        "_class_name": "UniPCMultistepScheduler", **TRAINED, "solver_order": 3,
        "solver_type": "bh1", "disable_corrector": [1], "timestep_spacing": "trailing",
        "final_sigmas_type": "sigma_min",
    },
    "bh2": {"_class_name": "UniPCMultistepScheduler", **TRAINED, "solver_order": 3},
    "sd3": {
        "_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000,
        "shift": 3.0, "use_dynamic_shifting": False,
    },
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
    "DPM++ 2M SDE Karras": ("DPMSolverMultistepScheduler", {**SDE, **KARRAS}),
    "DPM++ SDE": ("DPMSolverSinglestepScheduler", {}),
    "DPM++ SDE Karras": ("DPMSolverSinglestepScheduler", KARRAS),
    "DDPMScheduler": ("DDPMScheduler", {}),
}
PLAIN = [name for name, (_, extra) in SAMPLERS.items() if not extra]
BETWEEN = [name for name in SAMPLERS if name != "DDPMScheduler"]
CLASSES = [
    *dict.fromkeys(name for name, _ in SAMPLERS.values()),
    "DEISMultistepScheduler",
    "FlowMatchEulerDiscreteScheduler",
]


def cases():
    for name in SAMPLERS:
        for steps in (1, 7, 30):
            yield "sd15", name, steps, {}
        for strength in (0.33, 0.6):
            if name in BETWEEN:
                yield "sd15", name, 10, {"strength": strength}
        yield "sd21", name, 4, {}
        yield "sdxl", name, 6, {}
    for name in PLAIN:
        if name != "LCM":
            yield "turbo", name, 2, {}
            yield "cosine", name, 5, {}
            yield "betas", name, 8, {}
        yield "turbo", name, 4, {}
        if name not in ("PNDM",):
            yield "zero-snr", name, 5, {}
    for name in ("DDIM", "LCM", "UniPC", "Euler", "Heun", "LMS", "DPM++ 2M", "DPM++ SDE", "DDPMScheduler"):
        yield "linear", name, 16, {}
    for name in ("Euler", "Heun", "DPM2", "DPM2 a", "UniPC", "DPM++ 2M", "DPM++ SDE", "DPM++ 2M SDE"):
        yield "bounded", name, 6, {}
    yield "bh1", "default", 8, {}
    yield "bh2", "default", 8, {}
    yield "cosine", "DPM++ 2M Karras", 5, {}
    for steps in (1, 3):
        yield "turbo", "default", steps, {}
    for eta in (0.5, 1.0):
        yield "sd15", "DDIM", 6, {"eta": eta}
    for steps in (1, 4, 28):
        yield "sd3", "default", steps, {}
    yield "sd3", "default", 10, {"strength": 0.55}
    for name in CLASSES:
        yield {"_class_name": name}, "default", 5, {}
    for config in ({"_class_name": "DDIMScheduler"}, {"_class_name": "DDIMScheduler", "clip_sample": True, "steps_offset": 0}):
        for name in ("default", "DDIM", "Heun", "DDPMScheduler"):
            yield config, name, 4, {"corrected": True}


def model(latent, time):
    """Replaces a network: a function of the latent and the time, plus a pattern."""
    pattern = torch.sin(1.7 * torch.arange(latent.numel(), dtype=torch.float32) + 0.3)
    return 0.3 * math.cos(float(time) / 700) * latent + 0.5 * pattern.reshape(latent.shape)


def create(config, sampler, correct):
    config = CONFIGS[config] if isinstance(config, str) else config
    if correct:
        own = getattr(diffusers, config["_class_name"]).from_config(config)
        corrected = pipeline(own).scheduler
        if sampler == "default":
            return corrected
        config = corrected.config
    class_name, extra = SAMPLERS.get(sampler, (config["_class_name"], {}))
    return getattr(diffusers, class_name).from_config(config, **extra)


def pipeline(scheduler):
    """Stable Diffusion's pipeline corrects the configuration of the scheduler it is given."""
    missing = dict.fromkeys(
        ["vae", "text_encoder", "tokenizer", "unet", "safety_checker", "feature_extractor"]
    )
    return diffusers.StableDiffusionPipeline(
        scheduler=scheduler, requires_safety_checker=False, **missing
    )


def numbers(values):
    return [float(f"{float(value):.7g}") for value in values]


def record(config, sampler, steps, options):
    scheduler = create(config, sampler, options.get("corrected"))
    scheduler.set_timesteps(steps)
    generator = torch.Generator("cpu").manual_seed(SEED)
    latent = torch.randn(SHAPE, generator=generator)
    golden = {"config": config, "sampler": sampler, "steps": steps, **options}
    scale = float(getattr(scheduler, "init_noise_sigma", 1.0))
    timesteps = scheduler.timesteps
    clean = torch.cos(torch.arange(latent.numel(), dtype=torch.float32)).reshape(SHAPE)
    noise = latent
    flows = isinstance(scheduler, diffusers.FlowMatchEulerDiscreteScheduler)
    add_noise = (lambda c, n, t: scheduler.scale_noise(c, t, n)) if flows else scheduler.add_noise
    if "strength" in options:
        wanted = steps * options["strength"]
        start = int(steps - wanted) if flows else steps - int(wanted)
        timesteps = timesteps[start * scheduler.order :]
        if hasattr(scheduler, "set_begin_index"):
            scheduler.set_begin_index(start * scheduler.order)
        latent = add_noise(clean, noise, timesteps[:1])
        golden["noised"] = numbers(latent.flatten()[:4])
    else:
        latent = latent * scale
    accepted = inspect.signature(scheduler.step).parameters
    extra = {"generator": generator} if "generator" in accepted else {}
    if "eta" in options:
        extra["eta"] = options["eta"]
    path = []
    for i, time in enumerate(timesteps):
        output = model(scheduler.scale_model_input(latent, time) if not flows else latent, time)
        latent = scheduler.step(output, time, latent, **extra).prev_sample
        path.append(latent.flatten())
        if "strength" in options and i == 0 and len(timesteps) > 1:
            golden["kept"] = numbers(add_noise(clean, noise, timesteps[1:2]).flatten()[:4])
    golden["timesteps"] = numbers(timesteps)
    golden["scale"] = numbers([scale])[0]
    if len(path) <= 8:
        golden["path"] = [numbers(latent[:2]) for latent in path]
    golden["latent"] = numbers(path[-1][:8])
    return golden


def options(class_name):
    parameters = inspect.signature(getattr(diffusers, class_name).__init__).parameters
    return [name for name in parameters if name != "self"]


def main():
    warnings.simplefilter("ignore")
    diffusers.logging.set_verbosity_error()
    golden = {
        "versions": {"torch": torch.__version__, "diffusers": diffusers.__version__},
        "configs": CONFIGS,
        "options": {name: options(name) for name in CLASSES},
        "cases": [record(*case) for case in cases()],
    }
    lines = json.dumps(golden, separators=(",", ":")).replace('{"config"', '\n{"config"')
    (GOLDEN / "schedulers.json").write_text(lines + "\n")


if __name__ == "__main__":
    main()
