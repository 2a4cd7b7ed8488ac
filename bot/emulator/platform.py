"""The emulated platform: one account, its friends, their chats, and the rules between them."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.emulator import events as event_shapes
from bot.emulator import identifiers, limits
from bot.emulator.access import AccessTokens
from bot.emulator.chats import Chats, Line
from bot.emulator.civil_clock import CivilClock
from bot.emulator.contents import Contents
from bot.emulator.delivery import REDELIVERY_AFTER, Courier, Parcel
from bot.emulator.faults import Faults
from bot.emulator.journal import Journal
from bot.emulator.people import Member, People
from bot.emulator.rates import Rates
from bot.emulator.retry_keys import RetryKeys
from bot.emulator.rich_menus import RichMenus
from bot.emulator.statistics import Statistics
from bot.emulator.tokens import ReplyTokens

Json = dict[str, Any]


def real_time() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class PlatformSettings:
    """How one emulated platform is set up. Seconds throughout; the webhook may be changed later."""

    webhook_url: str
    channel_secret: str
    channel_token: str
    channel_id: str = "1000000000"
    product_url: str = ""
    clock_file: Path | None = None
    log_file: Path | None = None
    data_dir: Path | None = None
    latency: float = 0.0
    reply_token_seconds: float = limits.REPLY_TOKEN_SECONDS
    webhook_timeout: float = limits.WEBHOOK_ANSWER_SECONDS
    redelivery_after: tuple[float, ...] = REDELIVERY_AFTER
    monthly_limit: int | None = None
    now: Callable[[], datetime] = field(default=real_time, compare=False)


class Platform:
    """Ties the rules together. Every public part is safe between threads."""

    def __init__(self, settings: PlatformSettings) -> None:
        self.settings = settings
        self.now = settings.now
        self.bot_user_id = identifiers.user_id(f"account:{settings.channel_id}")
        self.latency = settings.latency
        self.people = People()
        self.chats = Chats()
        self.contents = Contents()
        self.reply_tokens = ReplyTokens(settings.reply_token_seconds)
        self.retry_keys = RetryKeys()
        self.access = AccessTokens(settings.channel_token, settings.channel_id)
        self.rates = Rates()
        self.faults = Faults()
        self.journal = Journal(settings.log_file)
        self.rich_menus = RichMenus()
        self.statistics = Statistics(settings.monthly_limit)
        self.clock = CivilClock(settings.clock_file)
        self.message_ids = identifiers.MessageIds(self.now())
        self.courier = Courier(
            url=settings.webhook_url,
            channel_secret=settings.channel_secret,
            destination=self.bot_user_id,
            journal=self.journal,
            faults=self.faults,
            timeout=settings.webhook_timeout,
            redelivery_after=settings.redelivery_after,
        )
        self._load()

    def stop(self) -> None:
        self.courier.stop()
        self.journal.close()

    def reset(self) -> None:
        """Back to the first morning, rich menus, issued tokens and the log file aside."""
        self.courier.forget_all()
        self.faults.withdraw()
        self.chats.clear()
        self.contents.clear()
        self.reply_tokens.clear()
        self.retry_keys.clear()
        self.rates.clear()
        self.statistics.clear()
        self.people.restore_samples()
        self.rich_menus.unlink_everyone()
        self.journal.clear()
        self.clock.back_to_real_time()
        self.latency = self.settings.latency
        self.save()

    def send_event(self, partial: Json, resident: Member | None, group: Member | None) -> Json:
        """Completes the event and sends it off; gives the event as it travels."""
        event = self.prepare_event(partial, resident, group)
        self.post(event)
        return event

    def post(self, *events: Json) -> None:
        """Sends events off in one delivery."""
        self.courier.post(Parcel(events))

    def prepare_event(self, partial: Json, resident: Member | None, group: Member | None) -> Json:
        source = event_shapes.source_of(resident, group)
        event = event_shapes.complete(partial, source, self.message_ids.new(), self.now())
        if event_shapes.wants_token(event, partial):
            chat = group or resident
            chat_id = chat.chat_id if chat else ""
            event_id = str(event.get("webhookEventId", ""))
            event["replyToken"] = self.reply_tokens.issue(chat_id, event_id, self.now())
        return event

    def show(
        self,
        member: Member,
        message: Json,
        *,
        sender: str,
        via: str,
        id: str | None = None,
    ) -> Line:
        """Puts one message into a member's chat."""
        return self.chats.add(
            member.chat_id,
            id=id or self.message_ids.new(),
            at=self.now().isoformat(),
            sender=sender,
            via=via,
            message=message,
        )

    def start_loading(self, chat_id: str, seconds: float) -> None:
        self.chats.start_loading(chat_id, time.monotonic() + seconds)

    def loading_seconds_left(self, chat_id: str) -> float:
        return max(0.0, self.chats.loading_until(chat_id) - time.monotonic())

    def save(self) -> None:
        """Keeps people and rich menus for the next run, when there is a folder to keep them in."""
        folder = self.settings.data_dir
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        state = {"people": [m.as_json() for m in self.people.everyone()]}
        draft = folder / "people.json.new"
        draft.write_text(json.dumps(state, ensure_ascii=False, indent=1), encoding="utf-8")
        draft.replace(folder / "people.json")
        self.rich_menus.save(folder)

    def _load(self) -> None:
        folder = self.settings.data_dir
        if folder is None or not folder.exists():
            return
        saved = folder / "people.json"
        if saved.exists():
            self.people.load(json.loads(saved.read_text(encoding="utf-8"))["people"])
        self.rich_menus.load(folder)
