// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "column_audit.h"
#include "encoding.h"
#include "valence/base/progress.h"
#include "valence/data/document.h"
#include "valence/data/ingest.h"

namespace valence::data::internal {

/// RejectedRow::reason.
inline constexpr std::string_view kInvalidUtf8 = "invalid_utf8";
inline constexpr std::string_view kMalformedRow = "malformed_row";
inline constexpr std::string_view kMissingLabel = "missing_label";
inline constexpr std::string_view kUnknownLabel = "unknown_label";
inline constexpr std::string_view kEmptyText = "empty_text";
inline constexpr std::string_view kTextTooLong = "text_too_long";
inline constexpr std::string_view kDuplicate = "duplicate";
inline constexpr std::string_view kNearDuplicate = "near_duplicate";
inline constexpr std::string_view kLeakage = "leakage";
inline constexpr std::string_view kConflictingLabel = "conflicting_label";

/// The reasons for which a row could not be used at all, and those for which it says what another row says.
inline constexpr std::array kUnusable = {kInvalidUtf8,  kMalformedRow, kMissingLabel,
                                         kUnknownLabel, kEmptyText,    kTextTooLong};
inline constexpr std::array kRepeated = {kDuplicate, kNearDuplicate, kLeakage};

/// The part of the data set that a source says a row belongs to.
enum class Part { kUnspecified, kTrain, kTest };

/// One input row. Rejected ones stay in the list, with their reason, so that nothing can get lost.
struct Row {
  Document document;  ///< a rejected row's text: its first bytes, repaired
  Part part = Part::kUnspecified;
  std::uint32_t source = 0;  ///< index in Collected::sources
  std::uint64_t number = 0;
  std::string_view reason;  ///< "" if kept, else one of the constants above
  std::string detail;

  bool kept() const { return reason.empty(); }
};

struct Collected {
  std::vector<std::string> sources;
  std::vector<Row> rows;
};

/// Marks a row as not kept and shortens its text to what rejected.csv shows.
void RejectRow(std::string_view reason, std::string detail, Row* row);

/// A row as a file has it: bytes in some encoding; nullopt where there is no such field.
struct RawRow {
  std::uint64_t number = 0;
  std::string_view text;
  std::optional<std::string_view> label;
  std::optional<std::string_view> id;
};

/// Gathers the rows of all sources and checks each by itself. Not thread-safe.
class RowCollector {
 public:
  /// `config` and `progress` must outlive the collector.
  RowCollector(const IngestConfig& config, Progress* progress) : config_(config), progress_(progress) {}

  /// What the readers tell of the columns; replace it before the first source.
  ColumnAudit& columns() { return columns_; }

  /// Rows added from now on come from this file or member.
  void BeginSource(std::string name, Part part);
  /// Decodes and checks: invalid_utf8, missing_label, unknown_label, text_too_long, empty_text. White space around
  /// labels is not part of them. Without an id, `<source>:<number>`.
  void Add(const RawRow& raw, Encoding encoding);
  void Reject(std::uint64_t number, std::string_view reason, std::string detail, std::string_view text);

  std::size_t size() const { return collected_.rows.size(); }
  Collected Release();

 private:
  Row& NewRow(std::uint64_t number);
  /// Sets the row's label, or the reason why it cannot.
  void TakeLabel(const std::optional<std::string_view>& raw, Encoding encoding, Row* row) const;
  void TakeText(std::string_view raw, Encoding encoding, Row* row) const;

  const IngestConfig& config_;
  Progress* progress_;
  Part part_ = Part::kUnspecified;
  ColumnAudit columns_;
  Collected collected_;
};

}  // namespace valence::data::internal
