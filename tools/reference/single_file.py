"""Records how diffusers reads checkpoints of one file: packages/plugin-diffusion/test/golden/single-file/.

names.json.gz: the tensors of Stable Diffusion 1.5, 2.1 and XL in the original layout, and those that diffusers' own conversion makes
of them. Names in the original layout are made here from diffusers' names, and are right when the conversion gives exactly those back.
"tiny" has the shapes of the checkpoints below and in single_file_xl.py.
cases.json and *.png: pictures of tiny checkpoints of that layout, drawn after the pipeline's `from_single_file`.
tokenizer.json: ids of CLIP's vocabulary, which packages/plugin-diffusion/assets/clip/ holds as OpenAI published it.
"""

import gzip
import json
import re
import shutil
import tempfile
from pathlib import Path

import torch
from diffusers import AutoencoderKL, StableDiffusionPipeline, StableDiffusionXLPipeline, UNet2DConditionModel
from diffusers.loaders.single_file_utils import (
    convert_ldm_clip_checkpoint,
    convert_ldm_unet_checkpoint,
    convert_ldm_vae_checkpoint,
    convert_open_clip_checkpoint,
)
from safetensors.torch import save_file
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTextModelWithProjection, CLIPTokenizer

from diffusion import PNDM, TRAILING, VELOCITY, tokenizer
from diffusion_graphs import CLIP, DTYPES, SD15, SD15_VAE, SD21, VERSIONS
from fill import fill
from single_file_xl import CASES_XL, TINY_XL, TRUE_XL

PACKAGE = Path(__file__).parents[2] / "packages/plugin-diffusion"
GOLDEN = PACKAGE / "test/golden/single-file"
VOCABULARY = PACKAGE / "assets/clip/bpe_simple_vocab_16e6.txt.gz"

# The configs of stable-diffusion-v1-5 and stable-diffusion-2-1.
VAE = SD15_VAE | {"block_out_channels": [128, 256, 512, 512], "norm_num_groups": 32, "sample_size": 512}
TEXT = CLIP | {"max_position_embeddings": 77, "vocab_size": 49408}
TRUE = {
    "sd15": dict(
        unet=SD15 | dict(attention_head_dim=8, block_out_channels=[320, 640, 1280, 1280], cross_attention_dim=768, norm_num_groups=32, sample_size=64),
        vae=VAE,
        text_encoder=TEXT | dict(hidden_size=768, intermediate_size=3072, num_attention_heads=12, num_hidden_layers=12),
        scheduler=PNDM,
    ),
    "sd21": dict(
        unet=SD21 | dict(attention_head_dim=[5, 10, 20, 20], block_out_channels=[320, 640, 1280, 1280], cross_attention_dim=1024, norm_num_groups=32, sample_size=96),
        vae=VAE | {"sample_size": 768},
        text_encoder=TEXT | dict(hidden_act="gelu", hidden_size=1024, intermediate_size=4096, num_attention_heads=16, num_hidden_layers=23),
        scheduler=VELOCITY,
    ),
    "xl": TRUE_XL,
}

# The same with few channels. Groups, and channels of a head where a kind has them constant, are those of the true ones.
TINY_VAE = VAE | {"block_out_channels": [32, 64, 64, 64], "sample_size": 64}
TINY_TEXT = dict(hidden_size=64, intermediate_size=96, num_attention_heads=1)
TINY = {
    "sd15": dict(
        unet=TRUE["sd15"]["unet"] | dict(block_out_channels=[32, 64, 64, 64], cross_attention_dim=64),
        vae=TINY_VAE,
        text_encoder=TRUE["sd15"]["text_encoder"] | TINY_TEXT,
        tokenizer=tokenizer(77),
    ),
    "sd21": dict(
        unet=TRUE["sd21"]["unet"] | dict(attention_head_dim=[1, 1, 2, 2], block_out_channels=[64, 64, 128, 128], cross_attention_dim=64),
        vae=TINY_VAE,
        text_encoder=TRUE["sd21"]["text_encoder"] | TINY_TEXT,
        tokenizer=tokenizer(77, padding="!"),
    ),
    "xl": TINY_XL,
}

