"""Checks Xinference's client against a running server: URL EMBEDDING_MODEL IMAGE_MODEL."""

import sys
import threading
import time
from importlib.metadata import version

from pictures import hole, is_png, picture, png_of, read, white
from xinference_client import RESTfulClient

url, embedding, image = sys.argv[1:]
client = RESTfulClient(url)

assert set(client.list_models()) == {embedding, image}

vectors = client.get_model(embedding).create_embedding(["a red fox", "the sea"])
assert len(vectors["data"]) == 2 and len(vectors["data"][0]["embedding"]) > 0

model = client.get_model(image)
asked = {"prompt": "a red apple", "size": "64*64", "num_inference_steps": 4, "seed": 1}
linked = model.text_to_image(**asked)
inline = model.text_to_image(**asked, response_format="b64_json")
assert is_png(png_of(inline["data"][0]["b64_json"]))
assert read(linked["data"][0]["url"]) == png_of(inline["data"][0]["b64_json"])

try:
    model.text_to_image("a red apple", size="65*64")
    raise AssertionError("an invalid size was accepted")
except RuntimeError as error:
    assert "divisible by 8" in str(error), error

steps = {"num_inference_steps": 4, "seed": 1}
b64 = {"response_format": "b64_json", **steps}
prompt = "a modern house, (realistic:1.3), a garden"
varied = model.image_to_image(image=picture, prompt=prompt, negative_prompt="low quality", **steps)
assert is_png(read(varied["data"][0]["url"]))
strong = model.image_to_image(image=[picture], prompt=prompt, strength=1.0, size="64*64", **b64)
assert is_png(png_of(strong["data"][0]["b64_json"]))

edited = model.image_edit(images=picture, prompt=prompt, **b64)
listed = model.image_edit(images=[picture], prompt=prompt, **b64)
assert edited["data"][0]["b64_json"] == listed["data"][0]["b64_json"]
masks = [model.image_edit(images=picture, prompt=prompt, mask=mask, **b64) for mask in (hole, white)]
inpainted = model.inpainting(image=picture, mask_image=white, prompt=prompt, **b64)
assert len({reply["data"][0]["b64_json"] for reply in [*masks, inpainted]}) == 1
padded = model.image_to_image(image=picture, prompt=prompt, padding_image_to_multiple=96, **b64)
assert is_png(png_of(padded["data"][0]["b64_json"]))

refusals = []


def ask_for_long():
    try:
        model.text_to_image("a red apple", size="256*256", num_inference_steps=900, request_id="long")
    except RuntimeError as error:
        refusals.append(str(error))


asking = threading.Thread(target=ask_for_long)
asking.start()
progress = 0.0
while asking.is_alive() and progress == 0:
    try:
        progress = client.get_progress("long")["progress"]
    except RuntimeError:
        time.sleep(0.1)  # The request has not arrived yet.
assert 0 < progress < 1, refusals
assert client.abort_request(image, "long")["msg"] == "DONE"
asking.join(60)
assert refusals and "was aborted" in refusals[0], refusals
assert client.abort_request(image, "nobody", 0) is not None

print(f"xinference-client {version('xinference-client')}")
