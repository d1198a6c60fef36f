import base64
import urllib.request


def png_of(b64_json: str) -> bytes:
    return base64.b64decode(b64_json, validate=True)


def is_png(data: bytes) -> bool:
    return data.startswith(b"\x89PNG\r\n\x1a\n")


def read(url: str) -> bytes:
    return urllib.request.urlopen(url).read()
