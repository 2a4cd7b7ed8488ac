"""The rich menu endpoints: create, picture, default, per resident, aliases."""

from typing import Any

from bot.emulator import limits
from bot.emulator.calls import NOT_FOUND, Answer, Call, refuse
from bot.emulator.platform import Platform
from bot.emulator.rich_menus import RichMenu, check_rich_menu, is_alias

Json = dict[str, Any]


def validate(platform: Platform, call: Call) -> Answer:
    findings = check_rich_menu(call.body)
    if findings:
        first = findings.details[0]
        return Answer(400, findings.answer(), f"refused: {first['property']}: {first['message']}")
    return Answer(200)


def create(platform: Platform, call: Call) -> Answer:
    refused = validate(platform, call)
    if refused.status != 200:
        return refused
    menu_id = platform.rich_menus.create(call.body)
    if menu_id is None:
        return refuse(400, "The maximum number of rich menus has been reached")
    platform.save()
    return Answer(200, {"richMenuId": menu_id})


def get(platform: Platform, call: Call, menu_id: str) -> Answer:
    menu = platform.rich_menus.find(menu_id)
    return Answer(200, menu.as_json()) if menu else NOT_FOUND


def all_menus(platform: Platform, call: Call) -> Answer:
    return Answer(200, {"richmenus": [menu.as_json() for menu in platform.rich_menus.all()]})


def delete(platform: Platform, call: Call, menu_id: str) -> Answer:
    if not platform.rich_menus.delete(menu_id):
        return NOT_FOUND
    platform.save()
    return Answer(200)


def upload(platform: Platform, call: Call, menu_id: str) -> Answer:
    menu = platform.rich_menus.find(menu_id)
    if menu is None:
        return NOT_FOUND
    media_type = call.headers.get("Content-Type", "").split(";")[0].strip().lower()
    if media_type not in ("image/png", "image/jpeg"):
        return refuse(415, f"The content type, {media_type}, is not supported")
    problem = platform.rich_menus.upload(menu, call.raw)
    if problem is not None:
        return refuse(400, problem)
    platform.save()
    return Answer(200)


def picture(platform: Platform, call: Call, menu_id: str) -> Answer:
    menu = platform.rich_menus.find(menu_id)
    if menu is None or menu.picture is None:
        return NOT_FOUND
    return Answer(200, menu.picture, headers={"Content-Type": menu.media_type})


def set_default(platform: Platform, call: Call, menu_id: str) -> Answer:
    menu = _usable(platform, menu_id)
    if isinstance(menu, Answer):
        return menu
    platform.rich_menus.set_default(menu_id)
    platform.save()
    return Answer(200)


def get_default(platform: Platform, call: Call) -> Answer:
    default = platform.rich_menus.default
    if default is None:
        return refuse(404, "no default richmenu")
    return Answer(200, {"richMenuId": default})


def clear_default(platform: Platform, call: Call) -> Answer:
    platform.rich_menus.set_default(None)
    platform.save()
    return Answer(200)


def link(platform: Platform, call: Call, user_id: str, menu_id: str) -> Answer:
    """Links for friends; for anyone else LINE answers 200 and does nothing."""
    menu = _usable(platform, menu_id)
    if isinstance(menu, Answer):
        return menu
    return _link(platform, [user_id], menu_id) or Answer(200)


def unlink(platform: Platform, call: Call, user_id: str) -> Answer:
    return _link(platform, [user_id], None) or Answer(200)


def of_user(platform: Platform, call: Call, user_id: str) -> Answer:
    linked = platform.rich_menus.linked_to(user_id)
    if linked is None:
        return refuse(404, "the user has no richmenu")
    return Answer(200, {"richMenuId": linked})


def bulk_link(platform: Platform, call: Call) -> Answer:
    menu = _usable(platform, call.body.get("richMenuId"))
    if isinstance(menu, Answer):
        return menu
    return _link(platform, call.body.get("userIds"), menu.id) or Answer(202)


def bulk_unlink(platform: Platform, call: Call) -> Answer:
    return _link(platform, call.body.get("userIds"), None) or Answer(202)


def create_alias(platform: Platform, call: Call) -> Answer:
    alias = call.body.get("richMenuAliasId")
    if not is_alias(alias):
        return refuse(400, "richMenuAliasId is invalid")
    if platform.rich_menus.alias(alias) is not None:
        return refuse(400, "conflict richmenu alias id")
    if len(platform.rich_menus.aliases()) >= limits.RICH_MENU_ALIASES_PER_ACCOUNT:
        return refuse(400, "The maximum number of rich menu aliases has been reached")
    return _set_alias(platform, alias, call.body.get("richMenuId"))


def update_alias(platform: Platform, call: Call, alias: str) -> Answer:
    if platform.rich_menus.alias(alias) is None:
        return refuse(404, "richmenu alias not found")
    return _set_alias(platform, alias, call.body.get("richMenuId"))


def get_alias(platform: Platform, call: Call, alias: str) -> Answer:
    menu_id = platform.rich_menus.alias(alias)
    if menu_id is None:
        return refuse(404, "richmenu alias not found")
    return Answer(200, {"richMenuAliasId": alias, "richMenuId": menu_id})


def delete_alias(platform: Platform, call: Call, alias: str) -> Answer:
    if platform.rich_menus.alias(alias) is None:
        return refuse(404, "richmenu alias not found")
    platform.rich_menus.set_alias(alias, None)
    platform.save()
    return Answer(200)


def all_aliases(platform: Platform, call: Call) -> Answer:
    aliases = platform.rich_menus.aliases().items()
    return Answer(
        200, {"aliases": [{"richMenuAliasId": a, "richMenuId": menu_id} for a, menu_id in aliases]}
    )


def _set_alias(platform: Platform, alias: str, menu_id: Any) -> Answer:
    menu = _usable(platform, menu_id, missing=400)
    if isinstance(menu, Answer):
        return menu
    platform.rich_menus.set_alias(alias, menu.id)
    platform.save()
    return Answer(200)


def _usable(platform: Platform, menu_id: Any, *, missing: int = 404) -> RichMenu | Answer:
    menu = platform.rich_menus.find(menu_id) if isinstance(menu_id, str) else None
    if menu is None:
        return NOT_FOUND if missing == 404 else refuse(missing, "richmenu not found")
    if menu.picture is None:
        return refuse(400, "must upload richmenu image before applying it to user")
    return menu


def _link(platform: Platform, user_ids: Any, menu_id: str | None) -> Answer | None:
    if not isinstance(user_ids, list) or not 1 <= len(user_ids) <= limits.RICH_MENU_BULK_USERS:
        return refuse(400, "The property, 'userIds', in the request body is invalid")
    for user_id in user_ids:
        if not (isinstance(user_id, str) and user_id.startswith("U") and len(user_id) == 33):
            return refuse(400, "The value for the 'userId' parameter is invalid")
    for user_id in user_ids:
        member = platform.people.find_id(user_id)
        if member is not None and member.following:
            platform.rich_menus.link(user_id, menu_id)
    return None
