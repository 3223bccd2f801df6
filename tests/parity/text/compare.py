#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares src/text with Python and NLTK, text by text. Exit code 1 if anything differs.

    compare.py --tool build/dev/bin/text_tool [--reviews aclImdb_train.tar.gz] [--tweets tweets.csv]
               [--random 20000] [--every-character]
"""
import argparse
import json
import re
import subprocess
import sys
import tempfile

import reference
import texts

SINGLE_STEPS = [[step] for step in reference.STEPS]
CHARACTER_STEPS = [[step] for step in ("lowercase", "remove_digits", "fold_whitespace", "word_tokenize", "stem_porter")]
STEM_INPUT = ["word_tokenize"]


def run_tool(tool, arguments, inputs):
    with tempfile.TemporaryFile() as file:
        file.write("".join(json.dumps(text) + "\n" for text in inputs).encode())
        file.seek(0)
        done = subprocess.run([tool, *arguments], stdin=file, stdout=subprocess.PIPE, check=True)
    # Not splitlines(): it would also cut at the U+0085 and U+2028 that strings may hold.
    return [json.loads(line) for line in done.stdout.decode().split("\n")[:-1]]


def report(what, inputs, got, expected):
    wrong = [i for i in range(len(inputs)) if got[i] != expected[i]]
    print(f"{what}: {len(inputs)} texts, {len(wrong)} differ", flush=True)
    for i in wrong[:3]:
        print(f"  text {inputs[i][:300]!r}\n  got  {got[i][:300]!r}\n  want {expected[i][:300]!r}")
    return len(wrong)


def compare_steps(tool, name, inputs, step_lists):
    wrong = 0
    for steps in step_lists:
        got = run_tool(tool, ["apply", ",".join(steps)], inputs)
        wrong += report(f"{name} {'+'.join(steps)}", inputs, got, [reference.apply(steps, text) for text in inputs])
    return wrong


def compare_tokens(tool, name, inputs):
    """The plain and the compiled path against re.findall on the processed text."""
    wrong = 0
    for steps in (reference.SEED, reference.BEST, reference.R1, []):
        processed = [reference.apply(steps, text) for text in inputs]
        for pattern in reference.PATTERNS:
            expected = [re.findall(pattern, text) for text in processed]
            for mode in ("tokens", "fused"):
                got = run_tool(tool, [mode, pattern, ",".join(steps)], inputs)
                wrong += report(f"{name} {mode} {pattern} {'+'.join(steps)}", inputs, got, expected)
    return wrong


def vocabulary(inputs):
    return sorted({word for text in inputs for word in reference.apply(STEM_INPUT, text).split()})


def compare_corpus(tool, name, inputs):
    wrong = compare_steps(tool, name, inputs, [reference.SEED, reference.BEST, reference.R1, ["word_tokenize"]])
    wrong += compare_steps(tool, name, inputs, [["unescape_html"], ["fold_whitespace"], ["remove_urls"]])
    wrong += compare_tokens(tool, name, inputs)
    by_word = [[step] for step in reference.STEPS if step.startswith(("lemmatize", "stem_"))]
    return wrong + compare_steps(tool, f"{name} vocabulary", vocabulary(inputs), by_word)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tool", required=True)
    parser.add_argument("--reviews", help="archive in the aclImdb layout")
    parser.add_argument("--tweets", help="CSV file with a column 'text'")
    parser.add_argument("--every-character", action="store_true", help="all of Unicode through the character steps")
    parser.add_argument("--random", type=int, default=20000, help="number of random texts")
    arguments = parser.parse_args()
    random_texts = list(texts.nasty(arguments.random))
    wrong = compare_steps(arguments.tool, "random", random_texts, SINGLE_STEPS + [reference.SEED, reference.R1])
    wrong += compare_tokens(arguments.tool, "random", random_texts)
    if arguments.every_character:
        every_char = [chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000]
        in_context = [f"a{c}1.{c}\u03a3" for c in every_char]
        wrong += compare_steps(arguments.tool, "every character", in_context, CHARACTER_STEPS)
    if arguments.reviews:
        wrong += compare_corpus(arguments.tool, "reviews", list(texts.reviews(arguments.reviews)))
    if arguments.tweets:
        wrong += compare_corpus(arguments.tool, "tweets", list(texts.tweets(arguments.tweets)))
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
