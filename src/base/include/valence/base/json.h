// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "valence/base/result.h"

namespace valence {

/// A JSON value. Objects keep the order in which keys were set; numbers keep whether they were integers. A value
/// type: copy, move, compare. Not for hot paths (use simdjson inside serving) nor for huge files.
class Json {
 public:
  using Array = std::vector<Json>;
  using Member = std::pair<std::string, Json>;
  using Object = std::vector<Member>;

  Json() : value_(nullptr) {}
  Json(std::nullptr_t) : value_(nullptr) {}  // NOLINT: implicit on purpose, values read as literals
  Json(bool v) : value_(v) {}                // NOLINT
  Json(int v) : value_(std::int64_t{v}) {}   // NOLINT
  Json(std::int64_t v) : value_(v) {}        // NOLINT
  Json(std::uint64_t v) : value_(static_cast<std::int64_t>(v)) {}  // NOLINT
  Json(double v) : value_(v) {}                                    // NOLINT
  Json(const char* v) : value_(std::string(v)) {}                  // NOLINT
  Json(std::string_view v) : value_(std::string(v)) {}             // NOLINT
  Json(std::string v) : value_(std::move(v)) {}                    // NOLINT
  Json(Array v) : value_(std::move(v)) {}                          // NOLINT
  static Json MakeArray() { return Json(Array{}); }
  static Json MakeObject(std::initializer_list<Member> members = {}) { return Json(Object(members), 0); }
  template <class Range>
  static Json ArrayOf(const Range& range) {
    Array array;
    for (const auto& v : range) array.emplace_back(v);
    return Json(std::move(array));
  }

  bool is_null() const { return std::holds_alternative<std::nullptr_t>(value_); }
  bool is_bool() const { return std::holds_alternative<bool>(value_); }
  bool is_int() const { return std::holds_alternative<std::int64_t>(value_); }
  bool is_number() const { return is_int() || std::holds_alternative<double>(value_); }
  bool is_string() const { return std::holds_alternative<std::string>(value_); }
  bool is_array() const { return std::holds_alternative<Array>(value_); }
  bool is_object() const { return std::holds_alternative<Object>(value_); }

  /// Each requires the matching is_*(); number() also takes integers.
  bool boolean() const { return std::get<bool>(value_); }
  std::int64_t integer() const { return std::get<std::int64_t>(value_); }
  double number() const { return is_int() ? static_cast<double>(integer()) : std::get<double>(value_); }
  const std::string& string() const { return std::get<std::string>(value_); }
  const Array& array() const { return std::get<Array>(value_); }
  Array& array() { return std::get<Array>(value_); }
  const Object& object() const { return std::get<Object>(value_); }
  Object& object() { return std::get<Object>(value_); }

  /// The member `key`, or nullptr if there is none or this is not an object.
  const Json* Find(std::string_view key) const;
  /// The member `key` of an object, made null at the end if absent. Turns null into an object.
  Json& operator[](std::string_view key);
  /// Sets a member; returns *this for chaining.
  Json& Set(std::string_view key, Json value);
  /// Appends to an array. Turns null into an array.
  Json& Push(Json value);

  bool operator==(const Json&) const = default;

  /// Parses one JSON text (UTF-8, RFC 8259; depth at most 64; a repeated key keeps its last value). Error:
  /// kDataCorrupt, saying what simdjson found.
  static Result<Json> Parse(std::string_view text);

  /// The JSON text. indent < 0: one line without spaces. Doubles are the shortest that read back; NaN and infinities
  /// become null. Strings that are not UTF-8 are repaired with U+FFFD.
  std::string Dump(int indent = -1) const;

 private:
  Json(Object v, int) : value_(std::move(v)) {}
  void DumpTo(std::string* out, int indent, int depth) const;
  std::variant<std::nullptr_t, bool, std::int64_t, double, std::string, Array, Object> value_;
};

/// Whether `text` is within quotes as it stands: ASCII with nothing to escape.
bool IsPlainInJson(std::string_view text);
/// Appends `text` as a quoted JSON string.
void AppendJsonString(std::string_view text, std::string* out);
/// Appends a number as Json::Dump would.
void AppendJsonNumber(double value, std::string* out);

}  // namespace valence
