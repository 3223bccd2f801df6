// SPDX-License-Identifier: Apache-2.0
#include "column_audit.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <cmath>

#include "shown.h"
#include "valence/base/numbers.h"

namespace valence::data::internal {
namespace {

constexpr std::size_t kShownValueBytes = 60;

/// Whether a field of a table can be read as `type`; an empty one as any.
bool IsOfType(std::string_view value, std::string_view type) {
  if (value.empty() || type == "string") return true;
  if (type == "integer") return ParseInt(value).has_value();
  if (type == "boolean") return value == "true" || value == "false" || value == "True" || value == "False";
  const auto number = ParseDouble(value);
  return number.has_value() && std::isfinite(*number);
}

/// Whether a JSON value is of `type`; null is of any.
bool IsOfType(const Json& value, std::string_view type) {
  if (value.is_null()) return true;
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_int();
  if (type == "boolean") return value.is_bool();
  return value.is_number();
}

}  // namespace

ColumnAudit::ColumnAudit(const DataContract::Columns& contract, const std::vector<std::string>& read)
    : is_on_(!contract.types.empty() || !contract.allow_others),
      allow_others_(contract.allow_others),
      types_(contract.types),
      read_(read.begin(), read.end()) {}

void ColumnAudit::BeginSource(std::string_view source) {
  EndSource();
  source_ = source;
}

void ColumnAudit::EndSource() {
  if (source_rows_ > 0) {
    for (const auto& [column, type] : types_) {
      if (seen_.count(column) > 0) continue;
      missing_.push_back({source_, 0, fmt::format("no column '{}'; found: {}", column, fmt::join(seen_, ", ")), ""});
    }
  }
  seen_.clear();
  by_field_.clear();
  source_rows_ = 0;
}

void ColumnAudit::SeeName(std::string_view name) {
  if (seen_.count(name) > 0) return;
  const bool is_known = types_.count(std::string(name)) > 0 || read_.count(name) > 0;
  if (is_known || seen_.size() < kMostNames) seen_.emplace(name);
  if (is_known || allow_others_ || other_names_.size() >= kMostNames) return;
  if (other_names_.emplace(name).second) {
    others_.push_back(
        {source_, 0, fmt::format("the column '{}' is not in columns.types", Shown(name, kShownValueBytes)), ""});
  }
}

void ColumnAudit::SeeHeader(const std::vector<std::string>& names) {
  if (!is_on_) return;
  by_field_.clear();
  for (const std::string& name : names) {
    SeeName(name);
    const auto found = types_.find(name);
    by_field_.push_back(found == types_.end() ? nullptr : &*found);
  }
}

void ColumnAudit::SeeFields(std::uint64_t row, const std::vector<std::string_view>& fields) {
  if (!is_on_) return;
  ++rows_, ++source_rows_;
  for (std::size_t i = 0; i < fields.size() && i < by_field_.size(); ++i) {
    if (by_field_[i] == nullptr || IsOfType(fields[i], by_field_[i]->second)) continue;
    return AddMistyped(row, by_field_[i]->first, by_field_[i]->second, fields[i]);
  }
}

void ColumnAudit::SeeRecord(std::uint64_t row, const Json& record) {
  if (!is_on_) return;
  ++rows_, ++source_rows_;
  for (const auto& [name, value] : record.object()) SeeName(name);
  for (const auto& [column, type] : types_) {
    const Json* const value = record.Find(column);
    if (value != nullptr && !IsOfType(*value, type)) return AddMistyped(row, column, type, value->Dump());
  }
}

void ColumnAudit::AddMistyped(std::uint64_t row, std::string_view column, std::string_view type,
                              std::string_view value) {
  ++mistyped_rows_;
  if (mistyped_.size() >= kMostExamples) return;
  mistyped_.push_back(
      {source_, row,
       fmt::format("column '{}' should be of type {}, found {}", column, type, Shown(value, kShownValueBytes)), ""});
}

}  // namespace valence::data::internal
