"""Lets the page show the product's own pictures; from elsewhere none are fetched."""

import http.client
from urllib.parse import urlsplit

from bot.emulator.findings import LOOPBACK_HOSTS
from bot.emulator.images import look_at

MOST_BYTES = 10 * 1024 * 1024


def product_picture(product_url: str, url: str) -> tuple[bytes, str] | None:
    """The picture at `url` and its kind, if it stands at the product's address on this machine."""
    home, wanted = urlsplit(product_url), urlsplit(url)
    if not product_url or wanted.scheme != "http" or wanted.hostname not in LOOPBACK_HOSTS:
        return None
    if (wanted.hostname, wanted.port) != (home.hostname, home.port):
        return None
    connection = http.client.HTTPConnection(wanted.hostname, wanted.port, timeout=5)
    try:
        path = (wanted.path or "/") + (f"?{wanted.query}" if wanted.query else "")
        connection.request("GET", path)
        response = connection.getresponse()
        data = response.read(MOST_BYTES + 1)
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    picture = look_at(data) if response.status == 200 and len(data) <= MOST_BYTES else None
    return (data, picture.media_type) if picture else None