# The UNet's last norm before an attention, by whose spread the two kinds of Stable Diffusion 2 are told apart.
TELLING = "model.diffusion_model.output_blocks.11.1.transformer_blocks.0.norm1.bias"
SGM = {"cond_stage_model.model.": "conditioner.embedders.0.model."}
APPLE = {"prompt": "A red apple on a blue table!", "width": 64, "height": 64, "steps": 6, "guidance": 5.0, "seed": 42}
CASES = {
    "sd15": dict(model="sd15", scheduler=PNDM, request=APPLE | {"negativePrompt": "green, blurry", "clipSkip": 1}),
    "sd15-f16": dict(model="sd15", dtype="F16", scheduler=PNDM, request=APPLE),
    "sd21-velocity": dict(model="sd21", scheduler=VELOCITY, request=APPLE | {"negativePrompt": "green"}, telling=10),
    "sd21-epsilon": dict(model="sd21", scheduler=PNDM, request=APPLE, base=True),
    "sd-turbo": dict(model="sd21", scheduler=TRAILING, request=APPLE | {"steps": 1, "guidance": 0.0}, base=True, rename=SGM),
} | CASES_XL

TEXTS = [
    "a photograph of an astronaut riding a horse",
    "  A  RED\tfox's hat!  don't",
    "Émile’s café 日本語 42 x9!!",
    "a😀b, İstanbul ﬁ Ⅳ",
    "",
    "supercalifragilisticexpialidocious, trending on artstation, 8k",
]


def replaced(name, rows):
    for pattern, replacement in rows:
        name = re.sub(pattern, replacement, name)
    return name


RESNET = [
    (r"\.norm1\.", ".in_layers.0."),
    (r"\.conv1\.", ".in_layers.2."),
    (r"\.time_emb_proj\.", ".emb_layers.1."),
    (r"\.norm2\.", ".out_layers.0."),
    (r"\.conv2\.", ".out_layers.3."),
    (r"\.conv_shortcut\.", ".skip_connection."),
]
UNET = [
    (r"^time_embedding\.linear_(\d)\.", lambda m: f"time_embed.{2 * int(m[1]) - 2}."),
    (r"^add_embedding\.linear_(\d)\.", lambda m: f"label_emb.0.{2 * int(m[1]) - 2}."),
    (r"^conv_in\.", "input_blocks.0.0."),
    (r"^conv_norm_out\.", "out.0."),
    (r"^conv_out\.", "out.2."),
    (r"^mid_block\.resnets\.(\d)\.", lambda m: f"middle_block.{2 * int(m[1])}."),
    (r"^mid_block\.attentions\.0\.", "middle_block.1."),
    (r"^down_blocks\.(\d)\.resnets\.(\d)\.", lambda m: f"input_blocks.{3 * int(m[1]) + int(m[2]) + 1}.0."),
    (r"^down_blocks\.(\d)\.attentions\.(\d)\.", lambda m: f"input_blocks.{3 * int(m[1]) + int(m[2]) + 1}.1."),
    (r"^down_blocks\.(\d)\.downsamplers\.0\.conv\.", lambda m: f"input_blocks.{3 * int(m[1]) + 3}.0.op."),
    (r"^up_blocks\.(\d)\.resnets\.(\d)\.", lambda m: f"output_blocks.{3 * int(m[1]) + int(m[2])}.0."),
    (r"^up_blocks\.(\d)\.attentions\.(\d)\.", lambda m: f"output_blocks.{3 * int(m[1]) + int(m[2])}.1."),
]
VAE_NAMES = [
    (r"\.conv_norm_out\.", ".norm_out."),
    (r"\.mid_block\.resnets\.(\d)\.", lambda m: f".mid.block_{int(m[1]) + 1}."),
    (r"\.mid_block\.attentions\.0\.group_norm\.", ".mid.attn_1.norm."),
    (r"\.mid_block\.attentions\.0\.to_(q|k|v)\.", r".mid.attn_1.\1."),
    (r"\.mid_block\.attentions\.0\.to_out\.0\.", ".mid.attn_1.proj_out."),
    (r"\.down_blocks\.(\d)\.resnets\.", r".down.\1.block."),
    (r"\.down_blocks\.(\d)\.downsamplers\.0\.", r".down.\1.downsample."),
    (r"\.up_blocks\.(\d)\.resnets\.", lambda m: f".up.{3 - int(m[1])}.block."),
    (r"\.up_blocks\.(\d)\.upsamplers\.0\.", lambda m: f".up.{3 - int(m[1])}.upsample."),
    (r"\.conv_shortcut\.", ".nin_shortcut."),
]


