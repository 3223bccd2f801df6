// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace valence::app {

/// Whether a stream is a terminal that wants colour (honours NO_COLOR and TERM=dumb).
bool StdoutIsTerminal();
bool StderrIsTerminal();
bool StdoutHasColour();

/// Columns of the terminal on stderr, 80 if unknown.
int TerminalWidth();

/// `text` in an ANSI style ("1" bold, "2" dim, "32" green, ...) if stdout has colour, else as it is.
std::string Styled(std::string_view text, std::string_view style);

/// Writes to stderr as one piece. A closed or full stderr is ignored: there is nobody left to tell.
void PrintStderr(std::string_view text);

/// `text` with control characters made visible, so that a document cannot drive the terminal.
std::string Printable(std::string_view text);

}  // namespace valence::app
