// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "valence/base/config.h"
#include "valence/base/json.h"
#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/data/contract.h"
#include "valence/data/document.h"
#include "valence/data/near_duplicate_report.h"

namespace valence::data {

/// Section `ingest` of params.yaml.
struct IngestConfig {
  std::string source = "sample";  ///< sample, imdb, an http(s):// or s3:// URL, or a file, folder or archive
  std::string sha256;             ///< expected digest of a URL or file; "" accepts any
  std::string format = "auto";    ///< auto, csv, tsv, jsonl, json, aclimdb
  std::string text_column = "text";
  std::string label_column = "label";
  std::string id_column;  ///< "" makes ids
  StringMap labels;       ///< raw label -> label; empty keeps raw labels. With entries, others are `unknown_label`
  std::string encoding = "utf-8";  ///< utf-8, latin1, cp1252
  double test_share = 0.2;         ///< held out when the source has no test part
  std::int64_t seed = 42;
  double max_rejected_share = 0.05;  ///< of all rows; above it the stage fails
  double max_duplicate_share = 0.5;
  double max_conflict_share = 0.01;  ///< same text, other label
  std::int64_t min_label_documents = 2;
  std::int64_t max_text_bytes = 1 << 20;
  std::string near_duplicates = "report";  ///< report, reject, off
  double near_duplicate_similarity = 0.7;
  std::string contract = "auto";         ///< auto, a file, "" for none
  std::string baseline;                  ///< a profile in place of the contract's drift.baseline
  std::string cache_dir = "data/cache";  ///< downloads; kept between runs

  void Describe(FieldVisitor& v);
  bool operator==(const IngestConfig&) const = default;
};

/// What ingest did, for reports/data.json and the terminal. input_rows = kept + rejected, always.
struct IngestReport {
  std::string source;
  std::string source_sha256;  ///< of the archive or file; "" for a folder
  std::uint64_t input_rows = 0;
  std::uint64_t kept_rows = 0;
  std::map<std::string, std::uint64_t> rejected_by_reason;
  std::uint64_t train_rows = 0;
  std::uint64_t test_rows = 0;
  std::map<std::string, std::uint64_t> train_labels;
  std::map<std::string, std::uint64_t> test_labels;
  std::map<std::string, double> text_bytes;            ///< min, p05, p25, p50, p75, p95, max, mean
  std::optional<NearDuplicateReport> near_duplicates;  ///< unless ingest.near_duplicates is off
  std::optional<ContractOutcome> contract;             ///< if there is one
  std::vector<std::string> warnings;

  /// Whether the data may be used: there is no contract, or it holds.
  bool accepted() const { return !contract.has_value() || contract->passed(); }
  Json ToJson() const;
};

/// What drift is measured from: the profile that the contract names, or the data themselves, whose profile then becomes
/// the next baseline. A run never measures itself from its own last output, so that a second run gives the same bytes.
enum class BaselineUse { kCompare, kRenew };

/// A profile to be written once the data are accepted.
struct RenewedBaseline {
  std::filesystem::path path;
  std::string text;
};

struct IngestOutput {
  Split split;
  std::vector<RejectedRow> rejected;
  IngestReport report;
  std::optional<RenewedBaseline> baseline;  ///< with BaselineUse::kRenew, if the data are accepted
};

/// Fetches (if remote), reads, checks, splits and judges by the contract. Nothing is written except downloads below
/// cache_dir. Deterministic for a given source, configuration and seed. Checks, each a RejectedRow::reason:
/// invalid_utf8, malformed_row, missing_label, unknown_label, empty_text, text_too_long, duplicate (exact, first kept),
/// leakage (a test text that is in train), conflicting_label (all copies of a text with two labels), near_duplicate (if
/// asked for). A breached contract is a result, not an error: report.accepted() is false, and its rules say why.
/// Errors: kNotFound, kUnavailable (network), kDataCorrupt (digest, archive or header not as expected; a share limit
/// exceeded; fewer than two labels; a contract or baseline that cannot be read), with file and row.
Result<IngestOutput> Ingest(const IngestConfig& config, Progress& progress, BaselineUse use = BaselineUse::kCompare);

}  // namespace valence::data
