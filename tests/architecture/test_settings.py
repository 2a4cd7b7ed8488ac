"""Every setting the program reads is explained in the README."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_setting_is_documented() -> None:
    read = (ROOT / "bot" / "settings.py").read_text(encoding="utf-8")
    settings = set(re.findall(r'"((?:MADOGUCHI|LINE|LIFF|DATABASE)_[A-Z_]+)"', read))
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert {name for name in settings if f"`{name}`" not in readme} == set()
    assert len(settings) >= 15
