"""Records one run of each new component of tiny Stable Diffusion 3 checkpoints: packages/plugin-diffusion/test/golden/graphs/."""

import torch
from diffusers import SD3Transformer2DModel
from transformers import T5Config, T5EncoderModel

from diffusion_graphs import noise, record, reopened

# transformer/config.json of SD3 medium, in small.
SD3 = {
    "_class_name": "SD3Transformer2DModel",
    "_diffusers_version": "0.29.0.dev0",
    "attention_head_dim": 16,
    "caption_projection_dim": 64,
    "in_channels": 16,
    "joint_attention_dim": 96,
    "num_attention_heads": 4,
    "num_layers": 3,
    "out_channels": 16,
    "patch_size": 2,
    "pooled_projection_dim": 52,
    "pos_embed_max_size": 12,
    "sample_size": 8,
}
SD35_LARGE = SD3 | {"_diffusers_version": "0.31.0.dev0", "dual_attention_layers": [], "qk_norm": "rms_norm"}
SD35_MEDIUM = SD35_LARGE | {"dual_attention_layers": [0, 1]}
TRANSFORMERS = {
    "transformer-sd3": dict(config=SD3, latent=[2, 16, 8, 12], sequence=13, timestep=837.25),
    "transformer-sd35-large": dict(config=SD35_LARGE, latent=[1, 16, 10, 6], sequence=7, timestep=1000.0),
    "transformer-sd35-medium": dict(config=SD35_MEDIUM, latent=[2, 16, 4, 8], sequence=9, timestep=4.5, dtype="BF16"),
    "transformer-sd35-all-dual": dict(
        config=SD35_LARGE | {"dual_attention_layers": [0, 1, 2]}, latent=[1, 16, 8, 8], sequence=5, timestep=500.0, dtype="F16"
    ),
}

T5 = {
    "architectures": ["T5EncoderModel"],
    "classifier_dropout": 0.0,
    "d_ff": 80,
    "d_kv": 8,
    "d_model": 96,
    "decoder_start_token_id": 0,
    "dense_act_fn": "gelu_new",
    "dropout_rate": 0.1,
    "eos_token_id": 1,
    "feed_forward_proj": "gated-gelu",
    "initializer_factor": 1.0,
    "is_encoder_decoder": True,
    "is_gated_act": True,
    "layer_norm_epsilon": 1e-06,
    "model_type": "t5",
    "num_decoder_layers": 3,
    "num_heads": 6,
    "num_layers": 3,
    "output_past": True,
    "pad_token_id": 0,
    "relative_attention_max_distance": 128,
    "relative_attention_num_buckets": 32,
    "tie_word_embeddings": False,
    "use_cache": True,
    "vocab_size": 400,
}


# Published checkpoints hold the table of tokens once.
TIED = ["encoder.embed_tokens.weight"]


def ids(count, length):
    """Ids of texts that end before the sequence does."""
    return [[(7 * i + 13 * row) % 397 + 3 for i in range(length - 5)] + [1] + [0] * 4 for row in range(count)]


T5S = {
    "t5": dict(config=T5, ids=ids(2, 40)),
    "t5-long": dict(config=T5 | {"d_model": 16, "num_layers": 1}, ids=ids(1, 512), dtype="BF16"),
    "t5-few-buckets": dict(
        config=T5 | {"relative_attention_num_buckets": 12, "relative_attention_max_distance": 20}, ids=ids(1, 33), dtype="F16"
    ),
}


def transformer(name, case):
    config = case["config"]
    model = reopened(SD3Transformer2DModel.from_config(config), case, torch_dtype=torch.float32)
    rows = case["latent"][0]
    inputs = {
        "hidden_states": case["latent"],
        "timestep": case["timestep"],
        "encoder_hidden_states": [rows, case["sequence"], config["joint_attention_dim"]],
        "pooled_projections": [rows, config["pooled_projection_dim"]],
    }
    drawn = model(
        hidden_states=noise("hidden_states", inputs["hidden_states"]),
        encoder_hidden_states=noise("encoder_hidden_states", inputs["encoder_hidden_states"]),
        pooled_projections=noise("pooled_projections", inputs["pooled_projections"]),
        timestep=torch.tensor([case["timestep"]]).expand(rows),
    ).sample
    record(name, "transformer", case, inputs, {"out_hidden_states": drawn})


def t5(name, case):
    model = reopened(T5EncoderModel(T5Config.from_dict(case["config"])), case | {"without": TIED}, dtype=torch.float32)
    states = model(torch.tensor(case["ids"])).last_hidden_state
    record(name, "text_encoder_3", case, {"input_ids": case["ids"]}, {"last_hidden_state": states})


@torch.inference_mode()
def main():
    for name, case in TRANSFORMERS.items():
        transformer(name, case)
    for name, case in T5S.items():
        t5(name, case)


if __name__ == "__main__":
    main()
