"""Records diffusers stepping scheduler_config.json files in the shapes that published repositories have: packages/plugin-diffusion/test/golden/scheduler-variants.json.

A variant that Kindred refuses has the code of the error and the field that its message names, and is not recorded.
"""

import json
import warnings

import diffusers
import torch

from schedulers import GOLDEN, record

BETAS = {"beta_start": 0.00085, "beta_end": 0.012, "beta_schedule": "scaled_linear", "num_train_timesteps": 1000}
OLD = BETAS | {"_diffusers_version": "0.6.0", "trained_betas": None, "clip_sample": False}
LATER = OLD | {
    "_diffusers_version": "0.24.0.dev0",
    "dynamic_thresholding_ratio": 0.995,
    "prediction_type": "epsilon",
    "sample_max_value": 1.0,
    "set_alpha_to_one": False,
    "skip_prk_steps": True,
    "steps_offset": 1,
    "thresholding": False,
    "timestep_spacing": "leading",
}
VELOCITY = {"prediction_type": "v_prediction"}
ZERO_SNR = VELOCITY | {"rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
SIGMAS = {"use_karras_sigmas": False, "use_exponential_sigmas": False, "use_beta_sigmas": False}
MULTISTEP = LATER | {
    "_class_name": "DPMSolverMultistepScheduler",
    "algorithm_type": "dpmsolver++",
    "lambda_min_clipped": float("-inf"),
    "lower_order_final": True,
    "solver_order": 2,
    "solver_type": "midpoint",
    "use_karras_sigmas": False,
    "variance_type": None,
}
SINGLESTEP = MULTISTEP | {"_class_name": "DPMSolverSinglestepScheduler"}
UNIPC = LATER | {
    "_class_name": "UniPCMultistepScheduler",
    "disable_corrector": [],
    "lower_order_final": True,
    "predict_x0": True,
    "solver_order": 2,
    "solver_p": None,
    "solver_type": "bh2",
}
EULER = LATER | SIGMAS | {
    "_class_name": "EulerDiscreteScheduler",
    "final_sigmas_type": "zero",
    "interpolation_type": "linear",
    "rescale_betas_zero_snr": False,
    "sigma_max": None,
    "sigma_min": None,
    "timestep_type": "discrete",
}
DEIS = MULTISTEP | {"_class_name": "DEISMultistepScheduler", "algorithm_type": "deis", "solver_type": "logrho"}
LCM = LATER | {
    "_class_name": "LCMScheduler",
    "clip_sample_range": 1.0,
    "original_inference_steps": 50,
    "rescale_betas_zero_snr": False,
    "set_alpha_to_one": True,
    "steps_offset": 0,
    "timestep_scaling": 10.0,
}
FLOW = {"_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000}


def named(name, *changes, base=LATER):
    config = {**base, "_class_name": name}
    for change in changes:
        config |= change
    return config


def without(config, *fields):
    return {name: value for name, value in config.items() if name not in fields}


STEPPED = {
    # PNDM and DDIM, as Stable Diffusion 1 and 2 were published.
    "PNDM 0.2, before steps_offset": named("PNDMScheduler", {"skip_prk_steps": True, "tensor_format": "pt"}, base=BETAS),
    "PNDM 0.6": named("PNDMScheduler", {"skip_prk_steps": True, "steps_offset": 1, "set_alpha_to_one": False}, base=OLD),
    "PNDM with Runge-Kutta": named("PNDMScheduler", {"skip_prk_steps": False}),
    "PNDM velocity": named("PNDMScheduler", VELOCITY),
    "PNDM set_alpha_to_one": named("PNDMScheduler", {"set_alpha_to_one": True}),
    "PNDM trailing": named("PNDMScheduler", {"timestep_spacing": "trailing"}),
    "PNDM linspace": named("PNDMScheduler", {"timestep_spacing": "linspace"}),
    "PNDM steps_offset 0": named("PNDMScheduler", {"steps_offset": 0}),
    "PNDM unknown fields": named("PNDMScheduler", {"_name_or_path": "x", "tensor_format": "np", "foo": {"bar": [1]}}),
    "DDIM 0.2": named("DDIMScheduler", {"timestep_values": None, "tensor_format": "pt"}, base=BETAS),
    "DDIM 0.8 velocity": named("DDIMScheduler", VELOCITY, {"set_alpha_to_one": False, "steps_offset": 1}, base=OLD),
    "DDIM set_alpha_to_one": named("DDIMScheduler", {"set_alpha_to_one": True}),
    "DDIM clip_sample": named("DDIMScheduler", {"clip_sample": True}),
    "DDIM clip_sample_range": named("DDIMScheduler", {"clip_sample": True, "clip_sample_range": 2.0}),
    "DDIM trailing": named("DDIMScheduler", {"timestep_spacing": "trailing"}),
    "DDIM linspace": named("DDIMScheduler", {"timestep_spacing": "linspace"}),
    "DDIM zero SNR": named("DDIMScheduler", ZERO_SNR, {"set_alpha_to_one": True}),
    "DDIM linear betas": named("DDIMScheduler", {"beta_schedule": "linear", "beta_start": 0.00085, "beta_end": 0.012}),
    "DDIM sample": named("DDIMScheduler", {"prediction_type": "sample"}),
    "DDIM cosine": named("DDIMScheduler", {"beta_schedule": "squaredcos_cap_v2"}),
    # DDPM.
    "DDPM 0.2": {"_class_name": "DDPMScheduler", "_diffusers_version": "0.1.1", "beta_start": 0.0001, "beta_end": 0.02,
                 "beta_schedule": "linear", "clip_sample": True, "num_train_timesteps": 1000, "trained_betas": None,
                 "variance_type": "fixed_small"},
    "DDPM": named("DDPMScheduler", {"variance_type": "fixed_small"}),
    "DDPM trailing zero SNR": named("DDPMScheduler", ZERO_SNR, {"variance_type": "fixed_small"}),
    "DDPM 1100 timesteps": named("DDPMScheduler", {"num_train_timesteps": 1100, "beta_end": 0.014}),
    # Euler.
    "Euler 0.14": named("EulerDiscreteScheduler", VELOCITY, base=BETAS),
    "Euler leading": EULER,
    "Euler trailing": EULER | {"timestep_spacing": "trailing"},
    "Euler linspace": EULER | {"timestep_spacing": "linspace"},
    "Euler steps_offset 0": EULER | {"steps_offset": 0},
    "Euler zero SNR": EULER | ZERO_SNR,
    "Euler velocity leading": EULER | VELOCITY,
    "Euler Karras": EULER | {"use_karras_sigmas": True},
    "Euler Karras bounded": EULER | {"use_karras_sigmas": True, "sigma_min": 0.02, "sigma_max": 12.0},
    "Euler sigma_min": EULER | {"final_sigmas_type": "sigma_min"},
    "Euler sample": EULER | {"prediction_type": "sample"},
    "Euler 1100 timesteps": EULER | {"num_train_timesteps": 1100, "beta_end": 0.014},
    "Euler linear betas": EULER | {"beta_schedule": "linear", "timestep_spacing": "trailing"},
    "Euler without spacing": without(EULER, "timestep_spacing", "steps_offset"),
    "Euler a": named("EulerAncestralDiscreteScheduler"),
    "Euler a trailing": named("EulerAncestralDiscreteScheduler", {"timestep_spacing": "trailing"}),
    "Euler a linspace velocity": named("EulerAncestralDiscreteScheduler", VELOCITY, {"timestep_spacing": "linspace"}),
    "Euler a zero SNR": named("EulerAncestralDiscreteScheduler", ZERO_SNR),
    # Methods of k-diffusion.
    "Heun": named("HeunDiscreteScheduler", SIGMAS),
    "Heun trailing": named("HeunDiscreteScheduler", {"timestep_spacing": "trailing"}),
    "Heun clip_sample": named("HeunDiscreteScheduler", {"clip_sample": True, "timestep_spacing": "linspace"}),
    "Heun Karras velocity": named("HeunDiscreteScheduler", VELOCITY, {"use_karras_sigmas": True}),
    "LMS 0.3": named("LMSDiscreteScheduler", {"tensor_format": "pt"}, base=BETAS),
    "LMS Karras": named("LMSDiscreteScheduler", {"use_karras_sigmas": True}),
    "LMS trailing": named("LMSDiscreteScheduler", {"timestep_spacing": "trailing"}),
    "DPM2": named("KDPM2DiscreteScheduler"),
    "DPM2 Karras": named("KDPM2DiscreteScheduler", {"use_karras_sigmas": True}),
    "DPM2 a linspace": named("KDPM2AncestralDiscreteScheduler", {"timestep_spacing": "linspace"}),
    # DPM-Solver++, multistep.
    "DPM++ 2M": MULTISTEP,
    "DPM++ 2M 0.11": named("DPMSolverMultistepScheduler", {"solver_order": 2, "algorithm_type": "dpmsolver++",
                           "solver_type": "midpoint", "lower_order_final": True, "thresholding": False}, base=BETAS),
    "DPM++ 2M Karras": MULTISTEP | {"use_karras_sigmas": True},
    "DPM++ 2M Karras SDE": MULTISTEP | {"use_karras_sigmas": True, "algorithm_type": "sde-dpmsolver++"},
    "DPM++ 2M linspace": MULTISTEP | {"timestep_spacing": "linspace"},
    "DPM++ 2M trailing": MULTISTEP | {"timestep_spacing": "trailing"},
    "DPM++ 2M velocity": MULTISTEP | VELOCITY,
    "DPM++ 2M zero SNR": MULTISTEP | ZERO_SNR,
    "DPM++ 2M Heun": MULTISTEP | {"solver_type": "heun"},
    "DPM++ first order": MULTISTEP | {"solver_order": 1},
    "DPM++ 2M lower_order_final off": MULTISTEP | {"lower_order_final": False},
    "DPM++ 2M euler_at_final": MULTISTEP | {"euler_at_final": True, "use_karras_sigmas": True},
    "DPM++ 2M sigma_min": MULTISTEP | {"final_sigmas_type": "sigma_min"},
    "DPM++ 2M sigma_min, lower_order_final off": MULTISTEP | {"final_sigmas_type": "sigma_min", "lower_order_final": False},
    "DPM++ 2M linear betas": MULTISTEP | {"beta_schedule": "linear", "beta_start": 0.0001, "beta_end": 0.02},
    "DPM++ 2M use_lu_lambdas off": MULTISTEP | {"use_lu_lambdas": False, "use_flow_sigmas": False, "flow_shift": 1.0},
    # DPM-Solver++, singlestep.
    "DPM++ SDE": SINGLESTEP,
    "DPM++ SDE lower_order_final off": SINGLESTEP | {"lower_order_final": False},
    "DPM++ SDE Karras": SINGLESTEP | {"use_karras_sigmas": True},
    "DPM++ SDE first order": SINGLESTEP | {"solver_order": 1},
    "DPM++ SDE velocity": SINGLESTEP | VELOCITY,
    # DEIS, as Dreamshaper has it.
    "DEIS": DEIS,
    "DEIS first order": DEIS | {"solver_order": 1},
    "DEIS third order": DEIS | {"solver_order": 3, "timestep_spacing": "linspace"},
    "DEIS Karras": DEIS | {"use_karras_sigmas": True},
    "DEIS trailing velocity": DEIS | VELOCITY | {"timestep_spacing": "trailing"},
    "DEIS of a DPM-Solver's file": MULTISTEP | {"_class_name": "DEISMultistepScheduler"},
    # UniPC.
    "UniPC": UNIPC,
    "UniPC bh1": UNIPC | {"solver_type": "bh1", "final_sigmas_type": "sigma_min"},
    "UniPC first order": UNIPC | {"solver_order": 1},
    "UniPC third order linspace": UNIPC | {"solver_order": 3, "timestep_spacing": "linspace"},
    "UniPC without corrector": UNIPC | {"disable_corrector": [0, 1, 2]},
    "UniPC Karras": UNIPC | {"use_karras_sigmas": True},
    "UniPC velocity trailing": UNIPC | VELOCITY | {"timestep_spacing": "trailing"},
    "UniPC of a DPM-Solver's file": MULTISTEP | {"_class_name": "UniPCMultistepScheduler"},
    # Models of few steps, and models that flow.
    "LCM": LCM,
    "LCM original_inference_steps 100": LCM | {"original_inference_steps": 100},
    "LCM timestep_scaling 1": LCM | {"timestep_scaling": 1.0},
    "LCM velocity": LCM | VELOCITY,
    "LCM zero SNR": LCM | {"rescale_betas_zero_snr": True, "prediction_type": "v_prediction"},
    "LCM clip_sample": LCM | {"clip_sample": True},
    "flow shift 3": FLOW | {"shift": 3.0},
    "flow shift 1": FLOW | {"shift": 1.0, "use_dynamic_shifting": False, "base_shift": 0.5, "max_shift": 1.15,
                            "base_image_seq_len": 256, "max_image_seq_len": 4096},
}
STEPS = {"PNDM with Runge-Kutta": 6, "DPM++ 2M lower_order_final off": 16, "DPM++ 2M Heun": 16, "DEIS Karras": 17}

UNSUPPORTED, LOAD_FAILED = "UNSUPPORTED", "LOAD_FAILED"
REFUSED = {
    "thresholding": (named("DDIMScheduler", {"thresholding": True, "sample_max_value": 2.0}), UNSUPPORTED, "thresholding"),
    "DPM++ thresholding": (MULTISTEP | {"thresholding": True}, UNSUPPORTED, "thresholding"),
    "learned variance": (named("DDPMScheduler", {"variance_type": "learned_range"}), UNSUPPORTED, "variance_type"),
    "large variance": (named("DDPMScheduler", {"variance_type": "fixed_large"}), UNSUPPORTED, "variance_type"),
    "DPM++ learned variance": (MULTISTEP | {"variance_type": "learned_range"}, UNSUPPORTED, "variance_type"),
    "exponential sigmas": (EULER | {"use_exponential_sigmas": True}, UNSUPPORTED, "use_exponential_sigmas"),
    "beta sigmas": (EULER | {"use_beta_sigmas": True}, UNSUPPORTED, "use_beta_sigmas"),
    "DPM++ beta sigmas": (MULTISTEP | {"use_beta_sigmas": True}, UNSUPPORTED, "use_beta_sigmas"),
    "Lu's lambdas": (MULTISTEP | {"use_lu_lambdas": True}, UNSUPPORTED, "use_lu_lambdas"),
    "flow sigmas": (MULTISTEP | {"use_flow_sigmas": True, "flow_shift": 3.0}, UNSUPPORTED, "use_flow_sigmas"),
    "flow prediction": (MULTISTEP | {"prediction_type": "flow_prediction"}, UNSUPPORTED, "prediction_type"),
    "third order": (MULTISTEP | {"solver_order": 3}, UNSUPPORTED, "solver_order"),
    "DPM-Solver without ++": (MULTISTEP | {"algorithm_type": "dpmsolver"}, UNSUPPORTED, "algorithm_type"),
    "clipped lambda": (MULTISTEP | {"lambda_min_clipped": -5.1}, UNSUPPORTED, "lambda_min_clipped"),
    "UniPC of noise": (UNIPC | {"predict_x0": False}, UNSUPPORTED, "predict_x0"),
    "UniPC with a predictor": (UNIPC | {"solver_p": {"_class_name": "DDIMScheduler"}}, UNSUPPORTED, "solver_p"),
    "UniPC fourth order": (UNIPC | {"solver_order": 4}, UNSUPPORTED, "solver_order"),
    "continuous timesteps": (
        EULER | VELOCITY | {"timestep_type": "continuous", "use_karras_sigmas": True, "sigma_min": 0.002, "sigma_max": 700.0},
        UNSUPPORTED,
        "timestep_type",
    ),
    "log-linear interpolation": (EULER | {"interpolation_type": "log_linear"}, UNSUPPORTED, "interpolation_type"),
    "sigmoid betas": (named("DDPMScheduler", {"beta_schedule": "sigmoid"}), UNSUPPORTED, "beta_schedule"),
    "PNDM sample": (named("PNDMScheduler", {"prediction_type": "sample"}), UNSUPPORTED, "prediction_type"),
    "unknown spacing": (EULER | {"timestep_spacing": "middle"}, UNSUPPORTED, "timestep_spacing"),
    "spacing constructor": (EULER | {"timestep_spacing": "constructor"}, UNSUPPORTED, "timestep_spacing"),
    "DPMSolverSDE": (named("DPMSolverSDEScheduler"), UNSUPPORTED, "DPMSolverSDEScheduler"),
    "TCD": (LCM | {"_class_name": "TCDScheduler"}, UNSUPPORTED, "TCDScheduler"),
    "EDM Euler": ({"_class_name": "EDMEulerScheduler", "sigma_data": 0.5}, UNSUPPORTED, "EDMEulerScheduler"),
    "class constructor": (named("constructor"), UNSUPPORTED, "constructor"),
    "class __proto__": (named("__proto__"), UNSUPPORTED, "__proto__"),
    "no class": (without(EULER, "_class_name"), LOAD_FAILED, "_class_name"),
    "betas as text": (EULER | {"beta_start": "0.00085"}, LOAD_FAILED, "beta_start"),
    "half a timestep": (EULER | {"num_train_timesteps": 999.5}, LOAD_FAILED, "num_train_timesteps"),
    "no timesteps": (EULER | {"num_train_timesteps": 0}, LOAD_FAILED, "num_train_timesteps"),
}


def main():
    warnings.simplefilter("ignore")
    diffusers.logging.set_verbosity_error()
    versions = {"torch": torch.__version__, "diffusers": diffusers.__version__}
    variants = []
    for name, config in STEPPED.items():
        found = record(config, "default", STEPS.get(name, 5), {})
        variants.append({"name": name, **found})
    for name, (config, code, field) in REFUSED.items():
        variants.append({"name": name, "config": config, "refused": {"code": code, "field": field}})
    lines = ",\n".join(json.dumps(each, separators=(",", ":")) for each in variants)
    text = f'{{"versions":{json.dumps(versions)},"variants":[\n{lines}\n]}}\n'
    (GOLDEN / "scheduler-variants.json").write_text(text.replace("-Infinity", "-1e999"))


if __name__ == "__main__":
    main()
