// SPDX-License-Identifier: Apache-2.0
#include "rewrites.h"

#include <algorithm>

#include "scan.h"
#include "valence/text/unicode.h"

namespace valence::text {
namespace {

std::size_t EndOfNonSpace(std::string_view text, std::size_t position) {
  return EndOfRun(text, position, [](char32_t c) { return !IsSpace(c); });
}

// Length of "http://", "https://" or "www." at `position`, or 0.
std::size_t MatchUrlPrefix(std::string_view text, std::size_t position) {
  const std::string_view rest = text.substr(position);
  if (rest.starts_with("http://")) return 7;
  if (rest.starts_with("https://")) return 8;
  return rest.starts_with("www.") ? 4 : 0;
}

// False if no URL can start in the `length` bytes at p: cheap, and vectorised by the compiler. Reads two bytes more.
bool MayHoldUrl(const char* p, std::size_t length) {
  unsigned found = 0;
  for (std::size_t i = 0; i < length; ++i) {
    const bool www = (p[i] == 'w') & (p[i + 1] == 'w') & (p[i + 2] == 'w');
    const bool htt = (p[i] == 'h') & (p[i + 1] == 't') & (p[i + 2] == 't');
    found |= static_cast<unsigned>(www | htt);
  }
  return found != 0;
}

}  // namespace

Range FindUrl(std::string_view text, std::size_t from) {
  constexpr std::size_t kShortestPrefix = 4;
  constexpr std::size_t kBlock = 64;
  for (std::size_t block = from; block + kShortestPrefix < text.size(); block += kBlock) {
    const std::size_t length = std::min(kBlock, text.size() - block - 2);
    if (!MayHoldUrl(text.data() + block, length)) continue;
    for (std::size_t i = block; i < block + length; ++i) {
      const std::size_t prefix = MatchUrlPrefix(text, i);
      if (prefix == 0) continue;
      const std::size_t end = EndOfNonSpace(text, i + prefix);
      if (end > i + prefix) return {i, end};
    }
  }
  return {text.size(), text.size()};
}

void RemoveUrls(std::string_view text, Sink& out) {
  for (std::size_t copied = 0; copied < text.size();) {
    const Range url = FindUrl(text, copied);
    out.Copy(copied, url.begin);
    copied = url.end;
  }
}

std::size_t MatchHtmlBreak(std::string_view text, std::size_t position) {
  const std::string_view rest = text.substr(position);
  if (rest.size() < 4 || rest[0] != '<' || (rest[1] | 0x20) != 'b' || (rest[2] | 0x20) != 'r') return 0;
  std::size_t end = EndOfRun(rest, 3, IsSpace);
  if (end < rest.size() && rest[end] == '/') ++end;
  return end < rest.size() && rest[end] == '>' ? end + 1 : 0;
}

Range FindHtmlBreak(std::string_view text, std::size_t from) {
  for (std::size_t i = text.find('<', from); i != std::string_view::npos; i = text.find('<', i + 1)) {
    const std::size_t length = MatchHtmlBreak(text, i);
    if (length != 0) return {i, i + length};
  }
  return {text.size(), text.size()};
}

void RemoveHtmlBreaks(std::string_view text, Sink& out) {
  for (std::size_t copied = 0; copied < text.size();) {
    const Range html_break = FindHtmlBreak(text, copied);
    out.Copy(copied, html_break.begin);
    if (html_break.begin < html_break.end) out.Emit(" ", html_break.begin, html_break.end);
    copied = html_break.end;
  }
}

}  // namespace valence::text
