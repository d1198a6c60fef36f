"""Draws the 18 held-out combinations with a packed folder, and counts the pictures whose colours are where the prompt says.

    python judge.py FOLDER [--seeds 1 2 3] [--sheet sheet.png]

A picture is right when its middle has the shape's colour and all four corners have the background's. A pixel counts as the nearest of
the eight judged colours. The sheet shows everyday prompts, each in two rows with different noise, and below them the held-out
combinations of the first seed.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import numpy
import torch
from diffusers import DDIMScheduler, EulerDiscreteScheduler, StableDiffusionPipeline

from held_out import JUDGED_COLOURS, judged
from palette import nearest
from sheet import save_sheet

EVERYDAY = [
    "an apple",
    "a beautiful sunset over a calm ocean",
    "a red circle on a blue background",
    "a big yellow star",
    "snowy mountains over a lake",
    "a house under a blue sky",
    "a purple heart and a green tree",
    "a starry night",
    "a small blue fish on the left",
    "a smiley face",
    "a red mushroom",
    "a boat at sunset on the ocean",
    "a rainbow over a green field",
    "a pink flower on a green background",
    "a cute orange cat",
    "a snowman in the snow",
]
SAMPLERS = {"ddim": DDIMScheduler, "euler": EulerDiscreteScheduler}


class Painter:
    """A packed folder and its settings for drawing."""

    def __init__(self, arguments: argparse.Namespace) -> None:
        self.pipeline = StableDiffusionPipeline.from_pretrained(arguments.folder, dtype=torch.float32)
        self.pipeline.set_progress_bar_config(disable=True)
        if arguments.sampler:
            self.pipeline.scheduler = SAMPLERS[arguments.sampler].from_config(self.pipeline.scheduler.config)
        self.settings = {
            "num_inference_steps": arguments.steps,
            "guidance_scale": arguments.guidance,
            "guidance_rescale": arguments.guidance_rescale,
            "height": 64,
            "width": 64,
            "output_type": "np",
        }

    def paint(self, prompts: Sequence[str], seed: int) -> list[numpy.ndarray]:
        """A picture of bytes for each prompt; the first is drawn from `seed`, the next from `seed` + 1 and so on."""
        generators = [torch.Generator().manual_seed(seed + place) for place in range(len(prompts))]
        pictures = self.pipeline(list(prompts), generator=generators, **self.settings).images
        return list((pictures * 255).round().astype("uint8"))


def colours_seen(picture: numpy.ndarray) -> tuple[str, set[str]]:
    """The judged colour nearest to the middle, and those nearest to the corners."""
    corners = [picture[y, x] for y in (2, 61) for x in (2, 61)]
    return nearest(picture[33, 32], JUDGED_COLOURS), {nearest(pixel, JUDGED_COLOURS) for pixel in corners}


def judge(painter: Painter, seed: int) -> list[numpy.ndarray]:
    """Draws the held-out combinations. Prints the missed ones and the number of right ones."""
    prompts = [f"a big {colour} {shape} on a {background} background" for shape, colour, background in judged()]
    pictures = painter.paint(prompts, seed)
    right = 0
    for (shape, colour, background), picture in zip(judged(), pictures):
        middle, corners = colours_seen(picture)
        if middle == colour and corners == {background}:
            right += 1
        else:
            print(f"  missed: {colour} {shape} on {background} has {middle} on {', '.join(sorted(corners))}")
    print(f"seed {seed}: {right} of {len(pictures)} right", flush=True)
    return pictures


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="diffusers folder")
    parser.add_argument("--seeds", type=int, nargs="*", default=[1])
    parser.add_argument("--sheet", type=Path, help="PNG to write")
    parser.add_argument("--guidance", type=float, default=4)
    parser.add_argument("--guidance-rescale", type=float, default=0)
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--sampler", choices=SAMPLERS, help="default: the folder's own")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    painter = Painter(arguments)
    drawn = [judge(painter, seed) for seed in arguments.seeds]
    if arguments.sheet:
        shown = painter.paint(EVERYDAY, 100) + painter.paint(EVERYDAY, 200) + (drawn[0] if drawn else [])
        save_sheet(arguments.sheet, shown)


if __name__ == "__main__":
    main()
