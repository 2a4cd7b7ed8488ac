"""Chooses the embedding model that a setting names."""

from pathlib import Path

from bot.answers.brought import ModelError, brought_model
from bot.answers.bundled import bundled_model
from bot.answers.meaning import Embedder

__all__ = ["ModelError", "embedder_for"]


def embedder_for(setting: str) -> Embedder | None:
    """The model for `off`, `auto` or the path of an ONNX folder; None means words alone.

    `auto` is the bundled model where it is installed and the processor can run it. Raises
    ModelError when a folder is named and cannot be used.
    """
    if setting == "off":
        return None
    return bundled_model() if setting == "auto" else brought_model(Path(setting))
