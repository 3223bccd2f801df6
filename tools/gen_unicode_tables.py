#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/text/unicode_tables.inc: what this Python and its `regex` package say about every code point.

    tools/gen_unicode_tables.py           writes the file
    tools/gen_unicode_tables.py --check   fails if the file is not what would be written

Run it with the Python of the parity tests (3.11, Unicode 14, the `regex` that NLTK uses).
"""
import argparse
import pathlib
import sys
import unicodedata

import regex

TARGET = pathlib.Path(__file__).resolve().parent.parent / "src/text/unicode_tables.inc"
CODE_POINTS = 0x110000
BLOCK = 128

# One bit per property; unicode.cc has the same list.
WORD, SPACE, DIGIT, CASED, CASE_IGNORABLE, LOWERS, REGEX_WORD, REGEX_DIGIT = (1 << bit for bit in range(8))


def sigma_context(char):
    """Cased and Case_Ignorable as str.lower() sees them: probed, since Python does not expose either."""
    stands_before_final = (char + "\u03a3").lower().endswith("\u03c2")
    invisible_or_cased = ("A" + char + "\u03a3").lower().endswith("\u03c2")
    if stands_before_final:
        return CASED
    return CASE_IGNORABLE if invisible_or_cased else 0


def flags(code, regex_word, regex_digit):
    char = chr(code)
    if 0xD800 <= code < 0xE000:
        return 0
    result = sigma_context(char)
    result |= WORD if char.isalnum() or char == "_" else 0
    result |= SPACE if char.isspace() else 0
    result |= DIGIT if char.isdigit() else 0
    result |= LOWERS if char.lower() != char else 0
    result |= REGEX_WORD if regex_word.match(char) else 0
    result |= REGEX_DIGIT if regex_digit.match(char) else 0
    return result


def lower_delta(code):
    """str.lower() of a single character as a difference; the one that becomes two characters is code in unicode.cc."""
    lowered = chr(code).lower()
    if len(lowered) != 1:
        assert code == 0x130 and lowered == "i\u0307", hex(code)
        return 0
    return ord(lowered) - code


def two_stage(values):
    blocks, stage1 = {}, []
    for start in range(0, CODE_POINTS, BLOCK):
        block = tuple(values[start : start + BLOCK])
        stage1.append(blocks.setdefault(block, len(blocks)))
    return stage1, [value for block in blocks for value in block]


def fnv1a(numbers):
    """FNV-1a over 32-bit words, for the unit test that walks all code points through the C++ functions."""
    digest = 0xCBF29CE484222325
    for number in numbers:
        digest = ((digest ^ (number & 0xFFFFFFFF)) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return digest


def array(type_name, name, values):
    lines, line = [], " "
    for value in values:
        text = f" {value},"
        if len(line) + len(text) > 118:
            lines.append(line)
            line = " "
        line += text
    lines.append(line)
    return f"constexpr {type_name} {name}[{len(values)}] = {{\n" + "\n".join(lines) + "\n};\n"


def generate():
    regex_word, regex_digit = regex.compile(r"\w"), regex.compile(r"\d")
    all_flags = [flags(code, regex_word, regex_digit) for code in range(CODE_POINTS)]
    deltas = [0 if 0xD800 <= code < 0xE000 else lower_delta(code) for code in range(CODE_POINTS)]
    distinct = sorted(set(deltas), key=lambda delta: (delta != 0, delta))
    flag_index, flag_blocks = two_stage(all_flags)
    lower_index, lower_blocks = two_stage([distinct.index(delta) for delta in deltas])
    assert max(flag_index) < 256 and max(lower_index) < 256 and len(distinct) < 256
    return "".join(
        [
            "// SPDX-License-Identifier: Apache-2.0\n",
            f"// Made by tools/gen_unicode_tables.py: Unicode {unicodedata.unidata_version} as Python knows it, ",
            f"regex {regex.__version__} for the REGEX flags. Do not edit.\n",
            "// clang-format off\n",
            f"constexpr std::uint64_t kFlagsChecksum = {fnv1a(all_flags):#x};\n",
            f"constexpr std::uint64_t kLowerChecksum = {fnv1a(c + d for c, d in enumerate(deltas)):#x};\n",
            array("std::uint8_t", "kFlagIndex", flag_index),
            array("std::uint8_t", "kFlagBlocks", flag_blocks),
            array("std::uint8_t", "kLowerIndex", lower_index),
            array("std::uint8_t", "kLowerBlocks", lower_blocks),
            array("std::int32_t", "kLowerDeltas", distinct),
            "// clang-format on\n",
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="compare, write nothing")
    arguments = parser.parse_args()
    if unicodedata.unidata_version != "14.0.0":
        sys.exit(f"Unicode {unicodedata.unidata_version}: the parity tests pin Python 3.11 with 14.0.0")
    text = generate()
    if arguments.check:
        sys.exit(0 if TARGET.read_text() == text else f"{TARGET} is stale: run {sys.argv[0]}")
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