def upsampler(unet):
    """What doubles the size stands third behind an attention, and second where the level has none."""
    attends = [kind.startswith("CrossAttn") for kind in unet["up_block_types"]]
    return (r"^up_blocks\.(\d)\.upsamplers\.0\.", lambda m: f"output_blocks.{3 * int(m[1]) + 2}.{2 if attends[int(m[1])] else 1}.")


OPEN_CLIP = [
    (r"^embeddings\.token_embedding\.", "token_embedding."),
    (r"^embeddings\.position_embedding\.weight$", "positional_embedding"),
    (r"^final_layer_norm\.", "ln_final."),
    (r"^encoder\.layers\.", "transformer.resblocks."),
    (r"\.layer_norm(\d)\.", r".ln_\1."),
    (r"\.mlp\.fc1\.", ".mlp.c_fc."),
    (r"\.mlp\.fc2\.", ".mlp.c_proj."),
    (r"\.self_attn\.", ".attn."),
    (r"\.[qkv]_proj\.", ".in_proj_"),
    (r"^text_projection\.weight$", "text_projection"),
]
# The prefixes of text encoders in transformers' names and in OpenCLIP's.
CLIPS = {
    "sd15": {"text_encoder": "cond_stage_model.transformer.text_model."},
    "sd21": {},
    "xl": {"text_encoder": "conditioner.embedders.0.transformer.text_model."},
}
OPEN_CLIPS = {
    "sd15": {},
    "sd21": {"text_encoder": "cond_stage_model.model."},
    "xl": {"text_encoder_2": "conditioner.embedders.1.model."},
}


def text_name(component, name):
    """The name in the whole of a text encoder. transformers 5 has an encoder without a projection under shorter names."""
    return f"text_model.{name}" if component == "text_encoder" else name


def open_clip(prefix, name, shape):
    stored = prefix + replaced(name, OPEN_CLIP)
    if ".in_proj_" in stored:
        return stored, [3 * shape[0], *shape[1:]]
    return stored, shape[::-1] if stored.endswith("text_projection") else shape


def original_names(models, configs, kind):
    """The shapes of a file's tensors by name, and by component the names that diffusers should give to each."""
    shapes, names = {}, {}
    for component, model in models.items():
        names[component] = {}
        for name, tensor in model.state_dict().items():
            if component.startswith("text_encoder"):
                name = text_name(component, name)
            shape = list(tensor.shape)
            if component == "unet":
                stored = "model.diffusion_model." + replaced(name, UNET + [upsampler(configs["unet"])] + (RESNET if ".resnets." in name else []))
            elif component == "vae":
                stored = "first_stage_model." + replaced(name, VAE_NAMES)
                # A linear here, a convolution there.
                shape = shape + [1, 1] if ".attn_1." in stored and len(shape) == 2 else shape
            elif prefix := CLIPS[kind].get(component):
                stored = prefix + name.removeprefix("text_model.")
            else:
                stored, shape = open_clip(OPEN_CLIPS[kind][component], name.removeprefix("text_model."), shape)
            shapes[stored] = shape
            names[component].setdefault(stored, []).append([name, list(tensor.shape)])
    return shapes, names


def left_over(kind, text):
    """Tensors of a file that diffusers leaves out: the published files have these, among others."""
    width, inner = text["hidden_size"], text["intermediate_size"]
    if kind == "sd15":
        return {"betas": [1000], "model_ema.decay": [], "model_ema.diffusion_modelout2bias": [4]}
    if kind == "xl":
        return {"conditioner.embedders.1.model.logit_scale": [], "denoiser.sigmas": [1000]}
    block = "cond_stage_model.model.transformer.resblocks.23."
    return {
        "cond_stage_model.model.logit_scale": [],
        "cond_stage_model.model.text_projection": [width, width],
        f"{block}attn.in_proj_bias": [3 * width],
        f"{block}attn.in_proj_weight": [3 * width, width],
        f"{block}attn.out_proj.bias": [width],
        f"{block}attn.out_proj.weight": [width, width],
        f"{block}ln_1.bias": [width],
        f"{block}ln_1.weight": [width],
        f"{block}ln_2.bias": [width],
        f"{block}ln_2.weight": [width],
        f"{block}mlp.c_fc.bias": [inner],
        f"{block}mlp.c_fc.weight": [inner, width],
        f"{block}mlp.c_proj.bias": [width],
        f"{block}mlp.c_proj.weight": [width, inner],
    }


