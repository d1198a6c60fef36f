"""
Records what DeepCache's own package draws at a step that goes on from an earlier one, over tiny UNets:
packages/plugin-diffusion/test/golden/graphs/deepcache-*.json. Besides requirements.txt: pip install --no-deps DeepCache==0.1.1
"""

from types import SimpleNamespace

import torch
from DeepCache import DeepCacheSDHelper
from diffusers import UNet2DConditionModel

from control_graphs import arguments, inputs_of
from diffusion_graphs import SD15, TURBO, noise, record, reopened
from diffusion_xl import UNET as XL

EARLIER = 981
SD15_CASE = dict(config=SD15, sample=[2, 4, 8, 8], sequence=13, timestep=961)
XL_CASE = dict(config=XL, sample=[2, 4, 6, 8], sequence=11, timestep=961)

# `id` is the package's cache_branch_id, which takes each level to have two layers. Where they have, it is the number of the skip.
CASES = {
    **{f"deepcache-sd15-{i}": SD15_CASE | dict(id=i) for i in (0, 1, 2, 4, 11)},
    "deepcache-sd15-odd": SD15_CASE | dict(id=3, sample=[1, 4, 9, 14]),
    "deepcache-residuals": SD15_CASE | dict(id=1, residuals=[[2, 32, 8, 8], [2, 32, 8, 8]]),
    "deepcache-turbo": dict(config=TURBO, id=3, sample=[1, 4, 10, 6], sequence=11, timestep=961, dtype="BF16"),
    **{f"deepcache-xl-{i}": XL_CASE | dict(id=i) for i in (0, 4)},
}


def residuals_of(case, model):
    """Noise for the skips down to the branch, and zeros for those that are deeper."""
    if "residuals" not in case:
        return {}, {}
    shapes = {f"down_block_res_samples.{i}": shape for i, shape in enumerate(case["residuals"])}
    given = [noise(name, shape) for name, shape in shapes.items()]
    skips = sum(len(block.resnets) + 1 for block in model.down_blocks)
    given += [torch.zeros(1)] * (skips - len(given))
    return shapes, {"down_block_additional_residuals": tuple(given), "mid_block_additional_residual": torch.zeros(1)}


@torch.inference_mode()
def main():
    for name, case in CASES.items():
        model = reopened(UNet2DConditionModel.from_config(case["config"]), case, torch_dtype=torch.float32)
        shapes = inputs_of(case)
        residual_shapes, residuals = residuals_of(case, model)
        (sample, timestep, states), keywords = arguments(shapes)
        timesteps = torch.tensor([EARLIER, timestep])
        helper = DeepCacheSDHelper(pipe=SimpleNamespace(unet=model, scheduler=SimpleNamespace(timesteps=timesteps)))
        helper.set_params(cache_interval=2, cache_branch_id=case["id"])
        helper.enable()
        earlier = noise("earlier_sample", case["sample"])
        model(earlier, timesteps[0], states, **residuals, **keywords)
        drawn = model(sample, timesteps[1], states, **residuals, **keywords).sample
        record(name, "unet", case, shapes | residual_shapes, {"out_sample": drawn})


if __name__ == "__main__":
    main()
