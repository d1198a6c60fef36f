"""Makes an ordinary Stable Diffusion folder in F16 of the trained parts. Keeps a README.md and other files in OUT.

    python pack.py --work WORK --out OUT
"""

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file

from noise import NOISE

SCHEDULER = {
    "_class_name": "DPMSolverMultistepScheduler",
    **NOISE,
    "algorithm_type": "dpmsolver++",
    "solver_order": 2,
    "use_karras_sigmas": False,
    "final_sigmas_type": "zero",
    "steps_offset": 1,
    # DDIM needs these fields when it is chosen instead: latents exceed -1 to 1, and the last step ends without noise.
    "clip_sample": False,
    "set_alpha_to_one": True,
}
INDEX = {
    "_class_name": "StableDiffusionPipeline",
    "scheduler": ["diffusers", "DPMSolverMultistepScheduler"],
    "text_encoder": ["transformers", "CLIPTextModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "unet": ["diffusers", "UNet2DConditionModel"],
    "vae": ["diffusers", "AutoencoderKL"],
    "safety_checker": [None, None],
    "feature_extractor": [None, None],
    "requires_safety_checker": False,
}


def halve(file: Path) -> None:
    """Rewrites a safetensors file's floating-point tensors as F16."""
    tensors = {name: tensor.half() if tensor.is_floating_point() else tensor for name, tensor in load_file(file).items()}
    save_file(tensors, file, metadata={"format": "pt"})


def write_json(file: Path, content: dict[str, object]) -> None:
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(content, indent=1) + "\n")


def pack(work: Path, out: Path) -> None:
    out.mkdir(parents=True, exist_ok=True)
    for part in ("tokenizer", "text_encoder", "unet", "vae"):
        shutil.rmtree(out / part, ignore_errors=True)
        shutil.copytree(work / part, out / part)
        for file in (out / part).glob("*.safetensors"):
            halve(file)
        config = out / part / "config.json"
        if config.exists():
            # The path of the weights during the training does not belong into the published file.
            write_json(config, {key: value for key, value in json.loads(config.read_text()).items() if key != "_name_or_path"})
    write_json(out / "scheduler" / "scheduler_config.json", SCHEDULER)
    write_json(out / "model_index.json", INDEX)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder of the training")
    parser.add_argument("--out", type=Path, required=True, help="diffusers folder to write")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    pack(arguments.work, arguments.out)
    total = sum(file.stat().st_size for file in arguments.out.rglob("*") if file.is_file())
    print(f"{arguments.out}: {total / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
