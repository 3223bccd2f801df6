// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <simdjson.h>

#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "exchange.h"

namespace valence::serving {

/// Parses the body of `exchange` as JSON. False after answering 415 (another content type) or 400.
bool ReadJson(Exchange& exchange, simdjson::dom::element* root);
/// The same for an object.
bool ReadJsonObject(Exchange& exchange, simdjson::dom::object* members);

/// The member `name`, or nullopt.
std::optional<simdjson::dom::element> FindMember(simdjson::dom::object members, std::string_view name);

/// Collects a request's texts as the protocols nest them. The texts stay valid as long as the JSON document and this.
class TextCollector {
 public:
  using Fault = std::optional<HttpError>;

  TextCollector(const TextLimits& limits, std::vector<std::string_view>* texts);

  /// A string; or, of TensorFlow Serving, `{"b64": base64}` or `{"text": string}`. `field` names it in errors.
  Fault Add(simdjson::dom::element value, std::string_view field);
  /// A text that is in no JSON string, so that its UTF-8 is still to be checked. `byte`: where it begins in the body.
  Fault AddBytes(std::string_view text, std::string_view field, std::size_t byte);
  /// A text (well-formed UTF-8) that goes away.
  Fault AddCopy(std::string_view text, std::string_view field);
  /// Base64 of a text.
  Fault AddBase64(std::string_view encoded, std::string_view field);
  /// A list of what Add takes, or of lists of one (a tensor of shape [n, 1]).
  Fault AddList(simdjson::dom::array list, std::string_view field);

 private:
  Fault Push(std::string_view text, std::string_view field);

  const TextLimits& limits_;
  std::vector<std::string_view>& texts_;
  std::deque<std::string> decoded_;
};

}  // namespace valence::serving
