"""An embedding model that the operator brings as a folder: `model.onnx` and `tokenizer.json`."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np

from bot.answers.meaning import Vector

_LONGEST = 512


class ModelError(Exception):
    """The folder cannot be used; `str()` is one sentence that says why."""


class BroughtModel:
    """Mean-pooled sentence vectors from an ONNX model; safe to ask from several threads.

    `madoguchi.json` beside the model may hold {"question": "...", "passage": "..."}: what is put
    before each text, "query: " and "passage: " unless it says otherwise (ruri-v3 wants others).
    """

    def __init__(self, folder: Path, session: Any, tokenizer: Any) -> None:
        self._session = session
        self._tokenizer = tokenizer
        self._inputs = {given.name for given in session.get_inputs()}
        prefixes = _prefixes(folder / "madoguchi.json")
        self._question, self._passage = prefixes
        stamp = hashlib.sha256((folder / "model.onnx").read_bytes()).hexdigest()[:16]
        self.name = f"{folder.name}-{stamp}-{'|'.join(prefixes)}"
        self.size = len(self.question("大きさ"))

    def question(self, text: str) -> Vector:
        """The vector of what a resident asks."""
        return self._embed(self._question + text)

    def passage(self, text: str) -> Vector:
        """The vector of what the city says."""
        return self._embed(self._passage + text)

    def _embed(self, text: str) -> Vector:
        encoded = self._tokenizer.encode(text)
        mask = np.array([encoded.attention_mask], np.int64)
        given = {
            "input_ids": np.array([encoded.ids], np.int64),
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(mask),
        }
        states = self._session.run(None, {k: v for k, v in given.items() if k in self._inputs})[0]
        pooled = (states[0] * mask[0][:, None]).sum(0) / max(int(mask.sum()), 1)
        return np.asarray(pooled / max(float(np.linalg.norm(pooled)), 1e-9), np.float16)


def brought_model(folder: Path) -> BroughtModel:
    """The model in a folder.

    Raises ModelError when a file or one of the two packages is missing, or does not load.
    """
    for name in ("model.onnx", "tokenizer.json"):
        if not (folder / name).is_file():
            raise ModelError(f"{folder} holds no {name}.")
    try:
        import onnxruntime
        from tokenizers import Tokenizer
    except ImportError as missing:
        raise ModelError(
            "An ONNX model needs the packages onnxruntime and tokenizers;"
            f" {missing.name} is absent."
        ) from missing
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(str(folder / "model.onnx"), options)
        tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        tokenizer.enable_truncation(_LONGEST)
        return BroughtModel(folder, session, tokenizer)
    except Exception as broken:  # both packages raise their own kinds, documented nowhere
        raise ModelError(f"The model in {folder} does not load: {broken}") from broken


def _prefixes(file: Path) -> tuple[str, str]:
    told = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return str(told.get("question", "query: ")), str(told.get("passage", "passage: "))
