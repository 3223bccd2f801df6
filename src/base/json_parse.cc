// SPDX-License-Identifier: Apache-2.0
// The only place that sees simdjson's documents.
#include <fmt/format.h>
#include <simdjson.h>

#include <unordered_map>

#include "valence/base/json.h"
#include "valence/base/json_numbers.h"
#include "valence/base/utf8.h"

namespace valence {
namespace {

namespace dom = simdjson::dom;

constexpr std::size_t kMaxDepth = 64;

Error NotJson(std::string_view why) { return DataCorrupt(fmt::format("not JSON: {}", why)); }

// simdjson 3.0 lets an escaped low surrogate without its high one through, as bytes that are not UTF-8.
Result<std::string> ToString(std::string_view text) {
  if (!utf8::IsValid(text)) return NotJson("a string has half of a surrogate pair");
  return std::string(text);
}

// `depth` is the number of containers around the element.
Result<Json> Convert(dom::element element, std::size_t depth);

Result<Json> ConvertArray(dom::array source, std::size_t depth) {
  Json::Array array;
  array.reserve(source.size());
  for (const dom::element element : source) {
    VALENCE_TRY(Json value, Convert(element, depth));
    array.push_back(std::move(value));
  }
  return Json(std::move(array));
}

// Not Json::Set(), whose look-up is linear: an object may have as many keys as a vocabulary.
Result<Json> ConvertObject(dom::object source, std::size_t depth) {
  Json result = Json::MakeObject();
  Json::Object& members = result.object();
  std::unordered_map<std::string_view, std::size_t> places;
  members.reserve(source.size());
  places.reserve(source.size());
  for (const auto [key, element] : source) {
    VALENCE_TRY(std::string name, ToString(key));
    VALENCE_TRY(Json value, Convert(element, depth));
    const auto [place, is_new] = places.emplace(key, members.size());
    if (is_new) {
      members.emplace_back(std::move(name), std::move(value));
    } else {
      members[place->second].second = std::move(value);
    }
  }
  return result;
}

Result<Json> Convert(dom::element element, std::size_t depth) {
  if (depth == kMaxDepth && (element.is_array() || element.is_object())) {
    return NotJson(fmt::format("nested more than {} deep", kMaxDepth));
  }
  switch (element.type()) {
    case dom::element_type::ARRAY:
      return ConvertArray(element.get_array().value_unsafe(), depth + 1);
    case dom::element_type::OBJECT:
      return ConvertObject(element.get_object().value_unsafe(), depth + 1);
    case dom::element_type::INT64:
      return Json(std::int64_t{element.get_int64().value_unsafe()});
    case dom::element_type::UINT64:  // only past the range of int64
      return Json(static_cast<double>(element.get_uint64().value_unsafe()));
    case dom::element_type::DOUBLE:
      return Json(element.get_double().value_unsafe());
    case dom::element_type::STRING: {
      VALENCE_TRY(std::string text, ToString(element.get_string().value_unsafe()));
      return Json(std::move(text));
    }
    case dom::element_type::BOOL:
      return Json(element.get_bool().value_unsafe());
    case dom::element_type::NULL_VALUE:
      return Json();
  }
  return Internal("simdjson gave an element of no known type");
}

}  // namespace

Result<Json> Json::Parse(std::string_view text) {
  dom::parser parser;
  // simdjson's own limit counts an innermost scalar as a level, but not an innermost empty container. It only stops
  // the worst early; Convert() counts exactly.
  if (const auto error = parser.allocate(text.size(), kMaxDepth + 1)) {
    return ResourceExhausted(fmt::format("JSON of {} bytes: {}", text.size(), simdjson::error_message(error)));
  }
  dom::element root;
  auto error = parser.parse(text.data(), text.size()).get(root);
  if (error == simdjson::NUMBER_ERROR) {
    if (const auto readable = WideIntegersAsDoubles(text)) error = parser.parse(*readable).get(root);
  }
  if (error) return NotJson(simdjson::error_message(error));
  return Convert(root, 0);
}

}  // namespace valence
