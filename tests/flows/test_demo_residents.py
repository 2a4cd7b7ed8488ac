"""In the demo the resident who reads やさしい日本語 is spoken to so from the first word."""

from bot.db import Database
from bot.emulator.identifiers import user_id
from bot.emulator.people import SAMPLES
from bot.sealing import Sealer
from handlers.demo_residents import STYLES, add_sample_residents
from tests.flows.chatting import Resident, words


def test_whose_name_says_how_they_read_is_spoken_to_so_until_they_choose_otherwise(
    database: Database, sealer: Sealer, resident: Resident
) -> None:
    now = resident.answering.civil()
    assert set(STYLES) <= {key for key, _ in SAMPLES}
    assert add_sample_residents(database, sealer, now) == 1
    easy = Resident(database, sealer, resident.answering, user_id=user_id("easy"))
    assert "何（なに）を しますか" in words(easy.says("メニュー"))
    easy.says("ふつうの日本語")
    assert add_sample_residents(database, sealer, now) == 0
    assert "何をしますか" in words(easy.says("メニュー"))
