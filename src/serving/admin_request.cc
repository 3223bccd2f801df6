// SPDX-License-Identifier: Apache-2.0
#include "admin_request.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>

#include "valence/base/json.h"
#include "valence/serving/served_model.h"

namespace valence::serving {
namespace {

constexpr std::size_t kMaxDigits = 18;

bool IsVersion(std::string_view text) {
  return !text.empty() && text.size() <= kMaxDigits &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

HttpError Wrong(std::string_view member, std::string_view wanted) {
  return {400, fmt::format("'{}': expected {}", member, wanted), std::string(member)};
}

std::optional<HttpError> ReadMember(const std::string& key, const Json& value, AdminRequest* out) {
  if (key == "remove") {
    if (!value.is_bool()) return Wrong(key, "true or false");
    out->remove = value.boolean();
  } else if (key == "weight") {
    if (!value.is_number() || !(value.number() >= 0 && value.number() <= 1)) return Wrong(key, "a number from 0 to 1");
    out->weight = value.number();
  } else if (!value.is_string()) {
    return Wrong(key, "a string");
  } else if (key == "version") {
    if (!IsVersion(value.string())) return Wrong(key, "a whole number of at most 18 digits, as a string");
    out->version = value.string();
  } else if (key == "model") {
    if (!IsModelName(value.string())) return Wrong(key, "a model's name");
    out->model = value.string();
  } else {
    if (value.string().empty()) return Wrong(key, "a path, models:/ or another URL of a model");
    out->source = value.string();
  }
  return std::nullopt;
}

}  // namespace

std::optional<HttpError> ReadAdminRequest(std::string_view body, std::initializer_list<std::string_view> allowed,
                                          AdminRequest* out) {
  if (body.empty()) return std::nullopt;
  const auto json = Json::Parse(body);
  if (!json || !json->is_object()) {
    return HttpError{400, "the body is no JSON object" + (json ? std::string() : ": " + json.error().message)};
  }
  for (const auto& [key, value] : json->object()) {
    if (std::find(allowed.begin(), allowed.end(), key) == allowed.end()) {
      return Wrong(key, fmt::format("one of {}", fmt::join(allowed, ", ")));
    }
    if (auto error = ReadMember(key, value, out)) return error;
  }
  return std::nullopt;
}

}  // namespace valence::serving
