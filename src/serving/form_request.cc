// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <charconv>

#include "multipart_file.h"
#include "predict_request.h"
#include "valence/base/utf8.h"

namespace valence::serving {
namespace {

constexpr std::string_view kField = "text";

HttpError NoText() { return {400, "the form has no field 'text'", std::string(kField)}; }

std::optional<HttpError> CheckFormText(std::string_view text, const TextLimits& limits) {
  if (const auto byte = utf8::FindInvalid(text); byte.has_value()) {
    return HttpError{400, fmt::format("'text' is not UTF-8 at byte {}", *byte), std::string(kField), byte};
  }
  return CheckText(text, kField, limits);
}

/// Percent-decodes a form value. `offset`: where it lies in the body, for errors.
std::optional<HttpError> Decode(std::string_view value, std::size_t offset, std::string* out) {
  out->clear();
  for (std::size_t i = 0; i < value.size(); ++i) {
    if (value[i] != '%') {
      out->push_back(value[i] == '+' ? ' ' : value[i]);
      continue;
    }
    unsigned byte = 0;
    const std::string_view digits = value.substr(i + 1, 2);
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16).ptr;
    if (digits.size() < 2 || end != digits.data() + 2) {
      return HttpError{400, fmt::format("expected two hexadecimal digits after '%' at byte {}", offset + i),
                       std::string(kField), offset + i};
    }
    out->push_back(static_cast<char>(byte));
    i += 2;
  }
  return std::nullopt;
}

}  // namespace

std::optional<HttpError> ReadUrlEncodedText(std::string_view body, const TextLimits& limits, std::string* text) {
  for (std::size_t begin = 0; begin <= body.size();) {
    const std::size_t end = std::min(body.find('&', begin), body.size());
    const std::string_view pair = body.substr(begin, end - begin);
    const std::size_t equals = pair.find('=');
    if (equals != std::string_view::npos && pair.substr(0, equals) == kField) {
      if (auto error = Decode(pair.substr(equals + 1), begin + equals + 1, text)) return error;
      return CheckFormText(*text, limits);
    }
    begin = end + 1;
  }
  return NoText();
}

std::optional<HttpError> ReadMultipartText(std::string_view body, std::string_view content_type,
                                           const TextLimits& limits, std::string* text) {
  const std::string_view boundary = MultipartBoundary(content_type);
  if (boundary.empty()) {
    return HttpError{400, "multipart/form-data: expected a boundary of 1 to 70 characters"};
  }
  const std::string delimiter = fmt::format("--{}", boundary);
  if (!body.starts_with(delimiter)) return HttpError{400, "multipart/form-data: the body must start with its boundary"};
  for (std::size_t at = delimiter.size(); body.substr(at, 2) == "\r\n";) {
    const std::size_t headers = at + 2;
    const std::size_t blank = body.find("\r\n\r\n", at);
    const std::size_t end = body.find("\r\n" + delimiter, at);
    if (blank == std::string_view::npos || end == std::string_view::npos || end < blank) break;
    if (body.substr(headers, blank - headers).find("name=\"text\"") != std::string_view::npos) {
      const std::size_t value = std::min(blank + 4, end);
      text->assign(body.substr(value, end - value));
      return CheckFormText(*text, limits);
    }
    at = end + 2 + delimiter.size();
  }
  return NoText();
}

}  // namespace valence::serving
