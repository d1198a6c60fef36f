"""Checks openai-python against a running server: URL EMBEDDING_MODEL IMAGE_MODEL."""

import sys
import urllib.request

import openai
from pictures import is_png, png_of

url, embedding, image = sys.argv[1:]
client = openai.OpenAI(base_url=f"{url}/v1", api_key="none", max_retries=0)

assert {model.id for model in client.models.list()} == {embedding, image}
vectors = client.embeddings.create(model=embedding, input=["a red fox", "the sea"]).data
assert len(vectors) == 2 and abs(sum(x * x for x in vectors[0].embedding) - 1) < 1e-4

asked = {"model": image, "prompt": "a red apple", "extra_body": {"num_inference_steps": 6, "seed": 1}}
reply = client.images.generate(**asked, user="me", quality="high")
assert is_png(png_of(reply.data[0].b64_json))
assert reply.usage.total_tokens == reply.usage.input_tokens > 0
assert reply.warnings == ["quality has no effect.", "user has no effect."]

linked = client.images.generate(**asked, response_format="url")
assert urllib.request.urlopen(linked.data[0].url).read() == png_of(reply.data[0].b64_json)

partials, completed = [], []
for event in client.images.generate(**asked, stream=True, partial_images=2):
    if event.type == "image_generation.partial_image":
        partials.append(event)
    if event.type == "image_generation.completed":
        completed.append(event)
assert [partial.partial_image_index for partial in partials] == [0, 1]
assert all(is_png(png_of(partial.b64_json)) for partial in partials)
assert png_of(completed[0].b64_json) == png_of(reply.data[0].b64_json)
assert completed[0].usage.total_tokens == reply.usage.total_tokens

try:
    client.images.generate(model=image, prompt="x", extra_body={"stepz": 3})
    raise AssertionError("an unknown field was accepted")
except openai.BadRequestError as error:
    assert error.param == "stepz", error

print(f"openai {openai.__version__}")
