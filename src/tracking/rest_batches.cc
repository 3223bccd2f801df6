// SPDX-License-Identifier: Apache-2.0
#include "rest_batches.h"

#include <fmt/format.h>

#include <array>
#include <string_view>
#include <utility>

#include "rest_json.h"
#include "valence/base/json.h"
#include "valence/base/utf8.h"
#include "validation.h"

namespace valence::tracking::internal {
namespace {

enum Kind : std::size_t { kParams, kTags, kMetrics };
constexpr std::array<std::size_t, 3> kMaxOfKind{limits::kParamsPerBatch, limits::kTagsPerBatch,
                                                limits::kMetricsPerBatch};
constexpr std::array<std::string_view, 3> kMembers{"params", "tags", "metrics"};

/// Gathers entries into bodies; starts a new one when an entry would break a limit.
class BatchWriter {
 public:
  explicit BatchWriter(const std::string& run_id) {
    AppendJsonString(run_id, &head_);
    head_.insert(0, "{\"run_id\":");
  }

  void Add(Kind kind, std::string_view entry) {
    const bool is_full = entries_ == limits::kEntitiesPerBatch || count_[kind] == kMaxOfKind[kind];
    // Three members with their brackets and commas take less than 64 bytes beside the entries.
    const std::size_t bytes = head_.size() + parts_[0].size() + parts_[1].size() + parts_[2].size() + 64;
    if (is_full || (entries_ > 0 && bytes + entry.size() + 1 > limits::kBatchBytes)) Flush();
    if (count_[kind]++ > 0) parts_[kind] += ',';
    parts_[kind] += entry;
    ++entries_;
  }

  std::vector<std::string> Finish() && {
    if (entries_ > 0) Flush();
    return std::move(bodies_);
  }

 private:
  void Flush() {
    std::string body = head_;
    for (std::size_t kind = 0; kind < parts_.size(); ++kind) {
      if (count_[kind] > 0) body += fmt::format(",\"{}\":[{}]", kMembers[kind], parts_[kind]);
      parts_[kind].clear();
      count_[kind] = 0;
    }
    bodies_.push_back(body + "}");
    entries_ = 0;
  }

  std::string head_;
  std::array<std::string, 3> parts_;
  std::array<std::size_t, 3> count_{};
  std::size_t entries_ = 0;
  std::vector<std::string> bodies_;
};

template <class Pair>
Status AddPairs(Kind kind, std::span<const Pair> pairs, std::size_t limit, bool truncate, BatchWriter* writer) {
  for (const Pair& pair : pairs) {
    const std::string_view value = CutTo(pair.value, limit);
    if (!truncate && value.size() < pair.value.size()) {
      return InvalidArgument(fmt::format(
          "the value of '{}' has {} characters, MLflow keeps {}; shorten it, or leave MLFLOW_TRUNCATE_LONG_VALUES "
          "unset to have it cut",
          pair.key, utf8::Length(pair.value), limit));
    }
    writer->Add(kind, Json::MakeObject({{"key", pair.key}, {"value", value}}).Dump());
  }
  return Ok();
}

}  // namespace

Result<std::vector<std::string>> BatchBodies(const std::string& run_id, std::span<const Metric> metrics,
                                             std::span<const Param> params, std::span<const Tag> tags, bool truncate,
                                             const MetricOwner* owner) {
  VALENCE_RETURN_IF_ERROR(CheckMetrics(metrics));
  VALENCE_RETURN_IF_ERROR(CheckParams(params));
  VALENCE_RETURN_IF_ERROR(CheckTags(tags));
  BatchWriter writer(run_id);
  VALENCE_RETURN_IF_ERROR(AddPairs(kParams, params, limits::kParamValueLength, truncate, &writer));
  VALENCE_RETURN_IF_ERROR(AddPairs(kTags, tags, limits::kTagValueLength, truncate, &writer));
  for (const Metric& metric : metrics) {
    Json json = MetricJson(metric);
    if (owner != nullptr) {
      json.Set("model_id", owner->model_id);
      if (!owner->dataset_name.empty()) json.Set("dataset_name", owner->dataset_name);
      if (!owner->dataset_digest.empty()) json.Set("dataset_digest", owner->dataset_digest);
    }
    writer.Add(kMetrics, json.Dump());
  }
  return std::move(writer).Finish();
}

}  // namespace valence::tracking::internal
