"""A browser without a window: opens pages, fills forms by what is written beside the fields."""

import http.client
import secrets
import urllib.error
import urllib.request
from collections.abc import Mapping
from http.cookiejar import CookieJar
from urllib.parse import urlencode, urljoin, urlsplit

from handlers.week.paper import Field, Form, Paper


class Lost(Exception):
    """What the script speaks of is not on the page; the words say what."""


class Browser:
    """One person's browser: it keeps cookies, follows where it is led, knows its last page."""

    def __init__(self, start: str) -> None:
        self.address = start
        self.paper = Paper("")
        self.body = b""
        self.status = 0
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(CookieJar()), _NoErrors()
        )

    def open(self, where: str) -> None:
        """A link of the page by its words, or an address when it begins with `/` or `http`."""
        if where.startswith(("/", "http://", "https://")):
            self._ask(urljoin(self.address, where))
            return
        self._ask(urljoin(self.address, self._link(where)))

    def press(self, words: str, fills: Mapping[str, str] | None = None) -> None:
        """A button by its words, once the fields hold what is given. Raises Lost."""
        form, place = self._form_with(words, fills or {})
        sent = _held(form, fills or {})
        button = form.buttons[place]
        if button.name:
            sent.append((button.name, button.value))
        target = urljoin(self.address, button.action or form.action or self.address)
        if form.method == "get":
            parts = urlsplit(target)
            self._ask(parts._replace(query=urlencode(sent)).geturl())
            return
        self._ask(target, *_packed(sent, form.is_multipart))

    def shows(self, words: str) -> bool:
        """True when the words stand on the page, spaces apart."""
        return "".join(words.split()) in "".join(self.paper.words.split())

    def _link(self, words: str) -> str:
        links = self.paper.links
        for fits in (lambda said: said == words, lambda said: words in said):
            for link in links:
                if fits(link.words):
                    return link.address
        raise Lost(f"no link says {words!r} on {self._there()}")

    def _form_with(self, words: str, fills: Mapping[str, str]) -> tuple[Form, int]:
        for fits in (lambda said: said == words, lambda said: words in said):
            for form in self.paper.forms:
                for place, button in enumerate(form.buttons):
                    if fits(button.words) and all(_field(form, name) for name in fills):
                        return form, place
        raise Lost(f"no button says {words!r} beside {sorted(fills)} on {self._there()}")

    def _there(self) -> str:
        """The page as a reader of the script wants to know it: where, and what can be pressed."""
        path, said = urlsplit(self.address).path, self.paper.words
        start = said.find(self.paper.marked("head")) if self.paper.marked("head") else 0
        return f"{path} ({self.status}), which says: {said[max(0, start) : start + 300]}"

    def _ask(self, address: str, data: bytes | None = None, kind: str = "") -> None:
        request = urllib.request.Request(address, data)  # noqa: S310 (loopback, our own product)
        request.add_header("Sec-Fetch-Site", "same-origin")
        request.add_header("Accept", "text/html")
        if kind:
            request.add_header("Content-Type", kind)
        try:
            with self._opener.open(request, timeout=30) as answer:
                self.body = answer.read()
                self.status, self.address = answer.status, answer.geturl()
                is_page = "html" in answer.headers.get("Content-Type", "")
        except (OSError, http.client.HTTPException) as fault:
            raise Lost(
                f"{urlsplit(address).path} did not answer ({type(fault).__name__})"
            ) from None
        self.paper = Paper(self.body.decode("utf-8", "replace") if is_page else "")


class _NoErrors(urllib.request.HTTPErrorProcessor):
    """A refusal is a page like any other; only where it leads elsewhere it is followed."""

    def http_response(self, request, response):  # type: ignore[no-untyped-def]
        if 300 <= response.status < 400:
            return super().http_response(request, response)
        return response

    https_response = http_response


def _field(form: Form, wanted: str) -> Field | None:
    seen = [one for one in form.fields if one.kind != "hidden"]
    exact = [one for one in seen if wanted in (one.words, one.name)]
    near = [one for one in seen if wanted in one.words]
    return next(iter(exact or near), None)


def _held(form: Form, fills: Mapping[str, str]) -> list[tuple[str, str]]:
    chosen: dict[int, str] = {}
    for wanted, value in fills.items():
        one = _field(form, wanted)
        if one is None:
            raise Lost(f"no field {wanted!r}")
        if one.kind == "radio" or (one.kind == "checkbox" and value not in ("はい", "いいえ")):
            group = [f for f in form.fields if f.name == one.name and f.kind == one.kind]
            one = next((f for f in group if value in (f.words, f.value)), one)
        chosen[id(one)] = value
    radios = {f.name for f in form.fields if id(f) in chosen and f.kind == "radio"}
    sent = []
    for one in form.fields:
        given = chosen.get(id(one))
        if one.kind in ("radio", "checkbox"):
            is_on = given != "いいえ" if given is not None else one.is_on and one.name not in radios
            if is_on:
                sent.append((one.name, one.value))
        elif one.kind == "select":
            said = dict(one.choices)
            sent.append((one.name, one.value if given is None else _choice(one, given, said)))
        elif one.kind != "file":
            sent.append((one.name, one.value if given is None else given))
    return sent


def _choice(one: Field, wanted: str, said: Mapping[str, str]) -> str:
    if wanted in said:
        return said[wanted]
    for words, value in one.choices:
        if wanted in words or wanted == value:
            return value
    raise Lost(f"{wanted!r} is none of the choices of {one.words or one.name!r}")


def _packed(sent: list[tuple[str, str]], is_multipart: bool) -> tuple[bytes, str]:
    if not is_multipart:
        return urlencode(sent).encode(), "application/x-www-form-urlencoded"
    edge = f"edge{secrets.token_hex(12)}"
    parts = [
        f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in sent
    ]
    whole = "".join([*parts, f"--{edge}--\r\n"])
    return whole.encode(), f"multipart/form-data; boundary={edge}"
