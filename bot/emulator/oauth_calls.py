"""Channel access tokens and id tokens over HTTP, as minimally as the product needs them."""

from collections.abc import Mapping
from typing import Any

from bot.emulator.access import STATELESS_SECONDS, V21_DAYS, claims_of
from bot.emulator.calls import Answer, Call
from bot.emulator.platform import Platform

Json = dict[str, Any]

_ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"


def issue_v21(platform: Platform, form: Mapping[str, str], call: Call) -> Answer:
    """A 30-day token for an assertion in the channel's name; its signature is not checked."""
    problem = _assertion_problem(platform, form)
    if problem:
        return _error(400, "invalid_client", problem)
    issued = platform.access.issue(call.now, stateless=False)
    days = V21_DAYS * 86400
    return Answer(200, {**_token(issued.token, days), "key_id": issued.key_id})


def issue_stateless(platform: Platform, form: Mapping[str, str], call: Call) -> Answer:
    if form.get("client_assertion"):
        problem = _assertion_problem(platform, form)
    else:
        fits = (
            form.get("client_id") == platform.access.channel_id
            and form.get("client_secret") == platform.settings.channel_secret
        )
        problem = "" if fits else "invalid client_id or client_secret"
    if problem or form.get("grant_type") != "client_credentials":
        return _error(400, "invalid_request", problem or "unsupported grant_type")
    issued = platform.access.issue(call.now, stateless=True)
    return Answer(200, _token(issued.token, STATELESS_SECONDS))


def verify_access_token(platform: Platform, form: Mapping[str, str], call: Call) -> Answer:
    left = platform.access.seconds_left(form.get("access_token", ""), call.now)
    if left is None:
        return _error(400, "invalid_request", "The access token expired")
    known = {"client_id": platform.access.channel_id, "expires_in": left, "scope": "P CM"}
    return Answer(200, known)


def revoke(platform: Platform, form: Mapping[str, str], call: Call) -> Answer:
    platform.access.revoke(form.get("access_token", ""))
    return Answer(200)


def key_ids(platform: Platform, query: Mapping[str, str], call: Call) -> Answer:
    if not claims_of(query.get("client_assertion", "")):
        return _error(400, "invalid_client", "Invalid client assertion")
    return Answer(200, {"kids": platform.access.key_ids(call.now)})


def verify_id_token(platform: Platform, form: Mapping[str, str], call: Call) -> Answer:
    """The claims of an id token whose audience and end fit; its signature is not checked."""
    claims = claims_of(form.get("id_token", ""))
    if claims is None:
        return _error(400, "invalid_request", "Invalid IdToken.")
    if claims.get("aud") != form.get("client_id"):
        return _error(400, "invalid_request", "Invalid IdToken Audience.")
    ends = claims.get("exp")
    if not isinstance(ends, int | float) or ends < call.now.timestamp():
        return _error(400, "invalid_request", "IdToken expired.")
    wanted = form.get("nonce")
    if wanted and claims.get("nonce") != wanted:
        return _error(400, "invalid_request", "Invalid IdToken Nonce.")
    return Answer(200, dict(claims))


def _assertion_problem(platform: Platform, form: Mapping[str, str]) -> str:
    claims = claims_of(form.get("client_assertion", ""))
    if form.get("client_assertion_type") != _ASSERTION or claims is None:
        return "Invalid client assertion"
    if claims.get("iss") != platform.access.channel_id:
        return "Invalid iss"
    return ""


def _token(token: str, seconds: int) -> Json:
    return {"access_token": token, "token_type": "Bearer", "expires_in": seconds}


def _error(status: int, error: str, description: str) -> Answer:
    body = {"error": error, "error_description": description}
    return Answer(status, body, f"refused: {description}")
