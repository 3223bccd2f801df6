// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <string_view>

#include "sink.h"

/// Steps that look for a construct in the text and replace it.
namespace valence::text {

struct Range {
  std::size_t begin = 0;
  std::size_t end = 0;
};

/// The first match of `https?://\S+|www\.\S+` at or after `from`; {size, size} if there is none.
Range FindUrl(std::string_view text, std::size_t from);
/// re.sub(r'https?://\S+|www\.\S+', '', text)
void RemoveUrls(std::string_view text, Sink& out);

/// Length of a match of `<br\s*/?>`, any case, that starts at `position`; 0 if there is none.
std::size_t MatchHtmlBreak(std::string_view text, std::size_t position);
/// The first match at or after `from`; {size, size} if there is none.
Range FindHtmlBreak(std::string_view text, std::size_t from);
/// re.sub(r'<br\s*/?>', ' ', text, flags=re.IGNORECASE)
void RemoveHtmlBreaks(std::string_view text, Sink& out);

/// html.unescape(text)
void UnescapeHtml(std::string_view text, Sink& out);

}  // namespace valence::text
