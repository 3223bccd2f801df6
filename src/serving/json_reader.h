// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http_error.h"

namespace valence::serving {

/// Parses the JSON bodies of one thread's requests. Not thread-safe.
class JsonReader {
 public:
  JsonReader();

  /// Makes `*root` the document, valid until the next call; depth at most kMaxJsonDepth. Returns what is wrong with it
  /// and at which byte, if anything is.
  std::optional<HttpError> Parse(std::string_view body, simdjson::dom::element* root);

 private:
  simdjson::error_code ParseCopy(std::string_view body, simdjson::dom::element* root);

  simdjson::dom::parser parser_;
  std::string padded_;
};

/// Whether `value` is a whole number of 64 bits with sign, which then goes into `*out`. 2.0 is one, as JSON Schema has
/// it.
bool GetInteger(simdjson::dom::element value, std::int64_t* out);
/// The same, and not below 0.
bool GetCount(simdjson::dom::element value, std::uint64_t* out);

/// "an array", "null" and so on, for messages.
std::string_view TypeName(simdjson::dom::element value);
/// 400: "'field': expected `wanted`, found ...".
HttpError WrongType(std::string field, std::string_view wanted, simdjson::dom::element value);

}  // namespace valence::serving
