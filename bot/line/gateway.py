"""Everything this program says to LINE goes through here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from linebot.v3.messaging import (
    BroadcastRequest,
    MessagingApi,
    MessagingApiBlob,
    MulticastRequest,
    PushMessageRequest,
    ReplyMessageRequest,
    RichMenuRequest,
    ValidateMessageRequest,
)

from bot.line import insight
from bot.line.client import Answered, LineClient, NotAnswered, Timeouts
from bot.line.insight import Followers
from bot.line.outcomes import Accepted, AlreadyAccepted, Outcome, Refused, TryAgain
from bot.settings import LineSettings

Message = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Quota:
    """Messages of this month; `limit` is None where the plan has none."""

    limit: int | None
    used: int


@dataclass(frozen=True, slots=True)
class RichMenu:
    """A rich menu that stands at LINE."""

    rich_menu_id: str
    name: str


@dataclass(frozen=True, slots=True)
class WebhookEndpoint:
    """Where LINE delivers events to, and whether it does."""

    address: str
    active: bool


class _Reply(ReplyMessageRequest):  # type: ignore[misc]
    """A request whose messages are JSON objects already, checked by `bot.line.limits`.

    They go out as they were kept: the SDK's own models take 3 ms a reply and silently drop what
    they do not know, so that a retry might differ after an update.
    """

    class Config:
        copy_on_model_validation = "none"

    def to_dict(self) -> dict[str, Any]:
        return {"replyToken": self.reply_token, "messages": self.messages}


class _Push(PushMessageRequest):  # type: ignore[misc]
    """Like _Reply."""

    class Config:
        copy_on_model_validation = "none"

    def to_dict(self) -> dict[str, Any]:
        return {"to": self.to, "messages": self.messages}


class _Multicast(MulticastRequest):  # type: ignore[misc]
    """Like _Reply."""

    class Config:
        copy_on_model_validation = "none"

    def to_dict(self) -> dict[str, Any]:
        units = self.custom_aggregation_units
        counted = {"customAggregationUnits": units} if units else {}
        return {"to": self.to, "messages": self.messages, **counted}


class _Broadcast(BroadcastRequest):  # type: ignore[misc]
    """Like _Reply."""

    class Config:
        copy_on_model_validation = "none"

    def to_dict(self) -> dict[str, Any]:
        return {"messages": self.messages}


class _Validate(ValidateMessageRequest):  # type: ignore[misc]
    """Like _Reply."""

    class Config:
        copy_on_model_validation = "none"

    def to_dict(self) -> dict[str, Any]:
        return {"messages": self.messages}


class Gateway:
    """The LINE channel. One a process, shared by its threads; made after a fork.

    Messages are the JSON objects of LINE's Messaging API. `reply`, `push` and `multicast` return
    an outcome and never raise for what LINE or the network does; the others raise NotAnswered.
    """

    def __init__(self, settings: LineSettings, timeouts: Timeouts | None = None) -> None:
        self._line = LineClient(settings, timeouts)
        self._messaging = MessagingApi(self._line.api_client)
        self._blobs = MessagingApiBlob(self._line.api_client)

    def close(self) -> None:
        """Gives the connections back."""
        self._line.close()

    def reply(self, reply_token: str, messages: Sequence[Message]) -> Outcome:
        """Answers an event. A token works once, so a second call with it is Refused(400)."""
        request = _Reply.construct(reply_token=reply_token, messages=list(messages))
        return _outcome(
            self._line.call("reply", self._messaging.reply_message_with_http_info, request)
        )

    def push(self, to: str, messages: Sequence[Message], retry_key: str) -> Outcome:
        """Sends to one resident. Calling again with the same key and body sends once."""
        request = _Push.construct(to=to, messages=list(messages))
        method = self._messaging.push_message_with_http_info
        return _outcome(self._line.call("push", method, request, x_line_retry_key=retry_key))

    def multicast(
        self,
        to: Sequence[str],
        messages: Sequence[Message],
        retry_key: str,
        unit: str | None = None,
    ) -> Outcome:
        """Sends to at most 500 residents. Calling again with the same key and body sends once.

        `unit` ([A-Za-z0-9_], at most 30) is the name under which LINE counts what became of it.
        """
        request = _Multicast.construct(
            to=list(to), messages=list(messages), custom_aggregation_units=[unit] if unit else None
        )
        method = self._messaging.multicast_with_http_info
        return _outcome(self._line.call("multicast", method, request, x_line_retry_key=retry_key))

    def broadcast(self, messages: Sequence[Message], retry_key: str) -> Outcome:
        """Sends to every friend of the account. The same key and body again sends once.

        LINE takes 60 calls an hour. For emergencies alone: it reaches people who chose nothing.
        """
        request = _Broadcast.construct(messages=list(messages))
        method = self._messaging.broadcast_with_http_info
        return _outcome(self._line.call("broadcast", method, request, x_line_retry_key=retry_key))

    def takes(self, messages: Sequence[Message]) -> Outcome:
        """Whether LINE would take these messages in a multicast; nothing is sent."""
        request = _Validate.construct(messages=list(messages))
        method = self._messaging.validate_multicast_with_http_info
        return _outcome(self._line.call("validate", method, request))

    def unit_sums(self, unit: str, first: date, last: date) -> tuple[int | None, int | None]:
        """How many people saw what was sent under a unit's name, and tapped in it.

        Days are Japan's, both included, at most 30 apart. LINE gives None under 20 people and
        until about a day after. Raises NotAnswered.
        """

        def ask(_request_timeout: Any) -> Any:
            # Not through the SDK's insight package, which brings a second pool of connections.
            return self._line.api_client.call_api(
                "/v2/bot/insight/message/event/aggregation",
                "GET",
                query_params=[
                    ("customAggregationUnit", unit),
                    ("from", f"{first:%Y%m%d}"),
                    ("to", f"{last:%Y%m%d}"),
                ],
                header_params={"Accept": "application/json"},
                response_types_map={"200": "object"},
                auth_settings=["Bearer"],
                _request_timeout=_request_timeout,
            )

        overview = self._line.fetch("unit sums", ask).get("overview") or {}
        return overview.get("uniqueImpression"), overview.get("uniqueClick")

    def quota(self) -> Quota:
        """This month's limit and use."""
        limit = self._line.fetch("quota", self._messaging.get_message_quota_with_http_info)
        method = self._messaging.get_message_quota_consumption_with_http_info
        used = self._line.fetch("quota consumption", method)
        return Quota(limit.value, used.total_usage)

    def create_rich_menu(self, menu: dict[str, Any]) -> str:
        """Stores a rich menu's description; its id. It shows nothing without an image."""
        method = self._messaging.create_rich_menu_with_http_info
        made = self._line.fetch("create rich menu", method, RichMenuRequest.from_dict(menu))
        return str(made.rich_menu_id)

    def upload_rich_menu_image(self, rich_menu_id: str, png: bytes) -> None:
        """Gives a rich menu its picture, at most 1 MB; it cannot be replaced later."""
        method = self._blobs.set_rich_menu_image_with_http_info
        headers = {"Content-Type": "image/png"}
        self._line.fetch("rich menu image", method, rich_menu_id, body=png, _headers=headers)

    def show_rich_menu_to_all(self, rich_menu_id: str) -> None:
        """Makes it the menu of everyone who has none of their own."""
        method = self._messaging.set_default_rich_menu_with_http_info
        self._line.fetch("set default rich menu", method, rich_menu_id)

    def default_rich_menu(self) -> str | None:
        """The id of the menu everyone sees, or None."""
        method = self._messaging.get_default_rich_menu_id_with_http_info
        answer = self._line.call("default rich menu", method)
        if isinstance(answer, Answered):
            return str(answer.data.rich_menu_id)
        if isinstance(answer, Refused) and answer.status == 404:
            return None
        raise NotAnswered("default rich menu", answer)

    def hide_rich_menu(self) -> None:
        """Nobody sees a default menu any more; without one this changes nothing."""
        method = self._messaging.cancel_default_rich_menu_with_http_info
        self._line.fetch("cancel default rich menu", method)

    def rich_menus(self) -> list[RichMenu]:
        """All rich menus made through the API."""
        method = self._messaging.get_rich_menu_list_with_http_info
        listed = self._line.fetch("list rich menus", method)
        return [RichMenu(menu.rich_menu_id, menu.name) for menu in listed.richmenus]

    def delete_rich_menu(self, rich_menu_id: str) -> None:
        """Removes a rich menu; one that is gone already is no error."""
        method = self._messaging.delete_rich_menu_with_http_info
        answer = self._line.call("delete rich menu", method, rich_menu_id)
        gone = isinstance(answer, Refused) and answer.status == 404
        if not isinstance(answer, Answered) and not gone:
            raise NotAnswered("delete rich menu", answer)

    def account_name(self) -> str:
        """The name of the account the token belongs to; a token that is not valid raises."""
        answer = self._line.fetch("bot info", self._messaging.get_bot_info_with_http_info)
        return str(answer.display_name)

    def followers(self, day: date) -> Followers | None:
        """LINE's count of friends on a day; None while it is not ready."""
        return insight.followers(self._line, day)

    def webhook_endpoint(self) -> WebhookEndpoint | None:
        """What is set at LINE, or None when nothing is."""
        method = self._messaging.get_webhook_endpoint_with_http_info
        answer = self._line.call("webhook endpoint", method)
        if isinstance(answer, Answered):
            return WebhookEndpoint(answer.data.endpoint, answer.data.active)
        if isinstance(answer, Refused) and answer.status == 404:
            return None
        raise NotAnswered("webhook endpoint", answer)


def _outcome(answer: Answered | Refused | TryAgain) -> Outcome:
    if isinstance(answer, Answered):
        return Accepted(answer.request_id)
    if isinstance(answer, Refused) and answer.status == 409:
        return AlreadyAccepted(answer.request_id)
    return answer
