"""Stands before every call of LINE's API: faults, rate limit, token, JSON, and the log."""

import hashlib
import json
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from bot.emulator import limits
from bot.emulator.calls import Answer, Call, refuse
from bot.emulator.faults import Fault, Kind
from bot.emulator.identifiers import request_id as new_request_id
from bot.emulator.platform import Platform

Json = dict[str, Any]

_AFTER = frozenset({Kind.TIMEOUT_AFTER_ACCEPT, Kind.RESET_AFTER_ACCEPT})


class Cut(ConnectionResetError):
    """The connection is to be cut without an answer; the server acts on it."""


class Gate:
    """Lets calls through to the platform and writes each into the log with its verdict."""

    def __init__(self, platform: Platform) -> None:
        self._platform = platform

    def pass_through(
        self,
        endpoint: str,
        work: Callable[[Call], Answer],
        *,
        takes_json: bool = False,
        open_to_all: bool = False,
    ) -> Response:
        """Answers one call; `endpoint` is what faults and the rate table know it by."""
        started = time.monotonic()
        request_id = new_request_id()
        raw = request.get_data()
        if self._platform.latency:
            time.sleep(self._platform.latency)
        fault = self._platform.faults.strike(endpoint)
        answer = self._faulty(fault)
        call = Call(
            request_id, self._platform.now(), dict(request.headers), raw, query=request.args
        )
        if answer is None:
            answer = self._refused(endpoint, open_to_all, takes_json, call)
        if answer is None:
            answer = self._work(call, work, takes_json)
        self._log(endpoint, call, answer, fault, started)
        if fault is not None and fault.kind in _AFTER | {Kind.TIMEOUT, Kind.RESET}:
            if fault.kind in (Kind.TIMEOUT, Kind.TIMEOUT_AFTER_ACCEPT):
                time.sleep(fault.seconds)
            raise Cut
        return _response(answer, request_id)

    def _faulty(self, fault: Fault | None) -> Answer | None:
        """The answer when the fault strikes before the platform has taken the call."""
        if fault is None or fault.kind in _AFTER:
            return None
        if fault.kind is Kind.SLOW:
            time.sleep(fault.seconds)
            return None
        if fault.kind is Kind.TOO_MANY:
            text = "The API rate limit has been exceeded. Try again later."
            return Answer(429, {"message": text}, "fault: 429")
        if fault.kind is Kind.SERVER_ERROR:
            return Answer(500, {"message": "Internal server error"}, "fault: 500")
        return Answer(0, verdict=f"fault: {fault.kind}")

    def _refused(
        self, endpoint: str, open_to_all: bool, takes_json: bool, call: Call
    ) -> Answer | None:
        token = request.headers.get("Authorization", "")
        bearer = token[7:].strip() if token[:7].lower() == "bearer " else ""
        if not open_to_all and not self._platform.access.valid(bearer, call.now):
            return refuse(
                401,
                "Authentication failed due to the following reason: invalid token. Confirm that"
                " the access token in the authorization header is valid.",
                "token not valid",
            )
        if not self._platform.rates.allow(endpoint, time.monotonic()):
            text = "The API rate limit has been exceeded. Try again later."
            return refuse(429, text, "rate limit")
        if len(call.raw) > limits.BODY_BYTES:
            return refuse(413, "Request exceeds the max size of 2MB.", "body over 2 MB")
        if takes_json and request.mimetype != "application/json":
            text = f"The content type, {request.mimetype or '-'}, is not supported"
            return refuse(415, text, "content type")
        return None

    def _work(self, call: Call, work: Callable[[Call], Answer], takes_json: bool) -> Answer:
        if takes_json:
            try:
                body = json.loads(call.raw)
            except (ValueError, RecursionError):
                text = "The request body could not be parsed as JSON (line: -, column: -)"
                return refuse(400, text, "not JSON")
            if not isinstance(body, dict):
                return refuse(400, "The request body must be a JSON object", "not an object")
            call = Call(call.request_id, call.now, call.headers, call.raw, body, call.query)
        try:
            return work(call)
        except RecursionError:
            return refuse(400, "The request body is nested too deeply", "nested too deeply")

    def _log(
        self, endpoint: str, call: Call, answer: Answer, fault: Fault | None, started: float
    ) -> None:
        self._platform.journal.write(
            "api",
            call.now.isoformat(timespec="milliseconds"),
            method=request.method,
            endpoint=endpoint,
            path=request.path + (f"?{urlencode(call.query)}" if call.query else ""),
            status=answer.status or None,
            request_id=call.request_id,
            verdict=answer.verdict,
            fault=str(fault.kind) if fault else None,
            body_hash=hashlib.sha256(call.raw).hexdigest()[:16],
            ms=round((time.monotonic() - started) * 1000, 1),
            **answer.facts,
        )


def _response(answer: Answer, request_id: str) -> Response:
    if isinstance(answer.body, bytes):
        response = Response(answer.body, answer.status)
    else:
        text = json.dumps(answer.body)
        response = Response(text, answer.status, content_type="application/json")
    for name, value in answer.headers.items():
        response.headers[name] = value
    response.headers["x-line-request-id"] = request_id
    return response
