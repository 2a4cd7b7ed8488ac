"""The readings that the program adds, made from the city's own files."""

import content
from bot.answers.words import word_cutter
from bot.speech.furigana import Furigana
from bot.speech.proper_names import Names


def readings_of_the_city() -> Furigana:
    """As the program makes it when it starts."""
    readings = content.toml("readings.toml")
    places = content.toml("classes.toml")["venue"]
    names = Names.from_toml(content.toml("city.toml"), places, readings)
    return Furigana(word_cutter(), readings["words"], names)
