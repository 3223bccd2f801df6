// SPDX-License-Identifier: Apache-2.0
#include "request_text.h"

#include <fmt/format.h>

#include "base64.h"
#include "media_type.h"
#include "valence/base/utf8.h"

namespace valence::serving {
namespace dom = simdjson::dom;

bool ReadJson(Exchange& exchange, dom::element* root) {
  if (ParseMediaType(exchange.request.header("Content-Type")) != MediaType::kJson) {
    exchange.Fail({415, "Content-Type: expected application/json, in UTF-8"});
    return false;
  }
  const auto error = exchange.state.json.Parse(exchange.body, root);
  if (error.has_value()) exchange.Fail(*error);
  return !error.has_value();
}

bool ReadJsonObject(Exchange& exchange, dom::object* members) {
  dom::element root;
  if (!ReadJson(exchange, &root)) return false;
  if (root.get(*members) == simdjson::SUCCESS) return true;
  exchange.Fail({400, fmt::format("expected a JSON object, found {}", TypeName(root))});
  return false;
}

std::optional<dom::element> FindMember(dom::object members, std::string_view name) {
  for (const auto [key, value] : members) {
    if (key == name) return value;
  }
  return std::nullopt;
}

TextCollector::TextCollector(const TextLimits& limits, std::vector<std::string_view>* texts)
    : limits_(limits), texts_(*texts) {
  texts_.clear();
}

TextCollector::Fault TextCollector::Push(std::string_view text, std::string_view field) {
  if (auto fault = CheckText(text, field, limits_)) return fault;
  if (auto fault = CheckCount(texts_.size() + 1, field, limits_)) return fault;
  texts_.push_back(text);
  return std::nullopt;
}

TextCollector::Fault TextCollector::AddBytes(std::string_view text, std::string_view field, std::size_t byte) {
  if (const auto invalid = utf8::FindInvalid(text); invalid.has_value()) {
    return HttpError{400, fmt::format("'{}': a text is not UTF-8 at byte {}", field, byte + *invalid),
                     std::string(field), byte + *invalid};
  }
  return Push(text, field);
}

TextCollector::Fault TextCollector::AddCopy(std::string_view text, std::string_view field) {
  return Push(decoded_.emplace_back(text), field);
}

TextCollector::Fault TextCollector::AddBase64(std::string_view encoded, std::string_view field) {
  auto bytes = DecodeBase64(encoded);
  if (!bytes.has_value()) return HttpError{400, fmt::format("'{}': not base64", field), std::string(field)};
  decoded_.push_back(std::move(*bytes));
  if (const auto invalid = utf8::FindInvalid(decoded_.back()); invalid.has_value()) {
    return HttpError{400, fmt::format("'{}': a decoded text is not UTF-8 at its byte {}", field, *invalid),
                     std::string(field)};
  }
  return Push(decoded_.back(), field);
}

TextCollector::Fault TextCollector::Add(dom::element value, std::string_view field) {
  std::string_view text;
  if (value.get(text) == simdjson::SUCCESS) return Push(text, field);
  dom::object members;
  if (value.get(members) == simdjson::SUCCESS && members.size() == 1) {
    const auto [key, member] = *members.begin();
    if (member.get(text) == simdjson::SUCCESS && key == "b64") return AddBase64(text, field);
    if (member.get(text) == simdjson::SUCCESS && key == "text") return Push(text, field);
  }
  return WrongType(std::string(field), "texts", value);
}

TextCollector::Fault TextCollector::AddList(dom::array list, std::string_view field) {
  for (const dom::element item : list) {
    dom::array inner;
    const bool wrapped = item.get(inner) == simdjson::SUCCESS;
    if (wrapped && inner.size() != 1) {
      return HttpError{400, fmt::format("'{}': expected one text in each inner list, found {}", field, inner.size()),
                       std::string(field)};
    }
    if (auto fault = Add(wrapped ? *inner.begin() : item, field)) return fault;
  }
  return std::nullopt;
}

}  // namespace valence::serving
