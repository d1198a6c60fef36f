"""Checks launching by Xinference's client against a running server, URL, that can download bge-base-en, sd-turbo, stable-diffusion-v1.5 and the ControlNet mlsd.
The second argument is the path of an embedder's folder."""

import json
import sys
import time
from importlib.metadata import version

from pictures import is_png, png, png_of
from xinference_client import RESTfulClient

url, folder = sys.argv[1:]
client = RESTfulClient(url)


def refused(call, *words):
    try:
        call()
    except RuntimeError as error:
        assert all(word in str(error) for word in words), error
    else:
        raise AssertionError(f"{words} was not refused")


# An embedder: launch, list, describe, use, replicate, terminate.
uid = client.launch_model(model_name="bge-base-en", model_type="embedding")
assert uid == "bge-base-en" and uid in client.list_models()
facts = client.describe_model(uid)
assert (facts["model_type"], facts["model_name"], facts["dimensions"]) == ("embedding", uid, 48), facts
vector = client.get_model(uid).create_embedding("a red fox")["data"][0]["embedding"]
assert len(vector) == 48
added = client.add_model_replica(uid)
assert added["replica_id"] == 1, added
assert client.describe_model(uid)["replicas"] == 2
assert client.terminate_model_replica(uid, added["replica_id"]) == 1
client.terminate_model(uid)
assert uid not in client.list_models()
refused(lambda: client.get_model(uid), uid)

# A launch that is followed, then cancelled or used.
uid = client.launch_model(model_name="sd-turbo", model_type="image", model_uid="turbo", wait_ready=False)
while any(each["status"] == "LOADING" for each in client.get_instance_info("sd-turbo", uid)):
    assert 0 <= client.get_launch_model_progress(uid)["progress"] <= 1
    time.sleep(0.05)
assert client.get_launch_model_progress(uid)["progress"] == 1
refused(lambda: client.cancel_launch_model(uid), "launched already")
drawn = client.get_model(uid).text_to_image("a red fox", size="64*64", response_format="b64_json")
assert is_png(png_of(drawn["data"][0]["b64_json"]))
assert [each["model_name"] for each in client.get_instance_info("sd-turbo", None)] == ["sd-turbo"]
client.terminate_model(uid)

# The ControlNet notebook, from its first line to its last.
uid = client.launch_model(model_name="stable-diffusion-v1.5", model_type="image", controlnet="mlsd")
assert client.describe_model(uid)["controlnet"] == ["mlsd"]
model = client.get_model(uid)
lines = png(96, 64, lambda x, y: (255,) * 3 if x in (12, 80) or y in (8, 52) or x == y else (0,) * 3)
prompt = "a modern house, with a garden, (realistic:1.3), (best quality:1.2), blue sky"
linked = model.image_to_image(image=lines, prompt=prompt, negative_prompt="low quality", num_inference_steps=20)
assert linked["size"] == "96x64", linked
client.terminate_model(uid)

# A folder under a name of one's own.
spec = {
    "version": 2,
    "model_name": "mine",
    "dimensions": 48,
    "max_tokens": 64,
    "language": ["en"],
    "model_specs": [{"model_format": "pytorch", "model_id": None, "model_uri": f"file://{folder}", "quantization": "none"}],
}
client.register_model("embedding", json.dumps(spec), persist=False)
assert {"model_name": "mine", "is_builtin": False} in client.list_model_registrations("embedding")
assert client.get_model_registration("embedding", "mine")["dimensions"] == 48
uid = client.launch_model(model_name="mine", model_type="embedding", replica=2)
assert client.get_model(uid).create_embedding(["a", "b"])["usage"]["prompt_tokens"] > 0
client.terminate_model(uid)
client.unregister_model("embedding", "mine")
refused(lambda: client.launch_model(model_name="mine", model_type="embedding"), "mine")

# A folder without a name.
uid = client.launch_model(model_name="bge-base-en", model_type="embedding", model_path=folder, model_uid="pathed")
assert len(client.get_model(uid).create_embedding("a")["data"]) == 1
client.terminate_model(uid)

# What has no meaning here is refused by name.
for refusal in [
    {"model_engine": "vllm"},
    {"quantization": "Int8"},
    {"n_worker": 2},
    {"model_type": "image"},
    {"precision": "int7"},
    {"peft_model_config": {"lora_list": [{"lora_name": "a", "local_path": folder}]}},
]:
    asked = {"model_name": "bge-base-en", "model_type": "embedding", **refusal}
    refused(lambda: client.launch_model(**asked), *list(refusal)[:1])
refused(lambda: client.launch_model(model_name="bge-base-enn", model_type="embedding"), "bge-base-en")

print(f"xinference-client {version('xinference-client')}")
