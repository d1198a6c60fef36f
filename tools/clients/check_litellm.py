"""Checks LiteLLM's openai and xinference providers against a running server: URL EMBEDDING_MODEL IMAGE_MODEL."""

import sys
from importlib.metadata import version

import litellm
from pictures import is_png, png_of, read

url, embedding, image = sys.argv[1:]
server = {"api_base": f"{url}/v1", "api_key": "none", "num_retries": 0}

# LiteLLM's openai provider takes response_format for OpenAI's own models only.
as_url = {
    "openai": {"extra_body": {"response_format": "url", "num_inference_steps": 4}},
    "xinference": {"response_format": "url", "num_inference_steps": 4},
}

for provider in as_url:
    for options in ({}, {"encoding_format": "float"}, {"encoding_format": "base64"}):
        reply = litellm.embedding(model=f"{provider}/{embedding}", input=["a red fox", "the sea"], **options, **server)
        assert len(reply.data) == 2 and reply.usage.prompt_tokens > 0, provider

    asked = {"model": f"{provider}/{image}", "prompt": "a red apple", "size": "64x64", "n": 1, **server}
    reply = litellm.image_generation(**asked, num_inference_steps=4)
    assert is_png(png_of(reply.data[0].b64_json)), provider
    linked = litellm.image_generation(**asked, **as_url[provider])
    assert is_png(read(linked.data[0].url)), provider

    try:
        litellm.image_generation(**{**asked, "size": "65x64"})
        raise AssertionError("an invalid size was accepted")
    except litellm.BadRequestError as error:
        assert "divisible by 8" in str(error), error

print(f"litellm {version('litellm')}")