def text_model(config):
    [architecture] = config["architectures"]
    classes = {each.__name__: each for each in (CLIPTextModel, CLIPTextModelWithProjection)}
    return classes[architecture](CLIPTextConfig.from_dict(config))


def components(configs):
    return {
        "unet": UNet2DConditionModel.from_config(configs["unet"]),
        "vae": AutoencoderKL.from_config(configs["vae"]),
    } | {name: text_model(config) for name, config in configs.items() if name.startswith("text_encoder")}


def check(models, configs, shapes, names, kind):
    """diffusers' own conversion of the file gives each component's names and shapes, and no others."""
    # A number that all elements share costs no memory, and says which tensor it was.
    numbers = {name: i for i, name in enumerate(shapes)}
    stored = {name: torch.tensor(float(i)).expand(shapes[name]) for name, i in numbers.items()}
    converted = {
        "unet": convert_ldm_unet_checkpoint(stored, configs["unet"]),
        "vae": convert_ldm_vae_checkpoint(stored, configs["vae"]),
    }
    converted |= {component: convert_ldm_clip_checkpoint(stored) for component in CLIPS[kind]}
    converted |= {component: convert_open_clip_checkpoint(models[component], stored, prefix) for component, prefix in OPEN_CLIPS[kind].items()}
    for component, tensors in converted.items():
        found = {name: (list(tensor.shape), tensor.flatten()[0].item()) for name, tensor in tensors.items()}
        wanted = {name: (shape, float(numbers[each])) for each, made in names[component].items() for name, shape in made}
        assert found == wanted, (component, found.keys() ^ wanted.keys())


def tiny_shapes(kind):
    with torch.device("meta"):
        shapes, _ = original_names(components(TINY[kind]), TINY[kind], kind)
    return shapes | left_over(kind, TINY[kind]["text_encoder"])


