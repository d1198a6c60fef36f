"""Checks Xinference's client against a running server: URL EMBEDDING_MODEL IMAGE_MODEL."""

import sys
import threading
import time
from importlib.metadata import version

from pictures import is_png, png_of, read
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
