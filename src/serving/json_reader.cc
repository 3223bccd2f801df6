// SPDX-License-Identifier: Apache-2.0
#include "json_reader.h"

#include <fmt/format.h>

#include <cmath>
#include <cstring>

#include "json_syntax.h"
#include "valence/base/json_numbers.h"
#include "valence/base/utf8.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

constexpr std::size_t kFirstCapacity = 16u << 10;

HttpError NotJson(std::string_view body, simdjson::error_code code) {
  if (code == simdjson::UTF8_ERROR) {
    const std::size_t byte = utf8::FindInvalid(body).value_or(0);
    return {400, fmt::format("the body is not UTF-8 at byte {}", byte), "", byte};
  }
  if (const auto fault = FindJsonFault(body); fault.has_value()) {
    return {400, fmt::format("the body is not JSON: {} at byte {}", fault->what, fault->byte), "", fault->byte};
  }
  return {400, fmt::format("the body is not JSON: {}", simdjson::error_message(code))};
}

}  // namespace

JsonReader::JsonReader() {
  if (parser_.allocate(kFirstCapacity, kMaxJsonDepth) != simdjson::SUCCESS) throw std::bad_alloc();
}

std::optional<HttpError> JsonReader::Parse(std::string_view body, dom::element* root) {
  auto code = ParseCopy(body, root);
  if (code == simdjson::NUMBER_ERROR) {
    if (const auto readable = WideIntegersAsDoubles(body)) code = ParseCopy(*readable, root);
  }
  if (code == simdjson::SUCCESS) return std::nullopt;
  return NotJson(body, code);
}

simdjson::error_code JsonReader::ParseCopy(std::string_view body, dom::element* root) {
  // simdjson reads some bytes past the end, so it gets a copy that has them.
  const std::size_t needed = body.size() + simdjson::SIMDJSON_PADDING;
  if (padded_.size() < needed) padded_.resize(needed);
  std::memcpy(padded_.data(), body.data(), body.size());
  std::memset(padded_.data() + body.size(), 0, simdjson::SIMDJSON_PADDING);
  return parser_.parse(padded_.data(), body.size(), false).get(*root);
}

bool GetInteger(dom::element value, std::int64_t* out) {
  if (value.get(*out) == simdjson::SUCCESS) return true;
  constexpr double kLimit = 9223372036854775808.0;  // 2^63
  double number = 0;
  if (!value.is_double() || value.get(number) != simdjson::SUCCESS) return false;
  // -2^63 as a double may stand for a whole number below it that was rounded.
  if (number <= -kLimit || number >= kLimit || std::trunc(number) != number) return false;
  *out = static_cast<std::int64_t>(number);
  return true;
}

bool GetCount(dom::element value, std::uint64_t* out) {
  std::int64_t number = 0;
  if (!GetInteger(value, &number) || number < 0) return false;
  *out = static_cast<std::uint64_t>(number);
  return true;
}

std::string_view TypeName(dom::element value) {
  switch (value.type()) {
    case dom::element_type::ARRAY:
      return "an array";
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::STRING:
      return "a string";
    case dom::element_type::BOOL:
      return "true or false";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

HttpError WrongType(std::string field, std::string_view wanted, dom::element value) {
  std::string message = fmt::format("'{}': expected {}, found {}", field, wanted, TypeName(value));
  return {400, std::move(message), std::move(field)};
}

}  // namespace valence::serving
