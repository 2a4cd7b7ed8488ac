"""The signature on a webhook: base64 of HMAC-SHA256 over the raw body."""

import base64
import hashlib
import hmac


def signature(channel_secret: str, body: bytes) -> str:
    digest = hmac.new(channel_secret.encode(), body, hashlib.sha256).digest()
    return base64.b64encode(digest).decode("ascii")
