// SPDX-License-Identifier: Apache-2.0
#include "ingest_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "quantiles.h"

namespace valence::data {
namespace {

constexpr double kImbalanceRatio = 10;
constexpr std::size_t kVeryShortBytes = 10;
constexpr double kVeryShortShare = 0.1;

void DescribeLengths(const std::vector<double>& lengths, std::map<std::string, double>* out) {
  if (lengths.empty()) return;
  double sum = 0;
  for (const double length : lengths) sum += length;
  *out = {{"min", lengths.front()}, {"max", lengths.back()}, {"mean", sum / static_cast<double>(lengths.size())}};
  for (const int q : {5, 25, 50, 75, 95}) (*out)[fmt::format("p{:02}", q)] = internal::Percentile(lengths, q);
}

void WarnOfImbalance(IngestReport* report) {
  if (report->train_labels.empty()) return;
  const auto by_count = [](const auto& a, const auto& b) { return a.second < b.second; };
  const auto [rare, common] = std::minmax_element(report->train_labels.begin(), report->train_labels.end(), by_count);
  if (static_cast<double>(common->second) <= kImbalanceRatio * static_cast<double>(rare->second)) return;
  report->warnings.push_back(
      fmt::format("class imbalance: {} documents of '{}', {} of '{}'; consider train.class_weight", common->second,
                  common->first, rare->second, rare->first));
}

void WarnOfShortTexts(const std::vector<double>& lengths, IngestReport* report) {
  const auto end = std::lower_bound(lengths.begin(), lengths.end(), static_cast<double>(kVeryShortBytes));
  const double share =
      lengths.empty() ? 0 : static_cast<double>(end - lengths.begin()) / static_cast<double>(lengths.size());
  if (share <= kVeryShortShare) return;
  report->warnings.push_back(
      fmt::format("{:.1f}% of the texts are shorter than {} bytes", share * 100, kVeryShortBytes));
}

void WarnOfTestGaps(IngestReport* report) {
  for (const auto& [label, count] : report->train_labels) {
    if (report->test_labels.count(label) == 0) {
      report->warnings.push_back(fmt::format("no test document has the label '{}'", label));
    }
  }
}

template <class Map>
Json MapToJson(const Map& map) {
  Json json = Json::MakeObject();
  for (const auto& [key, value] : map) json.Set(key, Json(value));
  return json;
}

}  // namespace

Json IngestReport::ToJson() const {
  return Json::MakeObject({{"source", source},
                           {"source_sha256", source_sha256},
                           {"input_rows", input_rows},
                           {"kept_rows", kept_rows},
                           {"rejected_by_reason", MapToJson(rejected_by_reason)},
                           {"train_rows", train_rows},
                           {"test_rows", test_rows},
                           {"train_labels", MapToJson(train_labels)},
                           {"test_labels", MapToJson(test_labels)},
                           {"text_bytes", MapToJson(text_bytes)},
                           {"near_duplicates", near_duplicates ? near_duplicates->ToJson() : Json()},
                           {"contract", contract ? contract->ToJson() : Json()},
                           {"warnings", Json::ArrayOf(warnings)}});
}

namespace internal {

void CountRows(const Collected& collected, IngestReport* report) {
  report->input_rows = collected.rows.size();
  for (const Row& row : collected.rows) {
    if (row.kept()) {
      ++report->kept_rows;
    } else {
      ++report->rejected_by_reason[std::string(row.reason)];
    }
  }
}

void DescribeKept(const KeptRows& kept, IngestReport* report) {
  for (std::size_t i = 0; i < kept.size(); ++i) {
    ++(kept.is_test[i] ? report->test_rows : report->train_rows);
    ++(kept.is_test[i] ? report->test_labels : report->train_labels)[kept.documents[i].label];
  }
  const std::vector<double> lengths = SortedLengths(kept.documents);
  DescribeLengths(lengths, &report->text_bytes);
  WarnOfImbalance(report);
  WarnOfShortTexts(lengths, report);
  WarnOfTestGaps(report);
}

}  // namespace internal
}  // namespace valence::data
