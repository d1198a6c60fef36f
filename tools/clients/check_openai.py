"""Checks openai-python against a running server: URL EMBEDDING_MODEL IMAGE_MODEL."""

import sys
import urllib.request

import openai
from pictures import hole, is_png, picture, png_of

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

edited = client.images.edit(**asked, image=picture)
listed = client.images.edit(**asked, image=[picture])
assert edited.data[0].b64_json == listed.data[0].b64_json
masked = client.images.edit(**asked, image=("in.png", picture), mask=("mask.png", hole))
assert is_png(png_of(masked.data[0].b64_json)) and masked.data[0].b64_json != edited.data[0].b64_json

types = []
extra = {**asked["extra_body"], "safety_identifier": "me"}
for event in client.images.edit(**{**asked, "extra_body": extra}, image=picture, stream=True, partial_images=1):
    if event.type.startswith("image_edit."):
        types.append(event.type)
assert types == ["image_edit.partial_image", "image_edit.completed"], types
assert event.b64_json == edited.data[0].b64_json and event.safety_identifier == "me"

varied = client.images.create_variation(image=picture, n=2, response_format="url", size="256x256")
assert is_png(urllib.request.urlopen(varied.data[1].url).read())

try:
    client.images.edit(**asked, image=[picture, picture])
    raise AssertionError("two pictures were accepted")
except openai.BadRequestError as error:
    assert error.param == "image" and error.code == "UNSUPPORTED", error

print(f"openai {openai.__version__}")