def record_names():
    golden = {"versions": VERSIONS, "models": {}, "tiny": {kind: tiny_shapes(kind) for kind in TINY}}
    for kind, configs in TRUE.items():
        with torch.device("meta"):
            models = components(configs)
        shapes, names = original_names(models, configs, kind)
        shapes |= left_over(kind, configs["text_encoder"])
        check(models, configs, shapes, names, kind)
        files = {name: configs[name] for name in (*models, "scheduler")}
        golden["models"][kind] = {"configs": files, "shapes": shapes, "names": names}
    text = json.dumps(golden, separators=(",", ":"))
    (GOLDEN / "names.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


def clip_vocabulary(folder):
    """CLIP's `vocab.json` and `merges.txt`, as transformers' conversion writes them."""
    from transformers.convert_slow_tokenizer import bytes_to_unicode

    merges = gzip.decompress(VOCABULARY.read_bytes()).decode().split("\n")[1 : 49152 - 256 - 2 + 1]
    letters = list(bytes_to_unicode().values())
    tokens = letters + [f"{letter}</w>" for letter in letters] + [merge.replace(" ", "") for merge in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps({token: i for i, token in enumerate(tokens)}))
    (folder / "merges.txt").write_text("\n".join(["#version: 0.2", *merges]) + "\n")


def record_tokenizer():
    golden = {"versions": VERSIONS, "texts": TEXTS}
    for kind, configs in TINY.items():
        for component in tokenizers(configs):
            with tempfile.TemporaryDirectory() as folder:
                clip_vocabulary(Path(folder))
                for name, content in configs[component].items():
                    (Path(folder) / name).write_text(json.dumps(content))
                tokens = CLIPTokenizer.from_pretrained(folder)
            ids = [tokens(text).input_ids for text in TEXTS]
            golden[kind + component.removeprefix("tokenizer")] = {"size": len(tokens), "padding": tokens.pad_token_id, "ids": ids}
    (GOLDEN / "tokenizer.json").write_text(json.dumps(golden, ensure_ascii=False, indent=1) + "\n")


def tokenizers(configs):
    return [component for component in configs if component.startswith("tokenizer")]


def pipeline_of(configs):
    return StableDiffusionXLPipeline if "text_encoder_2" in configs else StableDiffusionPipeline


def config_folder(folder, configs, case):
    """A folder of diffusers' configs without weights, as `from_single_file` fetches it."""
    texts = {name: config for name, config in configs.items() if name.startswith("text_encoder")}
    index = {
        "_class_name": pipeline_of(configs).__name__,
        "_diffusers_version": "0.42.1",
        "feature_extractor": [None, None],
        "scheduler": ["diffusers", case["scheduler"]["_class_name"]],
        "unet": ["diffusers", "UNet2DConditionModel"],
        "vae": ["diffusers", "AutoencoderKL"],
    }
    index |= {name: ["transformers", *config["architectures"]] for name, config in texts.items()}
    index |= {name: ["transformers", "CLIPTokenizer"] for name in tokenizers(configs)}
    if pipeline_of(configs) is StableDiffusionPipeline:
        index["safety_checker"] = [None, None]
    else:
        index["force_zeros_for_empty_prompt"] = True
    files = {
        "model_index.json": index,
        "scheduler/scheduler_config.json": case["scheduler"],
        "unet/config.json": configs["unet"],
        "vae/config.json": configs["vae"],
    }
    files |= {f"{name}/config.json": config for name, config in texts.items()}
    files |= {f"{each}/{name}": content for each in tokenizers(configs) for name, content in configs[each].items()}
    for file, content in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(json.dumps(content))
    for each in tokenizers(configs):
        clip_vocabulary(folder / each)


def draw(name, case):
    configs = TINY[case["model"]]
    if case.get("base"):
        configs = configs | {"unet": configs["unet"] | {"sample_size": 64}}
    tensors = {marker: torch.zeros(0) for marker in case.get("markers", [])}
    for stored, shape in tiny_shapes(case["model"]).items():
        for old, new in case.get("rename", {}).items():
            stored = stored.replace(old, new)
        tensors[stored] = torch.from_numpy(fill(stored, shape)).to(DTYPES[case.get("dtype", "F32")])
        if stored == TELLING:
            tensors[stored] *= case.get("telling", 1)
    with tempfile.TemporaryDirectory() as folder:
        config_folder(Path(folder) / "configs", configs, case)
        file = Path(folder) / f"{name}.safetensors"
        save_file(tensors, file, metadata={"format": "pt"})
        pipeline = pipeline_of(configs).from_single_file(str(file), config=str(Path(folder) / "configs"), torch_dtype=torch.float32)
    pipeline.set_progress_bar_config(disable=True)
    # diffusers 0.42 looks for this attribute when it skips layers. transformers 5 has it no longer.
    pipeline.text_encoder.__dict__["text_model"] = pipeline.text_encoder
    request = case["request"]
    second = {"prompt_2": request["prompt2"]} if "prompt2" in request else {}
    [picture] = pipeline(
        prompt=request["prompt"],
        **second,
        negative_prompt=request.get("negativePrompt"),
        width=request["width"],
        height=request["height"],
        num_inference_steps=request["steps"],
        guidance_scale=request["guidance"],
        clip_skip=request.get("clipSkip"),
        generator=torch.Generator("cpu").manual_seed(request["seed"]),
    ).images
    picture.save(GOLDEN / f"{name}.png", optimize=True)
    return {key: case[key] for key in ("model", "dtype", "rename", "telling", "markers", "request") if key in case}


@torch.inference_mode()
def main():
    shutil.rmtree(GOLDEN, ignore_errors=True)
    GOLDEN.mkdir(parents=True)
    record_names()
    record_tokenizer()
    cases = {name: draw(name, case) for name, case in CASES.items()}
    (GOLDEN / "cases.json").write_text(json.dumps({"versions": VERSIONS, "cases": cases}, indent=1) + "\n")


if __name__ == "__main__":
    main()
