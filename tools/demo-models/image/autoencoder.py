"""Trains the autoencoder between pictures (3 x 64 x 64) and latents (4 x 16 x 16): WORK/vae.

    python autoencoder.py --work WORK --steps 3800

Started again, it continues from WORK/autoencoder.pt.
"""

import argparse
from pathlib import Path

import numpy
import torch
from diffusers import AutoencoderKL

from latents import encoded, pixels
from training import Checkpoint, Rhythm, add_arguments, rate_at

LATENT_NOISE = 0.02  # teaches the decoder to tolerate small errors of the UNet
EDGES = 0.5  # weight of the difference between neighbouring pixels, which keeps outlines sharp
DIVERGENCE = 1e-5  # weight of the latents' distance from a normal distribution


def new_autoencoder() -> AutoencoderKL:
    """An autoencoder with one norm group over all channels: groups of 4 channels lose flat colours."""
    return AutoencoderKL(
        down_block_types=("DownEncoderBlock2D",) * 3,
        up_block_types=("UpDecoderBlock2D",) * 3,
        block_out_channels=(32, 64, 96),
        layers_per_block=1,
        latent_channels=4,
        norm_num_groups=1,
        sample_size=64,
        force_upcast=False,
    )


def edge_strength(difference: torch.Tensor) -> torch.Tensor:
    return difference.diff(dim=-1).abs().mean() + difference.diff(dim=-2).abs().mean()


def reconstruction_loss(autoencoder: AutoencoderKL, pictures: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """The loss, and the mean absolute error of the pixels (from -1 to 1)."""
    with torch.autocast(pictures.device.type, torch.bfloat16):
        posterior = autoencoder.encode(pictures).latent_dist
        latents = posterior.mean + LATENT_NOISE * torch.randn_like(posterior.mean)
        difference = autoencoder.decode(latents).sample.float() - pictures
    error = difference.abs().mean()
    divergence = posterior.kl().mean() / pictures[0].numel()
    return error + EDGES * edge_strength(difference) + DIVERGENCE * divergence, error


def train(autoencoder: AutoencoderKL, pictures: numpy.ndarray, arguments: argparse.Namespace) -> None:
    optimizer = torch.optim.AdamW(autoencoder.parameters(), weight_decay=0, betas=(0.9, 0.99), fused=True)
    checkpoint = Checkpoint(arguments.work / "autoencoder.pt", autoencoder=autoencoder, optimizer=optimizer)
    for step, saving in Rhythm(checkpoint.load(), arguments.steps, arguments.save_minutes):
        for group in optimizer.param_groups:
            group["lr"] = rate_at(step, arguments.steps, arguments.rate, falling=1)
        torch.manual_seed(arguments.seed * 1_000_003 + step)
        chosen = numpy.sort(torch.randint(len(pictures), (arguments.batch,)).numpy())
        loss, error = reconstruction_loss(autoencoder, pixels(pictures[chosen]).to(arguments.device))
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(autoencoder.parameters(), 1.0)
        optimizer.step()
        if saving or step % 100 == 99:
            print(f"step {step + 1}: mean error {error.item() * 127.5:.1f} of 255", flush=True)
        if saving:
            checkpoint.save(step + 1)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    add_arguments(parser, steps=3800, batch=16, rate=1.8e-3)
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(arguments.seed)

    pictures = numpy.load(arguments.work / "pictures.npy", mmap_mode="r")
    autoencoder = new_autoencoder().to(arguments.device)
    train(autoencoder, pictures, arguments)
    autoencoder.eval()
    autoencoder.register_to_config(scaling_factor=1)
    autoencoder.register_to_config(scaling_factor=1 / float(encoded(autoencoder, pictures[:500]).std()))
    autoencoder.save_pretrained(arguments.work / "vae")


if __name__ == "__main__":
    main()
