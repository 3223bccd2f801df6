// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/config.h"
#include "valence/base/json.h"
#include "valence/data/contract.h"

namespace valence::data::internal {

/// What the record readers see of the columns that a contract names. Off (cheap) unless types or a closed set of
/// columns are asked for. Not thread-safe.
class ColumnAudit {
 public:
  static constexpr std::size_t kMostExamples = 3;
  static constexpr std::size_t kMostNames = 20;

  ColumnAudit() = default;
  /// `read` are the columns that ingest itself reads, which are no others.
  ColumnAudit(const DataContract::Columns& contract, const std::vector<std::string>& read);

  bool is_on() const { return is_on_; }

  /// Rows from now on come from this file or member. Ends the one before.
  void BeginSource(std::string_view source);
  /// The header of a table.
  void SeeHeader(const std::vector<std::string>& names);
  /// A row of a table, fields as in the header.
  void SeeFields(std::uint64_t row, const std::vector<std::string_view>& fields);
  /// A JSON object.
  void SeeRecord(std::uint64_t row, const Json& record);
  void EndSource();

  // What was found, once the last source has ended.
  std::uint64_t rows() const { return rows_; }  ///< 0 if the source has no columns
  std::uint64_t mistyped_rows() const { return mistyped_rows_; }
  const std::vector<RowExample>& mistyped() const { return mistyped_; }
  /// One for each file and column that it lacks.
  const std::vector<RowExample>& missing() const { return missing_; }
  /// One for each column that is not named (at most kMostNames).
  const std::vector<RowExample>& others() const { return others_; }

 private:
  void SeeName(std::string_view name);
  void AddMistyped(std::uint64_t row, std::string_view column, std::string_view type, std::string_view value);

  bool is_on_ = false;
  bool allow_others_ = true;
  StringMap types_;
  std::set<std::string, std::less<>> read_;
  std::string source_;
  std::uint64_t source_rows_ = 0;
  std::set<std::string, std::less<>> seen_;             ///< of this source
  std::vector<const StringMap::value_type*> by_field_;  ///< the named column of each field, or nullptr
  std::set<std::string, std::less<>> other_names_;
  std::uint64_t rows_ = 0;
  std::uint64_t mistyped_rows_ = 0;
  std::vector<RowExample> mistyped_, missing_, others_;
};

}  // namespace valence::data::internal
