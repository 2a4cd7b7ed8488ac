"""The kinds of knowledge that staff edit by form: fields, cards, and what they are held to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import content
from bot.city import City
from bot.knowledge.plain_japanese import PlainJapanese
from bot.knowledge.rules import online
from bot.knowledge.shelves import ENTRIES, PROCEDURES, Shelf
from bot.knowledge.tables.formats import Column, Format
from bot.line.limits import Message
from bot.speech import answer_cards, procedure_cards
from bot.speech.texts import Voice

Card = Callable[[Voice, City, Any, date], list[Message]]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind: where it is kept, its columns, the groups of its form, its card on a phone."""

    shelf: Shelf[Any]
    form: Format
    groups: Sequence[tuple[str, tuple[str, ...]]]
    read_plainly: tuple[str, ...]
    title_field: str
    card: Card

    @property
    def name(self) -> str:
        """What it is called in addresses, texts and the audit trail."""
        return self.shelf.kind

    def column(self, field: str) -> Column:
        """The column of a field."""
        return next(column for column in self.form.columns if column.field == field)

    def title(self, held: Any) -> str:
        """What staff know one by."""
        return str(getattr(held, self.title_field))


@dataclass(frozen=True, slots=True)
class KnowledgeKinds:
    """Both kinds, and the measure of plain Japanese."""

    kinds: Mapping[str, Kind]
    plain: PlainJapanese

    @classmethod
    def read(cls) -> "KnowledgeKinds":
        """As content describes them; read once, at the start."""
        common = content.toml("formats/common.toml")

        def form(name: str) -> Format:
            return Format.of(content.toml(f"formats/{name}.toml"), common)

        faq = Kind(
            ENTRIES, form("faq"), _FAQ_GROUPS, ("answer", "easy"), "question", _card_of_entry
        )
        procedures = Kind(
            PROCEDURES,
            form("procedures"),
            _PROCEDURE_GROUPS,
            ("description",),
            "name",
            _card_of_procedure,
        )
        return cls(
            kinds={kind.name: kind for kind in (faq, procedures)},
            plain=PlainJapanese.from_toml(content.toml("plain-japanese.toml")),
        )


_FAQ_GROUPS = (
    ("asked", ("question", "wordings", "topic")),
    ("said", ("answer", "easy")),
    ("facts", ("bring", "deadline", "fee", "place")),
    ("ways", ("online_url", "procedure", "source_url", "phone")),
    ("care", ("section", "expires", "sample")),
)
_PROCEDURE_GROUPS = (
    ("named", ("name", "wordings", "life_events", "description")),
    ("online", ("online_status", "planned_year", "system", "online_url", "national")),
    ("facts", ("needed", "deadline", "fee", "fee_online", "identity", "place")),
    ("care", ("section", "source_url", "sample")),
)


def _card_of_entry(voice: Voice, city: City, entry: Any, _today: date) -> list[Message]:
    return answer_cards.answer(voice, city, entry, 0)


def _card_of_procedure(voice: Voice, city: City, procedure: Any, today: date) -> list[Message]:
    return procedure_cards.one(voice, city, procedure, online(procedure, today))
