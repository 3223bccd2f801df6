# SPDX-License-Identifier: Apache-2.0
"""Makes the nltk_data folder that the parity suite's NLTK reads, without NLTK's own downloader.

WordNet 3.0 comes from Debian's wordnet-base, the stop words from the copy that a PyPI wheel carries
(llama_index_core 0.14.25), checked by digest.

usage: make_nltk_data.py FOLDER [--wordnet /usr/share/wordnet]
"""
import argparse
import hashlib
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile

STOP_WORDS_WHEEL = "llama_index_core==0.14.25"
STOP_WORDS_MEMBER = "llama_index/core/_static/nltk_cache/corpora/stopwords/english"
STOP_WORDS_SHA256_PREFIX = "f6d00595"
WORDNET_FILES = [f"{kind}.{pos}" for pos in ("noun", "verb", "adj", "adv") for kind in ("index", "data")]
WORDNET_FILES += [f"{pos}.exc" for pos in ("noun", "verb", "adj", "adv")] + ["cntlist.rev"]
# Lexicographer files by number (man 5WN lexnames): NLTK's reader wants the table, lemmas do not depend on it.
LEXNAMES = {
    "adj": ["all", "pert"],
    "adv": ["all"],
    "noun": "Tops act animal artifact attribute body cognition communication event feeling food group location motive "
            "object person phenomenon plant possession process quantity relation shape state substance time".split(),
    "verb": "body change cognition communication competition consumption contact creation emotion motion perception "
            "possession social stative weather".split(),
}
POS_NUMBER = {"noun": 1, "verb": 2, "adj": 3, "adv": 4}


def write_wordnet(source: pathlib.Path, target: pathlib.Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for name in WORDNET_FILES:
        shutil.copyfile(source / name, target / name)
    names = [(pos, f"{pos}.{name}") for pos, group in LEXNAMES.items() for name in group] + [("adj", "adj.ppl")]
    lines = [f"{i:02d}\t{name}\t{POS_NUMBER[pos]}\n" for i, (pos, name) in enumerate(names)]
    (target / "lexnames").write_text("".join(lines))
    (target / "index.sense").write_text("")


def write_stop_words(target: pathlib.Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder, STOP_WORDS_WHEEL],
                       check=True, timeout=300)
        wheel = next(pathlib.Path(folder).glob("*.whl"))
        words = zipfile.ZipFile(wheel).read(STOP_WORDS_MEMBER)
    digest = hashlib.sha256(words).hexdigest()
    if not digest.startswith(STOP_WORDS_SHA256_PREFIX):
        sys.exit(f"stop words: sha256 {digest} does not start with {STOP_WORDS_SHA256_PREFIX}")
    (target / "english").write_bytes(words)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--wordnet", type=pathlib.Path, default="/usr/share/wordnet")
    args = parser.parse_args()
    write_wordnet(args.wordnet, args.folder / "corpora" / "wordnet")
    write_stop_words(args.folder / "corpora" / "stopwords")


if __name__ == "__main__":
    main()
