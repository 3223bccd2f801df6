#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes src/text/html_entities.inc: HTML5's named character references, from Python's html.entities.

--check compares instead of writing.
"""
import html.entities
import pathlib
import sys

TARGET = pathlib.Path(__file__).resolve().parent.parent / "src/text/html_entities.inc"


def octal(text):
    return "".join(f"\\{byte:03o}" for byte in text.encode("utf-8"))


def generate():
    rows = [f'    {{"{name}", "{octal(value)}"}},\n' for name, value in sorted(html.entities.html5.items())]
    head = (
        "// SPDX-License-Identifier: Apache-2.0\n"
        "// Made by tools/gen_html_entities.py from Python's html.entities.html5. Sorted by name. Do not edit.\n"
        "// clang-format off\n"
    )
    body = f"constexpr Entity kEntities[{len(rows)}] = {{\n" + "".join(rows) + "};\n"
    return head + body + "// clang-format on\n"


def main():
    text = generate()
    if "--check" in sys.argv[1:]:
        sys.exit(0 if TARGET.read_text() == text else f"{TARGET} is stale: run {sys.argv[0]}")
    TARGET.write_text(text)


if __name__ == "__main__":
    main()
