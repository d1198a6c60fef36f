"""Checks the calls of Xinference's ControlNet notebook against a running server: URL MODEL, which was launched with a ControlNet."""

import sys
from importlib.metadata import version

from pictures import is_png, png, png_of
from xinference_client import RESTfulClient

url, image = sys.argv[1:]
# The notebook makes a line drawing at the client: white lines of an elevation on black.
lines = png(96, 64, lambda x, y: (255,) * 3 if x in (12, 80) or y in (8, 52) or x == y else (0,) * 3)

model = RESTfulClient(url).get_model(image)
prompt = "a modern house, with a garden, (realistic:1.3), (best quality:1.2), blue sky"
negative = "low quality, bad quality, sketches"
asked = dict(image=lines, prompt=prompt, negative_prompt=negative, num_inference_steps=20)
linked = model.image_to_image(**asked)
assert linked["size"] == "96x64", linked

seeded = dict(asked, num_inference_steps=4, response_format="b64_json", seed=1)
drawn = model.image_to_image(**seeded)
assert is_png(png_of(drawn["data"][0]["b64_json"]))
weak = model.image_to_image(**seeded, controlnet_conditioning_scale=0.3)
assert weak["data"][0]["b64_json"] != drawn["data"][0]["b64_json"]
# The parentheses are text like any other.
plain = model.image_to_image(**dict(seeded, prompt=prompt.replace("(realistic:1.3)", "realistic")))
assert plain["data"][0]["b64_json"] != drawn["data"][0]["b64_json"]
over = model.image_to_image(**seeded, strength=0.5)
assert over["data"][0]["b64_json"] != drawn["data"][0]["b64_json"]

print(f"xinference-client {version('xinference-client')}")
