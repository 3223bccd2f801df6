// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace valence::evaluation {

/// The style sheet of all reports.
std::string_view ReportStyle();

/// From <!doctype> to </head>. Nothing may be loaded; the style sheet and the one `script` (if not empty, the caller
/// puts it into the body) may run because their hashes say so.
std::string PageHead(std::string_view title, std::string_view valence_version, std::string_view script);

/// A <div> of a <dl class="facts">; `html` is not escaped.
std::string Fact(std::string_view name, std::string_view html);

/// <footer> and the end of <main>.
std::string PageFooter(std::string_view valence_version);

}  // namespace valence::evaluation
