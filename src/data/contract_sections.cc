// SPDX-License-Identifier: Apache-2.0
#include "valence/data/contract.h"

namespace valence::data {
namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr std::string_view kQuantiles = "of min, p05, p25, p50, p75, p95, max, mean";

}  // namespace

void DataContract::AppliesTo::Describe(FieldVisitor& v) {
  v.Visit({"sources", "Values of ingest.source that the contract is about; other sources are not judged. Empty: all.",
           "a list of texts"},
          sources, {});
}

void DataContract::Columns::Describe(FieldVisitor& v) {
  v.Visit({"types", "Columns (or JSON members) that every file must have, each with the type of its values.",
           "each string, integer, number or boolean"},
          types);
  v.Visit({"allow_others", "Whether files may have other columns than those above and those that ingest reads."},
          allow_others);
  v.Visit(
      {"max_mistyped_share", "Largest share of rows with a value of another type; empty values have none.", "0 to 1"},
      max_mistyped_share, Between(0, 1));
}

void DataContract::Labels::Describe(FieldVisitor& v) {
  v.Visit({"allowed", "Labels that documents may have, after ingest.labels. Empty: any.", "a list of texts"}, allowed,
          {});
  v.Visit({"min_share", "Least share of the documents that any label may have.", "0 to 1"}, min_share, Between(0, 1));
  v.Visit({"max_share", "Largest share of the documents that any label may have.", "0 to 1"}, max_share, Between(0, 1));
}

void DataContract::Rows::Describe(FieldVisitor& v) {
  v.Visit({"min_documents", "Fewest documents that must be kept.", ">= 0"}, min_documents, AtLeast(0));
  v.Visit({"max_rejected_share",
           "Largest share of rows that could not be used (malformed, unlabelled, empty, too long).", "0 to 1"},
          max_rejected_share, Between(0, 1));
  v.Visit({"max_empty_share", "Largest share of rows without text.", "0 to 1"}, max_empty_share, Between(0, 1));
  v.Visit({"max_duplicate_share", "Largest share of rows that repeat another row's text and label.", "0 to 1"},
          max_duplicate_share, Between(0, 1));
  v.Visit({"max_conflict_share", "Largest share of rows whose text also occurs with another label.", "0 to 1"},
          max_conflict_share, Between(0, 1));
}

void DataContract::Texts::Describe(FieldVisitor& v) {
  v.Visit({"min_bytes", "Quantile of the text lengths -> its least value in bytes.", kQuantiles}, min_bytes);
  v.Visit({"max_bytes", "Quantile of the text lengths -> its greatest value in bytes.", kQuantiles}, max_bytes);
  v.Visit({"min_ascii_share", "Least share of ASCII among all characters.", "0 to 1"}, min_ascii_share, Between(0, 1));
  v.Visit({"min_english_share", "Least share of documents that count as English.", "0 to 1"}, min_english_share,
          Between(0, 1));
  v.Visit({"english_stop_words", "A document counts as English if this share of its words are English stop words.",
           "0 to 1"},
          english_stop_words, Between(0, 1));
}

void DataContract::NearDuplicates::Describe(FieldVisitor& v) {
  v.Visit({"max_share", "Largest share of documents that have a near-duplicate.", "0 to 1"}, max_share, Between(0, 1));
  v.Visit({"max_leakage_share", "Largest share of test documents that have a near-duplicate in train.", "0 to 1"},
          max_leakage_share, Between(0, 1));
}

void DataContract::Drift::Describe(FieldVisitor& v) {
  v.Visit({"baseline",
           "Profile of the version to compare with, relative to this file; 'valence ingest "
           "--write-baseline' makes it. Empty: no drift rules."},
          baseline, {});
  v.Visit({"min_documents", "Fewest documents, here and in the baseline, from which drift is judged.", ">= 1"},
          min_documents, AtLeast(1));
  v.Visit({"max_label_share_change", "Largest change of any label's share.", "0 to 1"}, max_label_share_change,
          Between(0, 1));
  v.Visit({"max_label_psi", "Largest population stability index of the labels.", ">= 0"}, max_label_psi,
          Between(0, kInfinity));
  v.Visit(
      {"max_length_psi", "Largest population stability index of the text lengths, in tenths of the baseline.", ">= 0"},
      max_length_psi, Between(0, kInfinity));
  v.Visit({"max_median_length_change", "Largest change of the median length, as a share of the baseline's.", ">= 0"},
          max_median_length_change, Between(0, kInfinity));
  v.Visit({"max_unseen_word_share", "Largest share of words, each time they occur, that the baseline does not have.",
           "0 to 1"},
          max_unseen_word_share, Between(0, 1));
}

bool DataContract::Drift::has_rules() const {
  return max_label_share_change < 1 || max_label_psi < kInfinity || max_length_psi < kInfinity ||
         max_median_length_change < kInfinity || max_unseen_word_share < 1;
}

std::vector<ConfigSection> DataContract::Sections() {
  return {
      {"applies_to", "Which data the contract is about.", [this](FieldVisitor& v) { applies_to.Describe(v); }},
      {"columns", "What tables and JSON records must look like; not judged for layouts without columns.",
       [this](FieldVisitor& v) { columns.Describe(v); }},
      {"labels", "The labels of the kept documents.", [this](FieldVisitor& v) { labels.Describe(v); }},
      {"rows", "How many rows there are, and how many were not kept.", [this](FieldVisitor& v) { rows.Describe(v); }},
      {"text", "The texts of the kept documents.", [this](FieldVisitor& v) { text.Describe(v); }},
      {"near_duplicates", "Documents whose texts are nearly equal, as ingest.near_duplicate_similarity has it.",
       [this](FieldVisitor& v) { near_duplicates.Describe(v); }},
      {"drift", "How far the data may be from the version before.", [this](FieldVisitor& v) { drift.Describe(v); }},
  };
}

}  // namespace valence::data
