"""One connection pool to LINE for all threads: timeouts, tokens, a log line for every call."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from linebot.v3.messaging import ApiClient, ApiException, Configuration
from linebot.v3.oauth import ApiClient as OauthClient
from linebot.v3.oauth import ApiException as OauthException
from linebot.v3.oauth import ChannelAccessToken
from linebot.v3.oauth import Configuration as OauthConfiguration
from urllib3.exceptions import ConnectTimeoutError, HTTPError, NewConnectionError

from bot.line.outcomes import MONTH_IS_FULL, Refused, TryAgain
from bot.line.tokens import Issued, OwnTokens, TokenSource
from bot.settings import LineSettings

log = logging.getLogger("madoguchi.line")

ASSERTION_TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_CONNECTIONS = 40


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds to connect and to wait for an answer; both together stay below a lease (15 s)."""

    connect: float = 3.0
    read: float = 5.0


@dataclass(frozen=True, slots=True)
class Answered:
    """LINE answered with success."""

    status: int
    request_id: str | None
    data: Any


class NotAnswered(Exception):
    """A call that is not a message did not succeed; `outcome` says whether to try again."""

    def __init__(self, endpoint: str, outcome: Refused | TryAgain) -> None:
        super().__init__(f"{endpoint}: {outcome}")
        self.outcome = outcome


class LineClient:
    """Calls LINE through line-bot-sdk; safe to share between threads.

    Nothing is retried and no redirect is followed here. Log lines hold the endpoint's name, the
    status and LINE's request id, never an address or a message.
    """

    def __init__(self, settings: LineSettings, timeouts: Timeouts | None = None) -> None:
        timeouts = timeouts or Timeouts()
        self._timeout = (timeouts.connect, timeouts.read)
        configuration = Configuration(host=settings.api_base_url, access_token="")
        configuration.retries = False
        configuration.connection_pool_maxsize = _CONNECTIONS
        self.api_client = ApiClient(configuration)
        # Else the SDK writes this empty token over the one of each call.
        configuration.access_token = None
        self._token = _token_source(settings, self._timeout)

    def close(self) -> None:
        """Gives the connections back."""
        self.api_client.rest_client.pool_manager.clear()

    def call(
        self, endpoint: str, method: Callable[..., Any], *arguments: Any, **named: Any
    ) -> Answered | Refused | TryAgain:
        """One call of an SDK method (`…_with_http_info`), its result as a value.

        409 is Refused: only the caller knows whether it means "already accepted".
        """
        began = time.monotonic()
        no_token = self._authorise()
        if no_token is not None:
            return no_token
        try:
            response = method(*arguments, _request_timeout=self._timeout, **named)
        except ApiException as error:
            result: Refused | TryAgain = _failed(error)
            _note(endpoint, error.status, _request_id(error.headers), began)
            return result
        except (HTTPError, OSError) as error:
            _note(endpoint, type(error).__name__, None, began)
            never_left = isinstance(error, NewConnectionError | ConnectTimeoutError)
            return TryAgain(type(error).__name__, None, may_have_arrived=not never_left)
        request_id = _request_id(response.headers)
        _note(endpoint, response.status_code, request_id, began)
        return Answered(response.status_code, request_id, response.data)

    def fetch(self, endpoint: str, method: Callable[..., Any], *args: Any, **named: Any) -> Any:
        """What LINE answered. Raises NotAnswered when it did not succeed."""
        answer = self.call(endpoint, method, *args, **named)
        if not isinstance(answer, Answered):
            raise NotAnswered(endpoint, answer)
        return answer.data

    def _authorise(self) -> TryAgain | None:
        """None with a token in place. Without one the call itself never left."""
        began = time.monotonic()
        try:
            bearer = f"Bearer {self._token()}"
        except OauthException as error:
            _note("issue token", error.status, _request_id(error.headers), began)
            return TryAgain("no token", error.status, may_have_arrived=False)
        except (HTTPError, OSError) as error:
            _note("issue token", type(error).__name__, None, began)
            return TryAgain("no token", None, may_have_arrived=False)
        if self.api_client.default_headers.get("Authorization") != bearer:
            self.api_client.default_headers["Authorization"] = bearer
        return None


def accepted_request_id(headers: Any) -> str | None:
    """The request id of the earlier attempt that LINE had accepted (with a 409)."""
    value = headers.get("x-line-accepted-request-id") if headers else None
    return str(value)[:64] if value else None


def _token_source(settings: LineSettings, timeout: tuple[float, float]) -> TokenSource:
    if not (settings.channel_id and settings.channel_key_file):
        token = settings.access_token or ""
        return lambda: token
    configuration = OauthConfiguration(host=settings.api_base_url)
    api = ChannelAccessToken(OauthClient(configuration))

    def issue(assertion: str) -> Issued:
        began = time.monotonic()
        response = api.issue_channel_token_by_jwt_with_http_info(
            "client_credentials", ASSERTION_TYPE, assertion, _request_timeout=timeout
        )
        _note("issue token", response.status_code, _request_id(response.headers), began)
        issued = response.data
        return Issued(issued.access_token, timedelta(seconds=issued.expires_in))

    return OwnTokens(settings.channel_id, settings.channel_key_file, issue)


def _failed(error: ApiException) -> Refused | TryAgain:
    status = error.status or 0
    if status == 409:
        request_id = accepted_request_id(error.headers) or _request_id(error.headers)
        return Refused(409, request_id)
    if status == 429 and MONTH_IS_FULL in str(error.body):  # LINE's own words in its answer
        return TryAgain(MONTH_IS_FULL, status, may_have_arrived=False)
    # A token that was revoked is the operator's to mend; the message itself is not at fault.
    if status in (401, 403, 429):
        return TryAgain(f"status {status}", status, may_have_arrived=False)
    if status == 0 or status >= 500:
        return TryAgain(f"status {status}", status, may_have_arrived=True)
    return Refused(status, _request_id(error.headers))


def _request_id(headers: Any) -> str | None:
    value = headers.get("x-line-request-id") if headers else None
    return str(value)[:64] if value else None


def _note(endpoint: str, status: object, request_id: str | None, began: float) -> None:
    took = (time.monotonic() - began) * 1000
    log.info("LINE %s: %s, request id %s, %.0f ms", endpoint, status, request_id, took)
