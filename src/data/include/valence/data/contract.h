// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/config.h"
#include "valence/base/json.h"
#include "valence/base/result.h"

namespace valence::data {

/// data_contract.yaml: what the data of a project must be. Each struct is a section; a limit left at its default is no
/// rule. docs/data-contract.md says how each figure is taken.
struct DataContract {
  struct AppliesTo {
    std::vector<std::string> sources;  ///< values of ingest.source; empty: all

    void Describe(FieldVisitor& v);
  } applies_to;

  struct Columns {
    StringMap types;  ///< column -> string, integer, number, boolean
    bool allow_others = true;
    double max_mistyped_share = 0;

    void Describe(FieldVisitor& v);
  } columns;

  struct Labels {
    std::vector<std::string> allowed;  ///< empty: any
    double min_share = 0;
    double max_share = 1;

    void Describe(FieldVisitor& v);
  } labels;

  struct Rows {
    std::int64_t min_documents = 0;
    double max_rejected_share = 1;
    double max_empty_share = 1;
    double max_duplicate_share = 1;
    double max_conflict_share = 1;

    void Describe(FieldVisitor& v);
  } rows;

  struct Texts {
    NumberMap min_bytes;  ///< quantile (a key of IngestReport::text_bytes) -> least value
    NumberMap max_bytes;
    double min_ascii_share = 0;
    double min_english_share = 0;
    double english_stop_words = 0.15;  ///< share of a document's words from which it counts as English

    void Describe(FieldVisitor& v);
  } text;

  struct NearDuplicates {
    double max_share = 1;
    double max_leakage_share = 1;

    void Describe(FieldVisitor& v);
  } near_duplicates;

  struct Drift {
    std::string baseline;  ///< a profile, relative to the contract's folder; "" for no drift rules
    std::int64_t min_documents = 500;
    double max_label_share_change = 1;
    double max_label_psi = std::numeric_limits<double>::infinity();
    double max_length_psi = std::numeric_limits<double>::infinity();
    double max_median_length_change = std::numeric_limits<double>::infinity();
    double max_unseen_word_share = 1;

    void Describe(FieldVisitor& v);
    /// Whether any limit is set.
    bool has_rules() const;
  } drift;

  /// The sections bound to this object, which must outlive them.
  std::vector<ConfigSection> Sections();
};

/// `where` stands in messages. Errors: kDataCorrupt with file, line, key, got and wanted (what is no YAML; unknown
/// sections and keys, with the nearest known one; wrong types; values out of range).
Result<DataContract> ParseContract(std::string_view text, std::string_view where);

/// The value of ingest.contract that means kContractFile if there is one.
inline constexpr std::string_view kAutoContract = "auto";
inline constexpr std::string_view kContractFile = "data_contract.yaml";

/// A contract, and the file it was read from.
struct LoadedContract {
  DataContract contract;
  std::string file;
  std::string sha256;  ///< of the file
};

/// Reads the contract that ingest.contract names: kAutoContract, a file that must be there, or "" for none. Errors:
/// kNotFound, kUnavailable, and as ParseContract's.
Result<std::optional<LoadedContract>> LoadContract(const std::string& ingest_contract);

/// A row that shows why a rule is breached.
struct RowExample {
  std::string source;     ///< file, or member of an archive
  std::uint64_t row = 0;  ///< from 1, header excluded; 0 for one-document files and for what concerns a whole file
  std::string detail;
  std::string text;  ///< its first bytes; "" where the text says nothing
};

/// "reviews.csv row 7: nothing but white space".
std::string ToText(const RowExample& example);

/// A rule of the contract, held or breached.
struct RuleOutcome {
  std::string rule;   ///< section.key, such as "rows.max_duplicate_share"
  double figure = 0;  ///< what was found
  double limit = 0;
  bool is_minimum = false;  ///< figure must be >= limit; else <= limit
  std::string skipped;      ///< why it could not be judged, else ""
  std::vector<RowExample> examples;

  /// Held, or skipped. NaN breaches.
  bool ok() const;
};

/// "rows.max_duplicate_share: 0.25 is above the limit 0.1".
std::string Message(const RuleOutcome& outcome);

/// What became of a contract.
struct ContractOutcome {
  std::string file;
  std::string sha256;           ///< of the file
  std::string not_applied;      ///< why no rule was judged, else ""
  std::string baseline;         ///< the profile that drift was measured from, else ""
  std::string baseline_sha256;  ///< of the data that the profile describes
  std::vector<RuleOutcome> rules;

  bool passed() const;
  Json ToJson() const;
};

}  // namespace valence::data
