"""Records runs of tiny ControlNets, and of UNets that take what they give: packages/plugin-diffusion/test/golden/graphs/control-*.json."""

from inspect import signature

import torch
from diffusers import ControlNetModel, UNet2DConditionModel

from diffusion_graphs import SD15, noise, record, reopened
from diffusion_xl import UNET as XL


def control(unet, **changes):
    """The config of a ControlNet for a UNet."""
    taken = signature(ControlNetModel.__init__).parameters
    own = {
        "_class_name": "ControlNetModel",
        "conditioning_embedding_out_channels": [16, 32, 48, 64],
        "controlnet_conditioning_channel_order": "rgb",
    }
    return {key: value for key, value in unet.items() if key in taken} | own | changes


CONTROL_15 = control(SD15, _diffusers_version="0.14.0.dev0")
CONTROL_XL = control(XL, _diffusers_version="0.20.0.dev0", conditioning_channels=3, global_pool_conditions=False)
SD15_CASE = dict(sample=[2, 4, 8, 16], sequence=13, timestep=981)
XL_CASE = dict(sample=[2, 4, 6, 8], sequence=11, timestep=261.75)

CONTROL_NETS = {
    "control-sd15": SD15_CASE | dict(config=CONTROL_15, scales=0.7),
    "control-guess": SD15_CASE | dict(config=CONTROL_15, scales=0.9, guess=True),
    "control-odd": dict(config=CONTROL_15, sample=[1, 4, 9, 14], sequence=13, timestep=21, scales=1.0),
    "control-pooled": SD15_CASE | dict(config=CONTROL_15 | {"global_pool_conditions": True}, scales=1.0),
    "control-xl": XL_CASE
    | dict(config=CONTROL_XL | {"controlnet_conditioning_channel_order": "bgr"}, scales=1.2, dtype="BF16"),
}
UNETS = {
    "unet-residuals": SD15_CASE | dict(config=SD15, nets=["control-sd15"]),
    "unet-xl-residuals": XL_CASE | dict(config=XL, nets=["control-xl"]),
}


def inputs_of(case):
    config, (rows, _, height, width) = case["config"], case["sample"]
    shapes = {
        "sample": case["sample"],
        "timestep": case["timestep"],
        "encoder_hidden_states": [rows, case["sequence"], config["cross_attention_dim"]],
    }
    if config.get("addition_embed_type"):
        ids = 6 * config["addition_time_embed_dim"]
        shapes["text_embeds"] = [rows, config["projection_class_embeddings_input_dim"] - ids]
        shapes["time_ids"] = [rows, 6]
    return shapes


def tensors(shapes):
    return {key: noise(key, shape) for key, shape in shapes.items() if isinstance(shape, list)}


def arguments(shapes):
    values = tensors(shapes)
    added = {key: values[key] for key in ("text_embeds", "time_ids") if key in values}
    return (values["sample"], shapes["timestep"], values["encoder_hidden_states"]), {"added_cond_kwargs": added or None}


def named(down, middle):
    return {f"down_block_res_samples.{i}": value for i, value in enumerate(down)} | {"mid_block_res_sample": middle}


def control_net(name, case):
    model = reopened(ControlNetModel.from_config(case["config"]), case, torch_dtype=torch.float32)
    shapes = inputs_of(case)
    picture = [1, 3, 8 * case["sample"][2], 8 * case["sample"][3]]
    positional, keywords = arguments(shapes)
    guess = case.get("guess", False)
    given = model(
        *positional,
        controlnet_cond=noise("controlnet_cond", picture),
        conditioning_scale=case["scales"],
        guess_mode=guess,
        **keywords,
    )
    outputs = named(given.down_block_res_samples, given.mid_block_res_sample)
    record(name, "controlnet", case, shapes | {"controlnet_cond": picture}, outputs)
    return outputs


def unet(name, case):
    """A UNet with residuals of noise, in the shapes that its ControlNet gives."""
    model = reopened(UNet2DConditionModel.from_config(case["config"]), case, torch_dtype=torch.float32)
    shapes = inputs_of(case)
    residuals = {key: list(value.shape) for key, value in case["given"].items()}
    filled = {key: noise(key, shape) for key, shape in residuals.items()}
    positional, keywords = arguments(shapes)
    drawn = model(
        *positional,
        down_block_additional_residuals=tuple(list(filled.values())[:-1]),
        mid_block_additional_residual=filled["mid_block_res_sample"],
        **keywords,
    ).sample
    record(name, "unet", case, shapes | residuals, {"out_sample": drawn})


@torch.inference_mode()
def main():
    given = {name: control_net(name, case) for name, case in CONTROL_NETS.items()}
    for name, case in UNETS.items():
        unet(name, case | {"given": given[case["nets"][0]]})


if __name__ == "__main__":
    main()
