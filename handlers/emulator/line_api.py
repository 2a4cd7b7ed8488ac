"""LINE's HTTP API by address: which path leads to which rule of the platform."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Blueprint, Response, request

from bot.emulator import (
    account,
    content_calls,
    insight,
    menu_calls,
    oauth_calls,
    sending,
)
from bot.emulator.calls import NOT_FOUND, Answer, Call
from bot.emulator.platform import Platform
from handlers.emulator.gate import Gate

Rule = Callable[..., Answer]

# (method, path, endpoint's name, rule); names are what faults and the log use.
JSON_CALLS: tuple[tuple[str, str, str, Rule], ...] = (
    ("POST", "/v2/bot/message/reply", "reply", sending.reply),
    ("POST", "/v2/bot/message/push", "push", sending.push),
    ("POST", "/v2/bot/message/multicast", "multicast", sending.multicast),
    ("POST", "/v2/bot/message/narrowcast", "narrowcast", sending.narrowcast),
    ("POST", "/v2/bot/message/broadcast", "broadcast", sending.broadcast),
    ("POST", "/v2/bot/chat/loading/start", "loading", account.loading),
    ("POST", "/v2/bot/chat/markAsRead", "markAsRead", account.mark_as_read),
    ("PUT", "/v2/bot/channel/webhook/endpoint", "webhook/endpoint", account.set_webhook),
    ("POST", "/v2/bot/richmenu", "richmenu/create", menu_calls.create),
    ("POST", "/v2/bot/richmenu/validate", "richmenu/validate", menu_calls.validate),
    ("POST", "/v2/bot/richmenu/alias", "richmenu/alias", menu_calls.create_alias),
    ("POST", "/v2/bot/richmenu/alias/<alias>", "richmenu/alias", menu_calls.update_alias),
    ("POST", "/v2/bot/richmenu/bulk/link", "richmenu/link", menu_calls.bulk_link),
    ("POST", "/v2/bot/richmenu/bulk/unlink", "richmenu/link", menu_calls.bulk_unlink),
)
FormRule = Callable[[Platform, Mapping[str, Any], Call], Answer]
OAUTH_CALLS: tuple[tuple[str, str, FormRule], ...] = (
    ("POST", "/oauth2/v2.1/token", oauth_calls.issue_v21),
    ("POST", "/oauth2/v3/token", oauth_calls.issue_stateless),
    ("POST", "/oauth2/v2.1/revoke", oauth_calls.revoke),
    ("POST", "/v2/oauth/revoke", oauth_calls.revoke),
    ("POST", "/oauth2/v2.1/verify", oauth_calls.verify_id_token),
    ("GET", "/oauth2/v2.1/verify", oauth_calls.verify_access_token),
    ("POST", "/v2/oauth/verify", oauth_calls.verify_access_token),
    ("GET", "/oauth2/v2.1/tokens/kid", oauth_calls.key_ids),
)
VALIDATIONS = ("reply", "push", "multicast", "narrowcast", "broadcast")
PLAIN_CALLS: tuple[tuple[str, str, str, Rule], ...] = (
    ("GET", "/v2/bot/profile/<user_id>", "profile", account.profile),
    ("GET", "/v2/bot/info", "info", account.info),
    ("GET", "/v2/bot/followers/ids", "followers", account.follower_ids),
    ("GET", "/v2/bot/message/quota", "quota", account.quota),
    ("GET", "/v2/bot/message/quota/consumption", "quota", account.consumption),
    ("GET", "/v2/bot/message/delivery/<kind>", "delivery", account.delivered),
    ("GET", "/v2/bot/message/progress/narrowcast", "progress", account.narrowcast_progress),
    ("GET", "/v2/bot/message/aggregation/info", "aggregation", account.unit_count),
    ("GET", "/v2/bot/message/aggregation/list", "aggregation", account.unit_names),
    ("GET", "/v2/bot/message/<message_id>/content", "content", content_calls.content),
    ("GET", "/v2/bot/message/<message_id>/content/preview", "content", content_calls.content),
    (
        "GET",
        "/v2/bot/message/<message_id>/content/transcoding",
        "content",
        content_calls.transcoding,
    ),
    ("GET", "/v2/bot/channel/webhook/endpoint", "webhook/endpoint", account.get_webhook),
    ("POST", "/v2/bot/channel/webhook/test", "webhook/test", account.test_webhook),
    ("GET", "/v2/bot/group/<group_id>/summary", "group", account.group_summary),
    ("POST", "/v2/bot/group/<group_id>/leave", "group", account.leave_group),
    ("GET", "/v2/bot/richmenu/list", "richmenu", menu_calls.all_menus),
    ("GET", "/v2/bot/richmenu/<menu_id>", "richmenu", menu_calls.get),
    ("DELETE", "/v2/bot/richmenu/<menu_id>", "richmenu/delete", menu_calls.delete),
    ("POST", "/v2/bot/richmenu/<menu_id>/content", "richmenu/content", menu_calls.upload),
    ("GET", "/v2/bot/richmenu/<menu_id>/content", "richmenu/content", menu_calls.picture),
    ("GET", "/v2/bot/richmenu/alias/list", "richmenu/alias", menu_calls.all_aliases),
    ("GET", "/v2/bot/richmenu/alias/<alias>", "richmenu/alias", menu_calls.get_alias),
    ("DELETE", "/v2/bot/richmenu/alias/<alias>", "richmenu/alias/delete", menu_calls.delete_alias),
    ("POST", "/v2/bot/user/all/richmenu/<menu_id>", "richmenu/default", menu_calls.set_default),
    ("GET", "/v2/bot/user/all/richmenu", "richmenu/default", menu_calls.get_default),
    ("DELETE", "/v2/bot/user/all/richmenu", "richmenu/default", menu_calls.clear_default),
    ("POST", "/v2/bot/user/<user_id>/richmenu/<menu_id>", "richmenu/link", menu_calls.link),
    ("GET", "/v2/bot/user/<user_id>/richmenu", "richmenu/link", menu_calls.of_user),
    ("DELETE", "/v2/bot/user/<user_id>/richmenu", "richmenu/link", menu_calls.unlink),
    ("GET", "/v2/bot/insight/followers", "insight", insight.followers),
    ("GET", "/v2/bot/insight/message/delivery", "insight", insight.deliveries),
    ("GET", "/v2/bot/insight/message/event", "insight", insight.message_event),
    ("GET", "/v2/bot/insight/message/event/aggregation", "insight", insight.unit_event),
    ("GET", "/v2/bot/insight/demographic", "insight", insight.demographic),
)


def line_api(platform: Platform) -> Blueprint:
    """The blueprint with every emulated endpoint; an unknown one answers 404 and is logged."""
    door = Blueprint("line", __name__)
    gate = Gate(platform)

    def open_door(method: str, path: str, name: str, rule: Rule, takes_json: bool) -> None:
        def view(**parts: str) -> Response:
            return gate.pass_through(
                name, lambda call: rule(platform, call, **parts), takes_json=takes_json
            )

        door.add_url_rule(path, f"{method} {path}", view, methods=[method])

    for call in JSON_CALLS:
        open_door(*call, takes_json=True)
    for call in PLAIN_CALLS:
        open_door(*call, takes_json=False)
    for kind in VALIDATIONS:
        path = f"/v2/bot/message/validate/{kind}"
        open_door("POST", path, "validate", _validate, takes_json=True)
    _open_oauth(door, gate, platform)

    @door.route("/v2/<path:rest>", methods=["GET", "POST", "PUT", "DELETE"])
    def unknown(rest: str) -> Response:
        return gate.pass_through("unknown", lambda call: NOT_FOUND)

    return door


def _validate(platform: Platform, call: Call) -> Answer:
    return sending.validate(call)


def _open_oauth(door: Blueprint, gate: Gate, platform: Platform) -> None:
    """The token endpoints: forms or queries, open to anyone as on LINE."""

    def open_door(method: str, path: str, rule: FormRule) -> None:
        def view() -> Response:
            asked = request.form if method == "POST" else request.args
            return gate.pass_through(
                "oauth", lambda call: rule(platform, asked, call), open_to_all=True
            )

        name = f"{method} {path}".replace(".", "_")
        door.add_url_rule(path, name, view, methods=[method])

    for call in OAUTH_CALLS:
        open_door(*call)
