"""Hears in free text who wants to book, see or give up a class; questions about classes are left
to the knowledge.

A message is such a wish only when nothing else is said in it: 「スマホ教室に行きたい」 is one,
「スマホ教室の料金は？」 is a question.
"""

import re

from bot.classes.naming import read_code
from handlers.chat import booking, booking_mine
from handlers.chat.turn import Handler, Turn
from handlers.chat.typed import fold

_LONGEST = 40
_STOPS = "。．！!"
_WHEN = "(?:(?:今日|きょう|明日|あした|あす|明後日|あさって|今週|来週|つぎ|次|今度|こんど)の?)?"
_MINE = "(?:わたし|私|うち|自分|じぶん)?の?"
# Words are compared folded: without the long mark, katakana as hiragana.
_CLASS = "(?:すまほ|すまとふぉん|けいたい|携帯)?の?(?:教室|きょうしつ|講座|こうざ|講習会?)"
_SMARTPHONE_CLASS = "(?:すまほ|すまとふぉん)の?(?:教室|きょうしつ|講座|こうざ|講習会?)"
_TAIL = (
    "(?:の|ん)?(?:です|だ|である|ます)?(?:けれども|けれど|けど|が)?(?:ね|よ|な|わ|の|か)*"
    "(?:お?願いします|おねがいします|ください)?"
)
_WANT = (
    "(?:(?:行|い|参加し|さんかし|通|かよ|申し?込|もうしこ|予約し|よやくし|受け|うけ|出|で|習|なら)"
    "(?:き|い|み)?たい|(?:行って|いって|参加して|通って|受けて|うけて|習って|出て)みたい)"
)
_BOOK = re.compile(
    f"{_WHEN}{_CLASS}(?:に|へ|を|で)?{_WANT}{_TAIL}|{_WHEN}{_CLASS}の?"
    f"(?:予約|よやく|申し?込み?|もうしこみ)(?:を|が)?(?:したい|する|して){_TAIL}"
    f"|{_SMARTPHONE_CLASS}(?:を|が)?(?:探して|さがして)(?:いる|います|る|ほしい|ください){_TAIL}"
    f"|(?:近く|ちかく)の{_CLASS}(?:を|に)?(?:探したい|さがしたい|行きたい|いきたい){_TAIL}"
)
_GIVE_UP = re.compile(
    f"{_WHEN}{_MINE}{_CLASS}?の?(?:予約|よやく)?(?:に|を|は|が|の)?"
    "(?:やめたい|やめます|やめる|やめて|(?:行|い)け(?:ない|ません|なくなった|なくなりました)"
    "|休みたい|やすみたい|休みます|やすみます|休む"
    f"|(?:きゃんせる|取り?消し?|とりけし)(?:したい|します|する|して|たい)?){_TAIL}"
)
_MENTIONS = re.compile(f"{_CLASS}|予約|よやく")
_SEE = re.compile(
    f"{_WHEN}{_MINE}{_CLASS}?の?(?:予約|よやく)(?:を|は|が|の)?"
    "(?:見たい|みたい|見せて|みせて|見る|みる|いつ|(?:確認|かくにん)(?:を?(?:したい|する|して))?"
    "|確かめたい|たしかめたい|どうなって(?:る|いる|ます|いますか)?)"
    f"{_TAIL}|{_MINE}(?:予約|よやく)"
)
_AT_WHAT_TIME = re.compile(
    f"{_WHEN}{_CLASS}(?:は|って)?(?:何時|なんじ)(?:から|だっけ|に始まる|にはじまる)?{_TAIL}"
)
_WHEN_IS_IT = re.compile(f"{_WHEN}{_CLASS}(?:は|って)?いつ(?:から|だっけ)?{_TAIL}")
_CODE = re.compile(
    r"\s*(?:予約|連携|控え)?の?(?:コード|ｺｰﾄﾞ)?[は：:]?\s*([\d０-９\s\-－ー‐]{8,16})\s*(?:です)?\s*"
)


def heard(turn: Turn, said: str) -> Handler | None:
    """Who answers a wish about classes; None for all that is a question or something else.

    Giving up, and the day, are only about a booking there is: else the knowledge tells how.
    """
    if len(said) > _LONGEST:
        return None
    if code_in(said) is not None:
        return booking_mine.code
    folded = fold(said)
    if _BOOK.fullmatch(folded):
        return booking.start
    if _SEE.fullmatch(folded):
        return booking_mine.mine
    if _AT_WHAT_TIME.fullmatch(folded):
        return booking_mine.mine if booking_mine.running(turn) else booking.start
    is_about_one = _GIVE_UP.fullmatch(folded) and _MENTIONS.search(folded)
    if (is_about_one or _WHEN_IS_IT.fullmatch(folded)) and booking_mine.running(turn):
        return booking_mine.mine
    return None


def code_in(said: str) -> str | None:
    """The eight digits of a message that is a link code and nothing else; None for any other."""
    found = _CODE.fullmatch(said.strip().rstrip(_STOPS))
    return None if found is None else read_code(found.group(1))
