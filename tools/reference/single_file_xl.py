"""Stable Diffusion XL for single_file.py: the configs of stable-diffusion-xl-base-1.0, the same with few channels, and what is drawn with them."""

from diffusion import tokenizer
from diffusion_graphs import CLIP, SD15_VAE
from diffusion_xl import EULER, TRAILING, UNET

TEXT = CLIP | {"max_position_embeddings": 77, "vocab_size": 49408}
TEXT_2 = TEXT | {"architectures": ["CLIPTextModelWithProjection"], "hidden_act": "gelu"}
VAE = SD15_VAE | {"force_upcast": True, "norm_num_groups": 32, "scaling_factor": 0.13025}
TRUE_XL = dict(
    unet=UNET
    | {
        "addition_time_embed_dim": 256,
        "attention_head_dim": [5, 10, 20],
        "block_out_channels": [320, 640, 1280],
        "cross_attention_dim": 2048,
        "norm_num_groups": 32,
        "projection_class_embeddings_input_dim": 2816,
        "sample_size": 128,
        "transformer_layers_per_block": [1, 2, 10],
    },
    vae=VAE | {"block_out_channels": [128, 256, 512, 512], "sample_size": 1024},
    text_encoder=TEXT | dict(hidden_size=768, intermediate_size=3072, num_attention_heads=12, num_hidden_layers=12, projection_dim=768),
    text_encoder_2=TEXT_2 | dict(hidden_size=1280, intermediate_size=5120, num_attention_heads=20, num_hidden_layers=32, projection_dim=1280),
    scheduler=EULER,
)

# Groups, channels of a head and the width of a number's sinusoids are constant. The second projection is not square.
TINY_XL = dict(
    unet=TRUE_XL["unet"]
    | {
        "attention_head_dim": [1, 1, 2],
        "block_out_channels": [64, 64, 128],
        "cross_attention_dim": 64 + 128,
        "projection_class_embeddings_input_dim": 96 + 6 * 256,
        "transformer_layers_per_block": [1, 2, 3],
    },
    vae=VAE | {"block_out_channels": [32, 64, 64, 64]},
    text_encoder=TEXT | dict(hidden_size=64, intermediate_size=96, num_attention_heads=1),
    text_encoder_2=TEXT_2 | dict(hidden_size=128, intermediate_size=160, num_attention_heads=2, num_hidden_layers=4, projection_dim=96),
    tokenizer=tokenizer(77),
    tokenizer_2=tokenizer(77, padding="!"),
)

# The schedule of models that were trained towards velocity, down to noise alone.
VELOCITY = EULER | {"prediction_type": "v_prediction", "rescale_betas_zero_snr": True, "timestep_spacing": "trailing"}
APPLE = {"prompt": "A red apple on a blue table!", "width": 64, "height": 64, "steps": 5, "guidance": 5.0, "seed": 42}
CASES_XL = {
    "sdxl": dict(model="xl", scheduler=EULER, request=APPLE | {"negativePrompt": "green, blurry"}),
    "sdxl-absent": dict(model="xl", scheduler=EULER, request=APPLE),
    "sdxl-f16": dict(model="xl", dtype="F16", scheduler=EULER, request=APPLE | {"prompt2": "a sun over the sea", "negativePrompt": ""}),
    "sdxl-velocity": dict(model="xl", scheduler=VELOCITY, request=APPLE, markers=["v_pred", "ztsnr"]),
    "sdxl-turbo": dict(model="xl", scheduler=TRAILING, request=APPLE | {"steps": 2, "guidance": 0.0}, base=True),
}
