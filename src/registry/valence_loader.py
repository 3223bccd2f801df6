# SPDX-License-Identifier: Apache-2.0
"""Loads a Valence model as an MLflow python_function: data only, nothing is unpickled.

Texts are scored in this process by libvalence.so beside the model. Where that library does not fit the machine, the
program `valence` does it (VALENCE_BIN, else from PATH); the numbers are the same.
"""
import ctypes
import json
import os
import pathlib
import shutil
import subprocess
import weakref

import pandas

ABI_VERSION = 1


class Library:
    """The model through the C interface (valence.h)."""

    def __init__(self, library, model, labels):
        self._lib = lib = ctypes.CDLL(str(library))
        if lib.valence_abi_version() != ABI_VERSION:
            raise OSError(f"{library}: ABI version {lib.valence_abi_version()}, this loader speaks {ABI_VERSION}")
        lib.valence_close.argtypes = [ctypes.c_void_p]
        lib.valence_close.restype = None
        self._model, self._labels = ctypes.c_void_p(), labels
        self._rows = 1 if len(labels) == 2 else len(labels)
        self._call(lib.valence_open, os.fsencode(model), ctypes.byref(self._model))
        weakref.finalize(self, lib.valence_close, self._model)

    @staticmethod
    def _call(function, *args):
        error = ctypes.create_string_buffer(500)
        if function(*args, error, ctypes.c_size_t(len(error))) != 0:
            raise ValueError(error.value.decode())

    def score(self, texts):
        n, rows, labels = len(texts), self._rows, len(self._labels)
        encoded = [text.encode() for text in texts]
        best, scores, probabilities = (ctypes.c_int32 * n)(), (ctypes.c_double * (n * rows))(), (ctypes.c_double * (n * labels))()
        self._call(self._lib.valence_predict, self._model, (ctypes.c_char_p * n)(*encoded),
                   (ctypes.c_size_t * n)(*map(len, encoded)), ctypes.c_size_t(n), best, scores, probabilities)
        return ([self._labels[k] for k in best],
                [scores[i * rows + (k if rows > 1 else 0)] for i, k in enumerate(best)],
                [probabilities[k::labels] for k in range(labels)])


class Program:
    """The model through `valence predict`, JSON Lines in and out."""

    def __init__(self, program, model, labels):
        self._command = [program, "predict", "--quiet", "--model", str(model), "--input-format", "jsonl", "--format", "jsonl"]
        self._keys = ["probability_" + label for label in labels]

    def score(self, texts):
        lines = "".join(json.dumps({"text": text}) + "\n" for text in texts)
        done = subprocess.run(self._command, input=lines.encode(), capture_output=True, check=False)
        if done.returncode != 0:
            raise ValueError(done.stderr.decode(errors="replace").strip())
        answers = [json.loads(line) for line in done.stdout.split(b"\n") if line]
        return ([a["label"] for a in answers], [a["score"] for a in answers],
                [[a[key] for a in answers] for key in self._keys])


class ValenceModel:
    """predict(texts) -> DataFrame with label, score and probability_<label> for each label."""

    def __init__(self, folder):
        model = folder / "model.safetensors"
        with open(model, "rb") as file:
            header = json.loads(file.read(int.from_bytes(file.read(8), "little")))
        self.labels = json.loads(header["__metadata__"]["labels"])
        try:
            self.backend = Library(folder / "libvalence.so", model, self.labels)
        except OSError as error:
            program = os.environ.get("VALENCE_BIN") or shutil.which("valence")
            if program is None:
                raise RuntimeError(f"{error}; and there is no program `valence` in PATH or VALENCE_BIN") from error
            self.backend = Program(program, model, self.labels)

    def predict(self, model_input, params=None):
        """A DataFrame with column `text`, a Series or a list of str. params: {"threshold": p} with two labels: the
        second label is given to texts whose probability of it is above p."""
        texts, index = _texts(model_input)
        label, score, probabilities = self.backend.score(texts)
        threshold = (params or {}).get("threshold", 0.5)
        if threshold != 0.5:  # at 0.5 it is what the model says itself
            if len(self.labels) != 2 or not 0 <= threshold <= 1:
                raise ValueError(f"threshold {threshold}: expected 0 to 1, and a model with two labels")
            label = [self.labels[p > threshold] for p in probabilities[1]]
        columns = {"label": label, "score": score}
        columns.update(("probability_" + name, p) for name, p in zip(self.labels, probabilities))
        return pandas.DataFrame(columns, index=index)


def _texts(model_input):
    """The texts as a list of str, and the index that their answers get."""
    index = None
    if isinstance(model_input, pandas.DataFrame):
        model_input = model_input["text"]
    if isinstance(model_input, pandas.Series):
        index = model_input.index
    texts = [model_input] if isinstance(model_input, str) else list(model_input)
    for row, text in enumerate(texts):
        if not isinstance(text, str):
            raise ValueError(f"row {row}: expected a text, got {type(text).__name__}")
    return texts, index


def _load_pyfunc(path):
    """MLflow's entry: `path` is the model's data folder."""
    return ValenceModel(pathlib.Path(path))
