"""What only the sample city has, or is still left blank: it must never reach real residents."""

import re
import unicodedata

_LINES = "‐‑‒–—―−ー-"
_DIGITS = "一二三四五六七八九十百千"
_CIRCLES = "○〇◯●"
_MARK = re.compile(
    "|".join(
        (
            # 見本, but not 見本市 (a trade fair), of which 見本市役所 is none, nor 見本品.
            "見本(?!市(?!役所|長|民|立|内)|品|帳)",
            rf"(?<![\d{_LINES}])0(?:[{_LINES}]?0){{8,11}}(?![\d{_LINES}])",
            r"\bcity\.example\b",
            # 〇〇 and ○月○日, but not 二〇二六年, 一〇月 or ○×.
            rf"(?<![{_DIGITS}{_CIRCLES}])[{_CIRCLES}]{{2,}}(?![{_DIGITS}])",
            rf"(?<![{_DIGITS}{_CIRCLES}])[{_CIRCLES}](?=[年月日時分円人名階])",
        )
    ),
    re.IGNORECASE,
)


def placeholders_in(text: str) -> tuple[str, ...]:
    """The placeholders in a text as they stand there, each once; widths make no difference."""
    return tuple(dict.fromkeys(_MARK.findall(unicodedata.normalize("NFKC", text))))


def holds_placeholder(text: str) -> bool:
    """True when the text must not be sent to real residents yet."""
    return bool(placeholders_in(text))
