"""Trains text encoder and UNet together: WORK/text_encoder and WORK/unet, the moving average of the weights.

    python denoiser.py --work WORK --steps 3300 [--start-from FOLDER]

Started again, it continues from WORK/denoiser.pt. With another --steps the rest of the schedule adapts. Every step has a generator
of its own, so an interrupted training sees the same pictures and noises as an uninterrupted one.
"""

import argparse
import time
from pathlib import Path

import numpy
import torch
from diffusers import DDPMScheduler, UNet2DConditionModel
from diffusers.models.attention_processor import AttnProcessor
from diffusers.training_utils import EMAModel
from torch.nn.functional import mse_loss
from transformers import CLIPTextConfig, CLIPTextModel, CLIPTokenizer

from noise import NOISE
from training import Checkpoint, Rhythm, add_arguments, rate_at

UNPROMPTED = 0.1  # share trained without the prompt, for classifier-free guidance, https://arxiv.org/abs/2207.12598
TERMINAL = 0.05  # share trained at the last timestep, where only the prompt determines the picture


class Denoiser(torch.nn.Module):
    """Text encoder and UNet: from prompt tokens and a noisy latent to the velocity."""

    def __init__(self, text_encoder: CLIPTextModel, unet: UNet2DConditionModel) -> None:
        super().__init__()
        self.text_encoder = text_encoder
        self.unet = unet

    @classmethod
    def new(cls, tokenizer: CLIPTokenizer) -> "Denoiser":
        text = CLIPTextConfig(
            vocab_size=len(tokenizer),
            hidden_size=128,
            intermediate_size=512,
            num_hidden_layers=3,
            num_attention_heads=4,
            projection_dim=128,
            max_position_embeddings=tokenizer.model_max_length,
            bos_token_id=tokenizer.bos_token_id,
            eos_token_id=tokenizer.eos_token_id,
            pad_token_id=tokenizer.pad_token_id,
        )
        unet = UNet2DConditionModel(
            sample_size=16,
            in_channels=4,
            out_channels=4,
            layers_per_block=1,
            block_out_channels=(64, 128, 160),
            down_block_types=("CrossAttnDownBlock2D", "CrossAttnDownBlock2D", "DownBlock2D"),
            up_block_types=("UpBlock2D", "CrossAttnUpBlock2D", "CrossAttnUpBlock2D"),
            cross_attention_dim=128,
            attention_head_dim=4,
            norm_num_groups=16,
        )
        return cls(CLIPTextModel(text), unet)

    @classmethod
    def saved(cls, folder: Path) -> "Denoiser":
        text_encoder = CLIPTextModel.from_pretrained(folder / "text_encoder", dtype=torch.float32)
        return cls(text_encoder, UNet2DConditionModel.from_pretrained(folder / "unet", dtype=torch.float32))

    def save(self, folder: Path) -> None:
        self.text_encoder.save_pretrained(folder / "text_encoder")
        self.unet.save_pretrained(folder / "unet")

    def forward(self, noisy: torch.Tensor, timesteps: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
        return self.unet(noisy, timesteps, self.text_encoder(tokens).last_hidden_state).sample


class Examples:
    """The latents and prompt tokens, and the batches made of them."""

    def __init__(self, work: Path, tokenizer: CLIPTokenizer, seed: int) -> None:
        captions = (work / "captions.txt").read_text().splitlines()
        # StableDiffusionPipeline pads and truncates in the same way.
        layout = {"padding": "max_length", "truncation": True, "return_tensors": "pt"}
        self.tokens = tokenizer(captions, **layout).input_ids
        self.unprompted = tokenizer([""], **layout).input_ids
        self.latents = torch.from_numpy(numpy.load(work / "latents.npy"))
        self.seed = seed

    def batch(self, step: int, size: int) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor, torch.Tensor]:
        """Latents, noise, timesteps and tokens of one step."""
        chance = torch.Generator().manual_seed(self.seed * 1_000_003 + step)
        chosen = torch.randint(len(self.latents), (size,), generator=chance)
        noise = torch.randn(self.latents[chosen].shape, generator=chance)
        timesteps = torch.randint(NOISE["num_train_timesteps"], (size,), generator=chance)
        timesteps[torch.rand(size, generator=chance) < TERMINAL] = NOISE["num_train_timesteps"] - 1
        silent = torch.rand(size, 1, generator=chance) < UNPROMPTED
        return self.latents[chosen], noise, timesteps, torch.where(silent, self.unprompted, self.tokens[chosen])


def velocity_loss(denoiser: Denoiser, scheduler: DDPMScheduler, batch: tuple[torch.Tensor, ...]) -> torch.Tensor:
    """Squared error of the velocity (https://arxiv.org/abs/2202.00512), with equal weights for all timesteps."""
    latents, noise, timesteps, tokens = batch
    with torch.autocast(latents.device.type, torch.bfloat16):
        velocity = denoiser(scheduler.add_noise(latents, noise, timesteps), timesteps, tokens)
    return mse_loss(velocity.float(), scheduler.get_velocity(latents, noise, timesteps))


def train(denoiser: Denoiser, examples: Examples, arguments: argparse.Namespace) -> None:
    """Trains to the last step or until a signal stops it. The checkpoint in WORK is never much older than --save-minutes."""
    scheduler = DDPMScheduler(**NOISE)
    weights = list(denoiser.parameters())
    optimizer = torch.optim.AdamW(weights, weight_decay=1e-4, betas=(0.9, 0.99), fused=True)
    average = EMAModel(weights, decay=0.999, foreach=True)
    checkpoint = Checkpoint(arguments.work / "denoiser.pt", denoiser=denoiser, optimizer=optimizer, average=average)
    first = checkpoint.load()
    average.to(arguments.device)
    losses, began = [], time.monotonic()
    for step, saving in Rhythm(first, arguments.steps, arguments.save_minutes):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, arguments.steps, arguments.rate)
        batch = tuple(part.to(arguments.device) for part in examples.batch(step, arguments.batch))
        loss = velocity_loss(denoiser, scheduler, batch)
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        average.step(weights)
        losses.append(loss.item())
        if saving or len(losses) == 50:
            pace = (time.monotonic() - began) / (step + 1 - first)
            print(f"step {step + 1}: loss {numpy.mean(losses):.4f}, {pace:.3f} s a step", flush=True)
            losses.clear()
        if saving:
            checkpoint.save(step + 1)
            average.store(weights)
            average.copy_to(weights)
            denoiser.save(arguments.work)
            average.restore(weights)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser, steps=3300, batch=32, rate=8e-4)
    parser.add_argument("--start-from", type=Path, help="diffusers folder whose text encoder and UNet to continue from")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)

    tokenizer = CLIPTokenizer.from_pretrained(arguments.work / "tokenizer")
    denoiser = Denoiser.saved(arguments.start_from) if arguments.start_from else Denoiser.new(tokenizer)
    if arguments.device == "cpu":
        # On a CPU the gradient of torch's fused attention makes a step take half as long again.
        denoiser.unet.set_attn_processor(AttnProcessor())
    examples = Examples(arguments.work, tokenizer, arguments.seed)
    train(denoiser.to(arguments.device).train(), examples, arguments)


if __name__ == "__main__":
    main()
