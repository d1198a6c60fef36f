"""Encodes the training pictures once: WORK/latents.npy (N x 4 x 16 x 16 float32), scaled as the UNet sees them.

    python latents.py --work WORK
"""

import argparse
from pathlib import Path

import numpy
import torch
from diffusers import AutoencoderKL

BATCH = 64


def pixels(pictures: numpy.ndarray) -> torch.Tensor:
    """Turns bytes, N x 64 x 64 x 3, into the autoencoder's input: N x 3 x 64 x 64 from -1 to 1."""
    return torch.tensor(pictures).permute(0, 3, 1, 2).float().div(127.5).sub(1)


@torch.inference_mode()
def encoded(autoencoder: AutoencoderKL, pictures: numpy.ndarray) -> numpy.ndarray:
    """The means of the pictures' latents, times the scaling factor."""
    batch = pixels(pictures).to(autoencoder.device)
    with torch.autocast(batch.device.type, torch.bfloat16):
        means = autoencoder.encode(batch).latent_dist.mean
    return (means.float() * autoencoder.config.scaling_factor).cpu().numpy()


def encode(work: Path, autoencoder: AutoencoderKL) -> None:
    pictures = numpy.load(work / "pictures.npy", mmap_mode="r")
    latents = numpy.lib.format.open_memmap(
        work / "latents.npy", "w+", dtype="float32", shape=(len(pictures), *encoded(autoencoder, pictures[:1]).shape[1:])
    )
    for start in range(0, len(pictures), BATCH):
        latents[start : start + BATCH] = encoded(autoencoder, pictures[start : start + BATCH])
        if start // BATCH % 100 == 0:
            print(f"{start} of {len(pictures)} pictures encoded", flush=True)
    latents.flush()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--work", type=Path, required=True, help="folder of this training, with pictures.npy and vae/")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    autoencoder = AutoencoderKL.from_pretrained(arguments.work / "vae", dtype=torch.float32).to(arguments.device)
    encode(arguments.work, autoencoder)


if __name__ == "__main__":
    main()
