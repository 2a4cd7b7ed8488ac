"""The sample city knows as much as it promises."""

import csv
import re
from pathlib import Path

import content

DIGITAL = {
    "smartphone",
    "line",
    "mynumber-card",
    "mynaportal",
    "scams",
    "classes",
    "online-procedures",
}


def entries() -> list[tuple[str, dict[str, object]]]:
    return [
        (file.stem, entry)
        for file in sorted((content.folder() / "faq").glob("*.toml"))
        for entry in content.toml(f"faq/{file.name}")["entry"]
    ]


def procedures() -> list[dict[str, str]]:
    with (content.folder() / "procedures.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_there_are_at_least_150_entries_each_asked_in_two_to_five_other_ways() -> None:
    assert len(entries()) >= 150
    odd = [e["id"] for _, e in entries() if not 2 <= len(e["wordings"]) <= 5]  # type: ignore[arg-type]
    assert odd == []


def test_at_least_60_entries_are_told_in_easy_japanese() -> None:
    assert sum(1 for _, entry in entries() if entry.get("easy")) >= 60


def test_a_third_of_all_entries_is_about_the_digital_world() -> None:
    digital = sum(1 for topic, _ in entries() if topic in DIGITAL)
    assert digital * 3 >= len(entries())


def test_there_are_at_least_70_procedures_among_them_the_31_of_the_national_plan() -> None:
    assert len(procedures()) >= 70
    assert sum(1 for row in procedures() if row["国の31手続"] == "1") == 31


def test_there_are_at_least_300_groups_of_synonyms() -> None:
    assert len(content.toml("synonyms.toml")["group"]) >= 300


def test_no_number_of_the_city_can_be_rung() -> None:
    sections = content.toml("city.toml")["sections"].values()
    assert {section["phone"] for section in sections} == {"000-0000-0000"}


def test_nothing_can_be_set_for_a_city_that_nobody_reads() -> None:
    root = Path(__file__).parents[2]
    files = [
        root / "wsgi.py",
        *(f for d in ("bot", "handlers", "scheduler") for f in (root / d).rglob("*.py")),
    ]
    read = set(re.findall(r"\w+", " ".join(file.read_text(encoding="utf-8") for file in files)))
    city = content.toml("city.toml")
    tables = (city["city"], city["rules"], city["rules"]["retention"], city["rules"]["classes"])
    assert [key for table in tables for key in table if key not in read] == []
