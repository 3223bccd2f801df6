// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "record_parts.h"
#include "valence/evaluation/metrics.h"

namespace valence::pipeline {
namespace {

using tracking::Metric;

/// An undefined figure is null in JSON and NaN in MLflow.
double NumberOf(const Json& value) {
  return value.is_number() ? value.number() : std::numeric_limits<double>::quiet_NaN();
}

/// Each number of an object as <prefix><key>.
void AddNumbers(const Json* object, const std::string& prefix, std::int64_t time, std::vector<Metric>* metrics) {
  if (object == nullptr || !object->is_object()) return;
  for (const auto& [key, value] : object->object()) {
    if (value.is_number()) metrics->push_back({KeyOf(prefix + key), value.number(), time, 0});
  }
}

void AddClasses(const Json* per_class, std::int64_t time, std::vector<Metric>* metrics) {
  if (per_class == nullptr || !per_class->is_object()) return;
  for (const auto& [label, row] : per_class->object()) {
    if (!row.is_object()) continue;
    for (const auto& [name, value] : row.object()) {
      metrics->push_back({KeyOf(name + "/" + label), NumberOf(value), time, 0});
    }
  }
}

void AddSlices(const Json* slices, std::int64_t time, std::vector<Metric>* metrics) {
  if (slices == nullptr || !slices->is_object()) return;
  int quarter = 0;  // quartiles of text length, shortest first; their bounds differ from data set to data set
  for (const auto& [name, figures] : slices->object()) {
    ++quarter;
    for (const char* metric : {"accuracy", "f1_macro"}) {
      const Json* value = figures.Find(metric);
      if (value != nullptr) {
        metrics->push_back({fmt::format("slice/length_q{}/{}", quarter, metric), NumberOf(*value), time, 0});
      }
    }
  }
}

void AddIntervals(const Json* intervals, std::int64_t time, std::vector<Metric>* metrics) {
  if (intervals == nullptr || !intervals->is_object()) return;
  for (const auto& [name, interval] : intervals->object()) {
    const Json* low = interval.Find("low");
    const Json* high = interval.Find("high");
    if (low != nullptr) metrics->push_back({KeyOf("interval/" + name + "/low"), NumberOf(*low), time, 0});
    if (high != nullptr) metrics->push_back({KeyOf("interval/" + name + "/high"), NumberOf(*high), time, 0});
  }
}

}  // namespace

void AddFigures(const Json& figures, std::int64_t time, std::vector<Metric>* metrics) {
  for (const std::string_view name : evaluation::MetricNames()) {
    if (const Json* value = figures.Find(name)) metrics->push_back({std::string(name), NumberOf(*value), time, 0});
  }
  AddClasses(figures.Find("per_class"), time, metrics);
  AddSlices(figures.Find("slices"), time, metrics);
  AddIntervals(figures.Find("intervals"), time, metrics);
}

bool IsFigure(std::string_view key) {
  const auto& names = evaluation::MetricNames();
  return std::find(names.begin(), names.end(), key) != names.end();
}

void AddTraining(const Json& certificate, std::int64_t time, std::vector<Metric>* metrics) {
  for (const char* name : {"objective", "duality_gap", "relative_gap", "gradient_max", "iterations"}) {
    if (const Json* value = certificate.Find(name)) {
      metrics->push_back({std::string("train/") + name, NumberOf(*value), time, 0});
    }
  }
  const Json* losses = certificate.Find("loss_by_iteration");
  if (losses == nullptr || !losses->is_array()) return;
  std::int64_t step = 0;
  for (const Json& loss : losses->array()) metrics->push_back({"train/loss", NumberOf(loss), time, step++});
}

void AddDataCounts(const Json& data, std::int64_t time, std::vector<Metric>* metrics) {
  for (const char* name : {"input_rows", "kept_rows", "train_rows", "test_rows"}) {
    if (const Json* value = data.Find(name)) {
      metrics->push_back({std::string("data/") + name, NumberOf(*value), time, 0});
    }
  }
  AddNumbers(data.Find("rejected_by_reason"), "data/rejected/", time, metrics);
}

void AddSeconds(const Json& seconds, std::int64_t time, std::vector<Metric>* metrics) {
  AddNumbers(&seconds, "seconds/", time, metrics);
}

}  // namespace valence::pipeline
