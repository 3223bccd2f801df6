// SPDX-License-Identifier: Apache-2.0
#include "valence/base/json.h"

#include <algorithm>

#include "valence/base/check.h"

namespace valence {

const Json* Json::Find(std::string_view key) const {
  if (!is_object()) return nullptr;
  const Object& members = object();
  const auto found = std::find_if(members.begin(), members.end(), [key](const Member& m) { return m.first == key; });
  return found == members.end() ? nullptr : &found->second;
}

Json& Json::operator[](std::string_view key) {
  if (is_null()) *this = MakeObject();
  VALENCE_CHECK(is_object(), "a JSON member was asked of something that is no object");
  if (const Json* found = Find(key)) return const_cast<Json&>(*found);  // *this is not const
  return object().emplace_back(std::string(key), Json()).second;
}

Json& Json::Set(std::string_view key, Json value) {
  (*this)[key] = std::move(value);
  return *this;
}

Json& Json::Push(Json value) {
  if (is_null()) *this = MakeArray();
  VALENCE_CHECK(is_array(), "a JSON value was pushed to something that is no array");
  array().push_back(std::move(value));
  return *this;
}

}  // namespace valence
