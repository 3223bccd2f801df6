// SPDX-License-Identifier: Apache-2.0
#include "valence/telemetry/registry.h"

#include <prometheus/client_metric.h>
#include <prometheus/metric_family.h>
#include <prometheus/metric_type.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <limits>
#include <locale>
#include <sstream>

namespace valence::telemetry {
namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

std::vector<ClientMetric::Label> ToPrometheus(const Labels& labels) {
  std::vector<ClientMetric::Label> converted;
  for (const auto& [name, value] : labels) converted.push_back({name, value});
  return converted;
}

/// A metric that can say what it is worth now.
struct Source {
  MetricFamily family;  // without its metrics
  std::function<void(std::vector<ClientMetric>*)> collect;
};

}  // namespace

struct Registry::Impl {
  int shards = 1;
  std::vector<std::unique_ptr<Counters>> counters;
  std::vector<std::unique_ptr<Histograms>> histograms;
  std::vector<Source> sources;

  void Add(std::string name, std::string help, MetricType type,
           std::function<void(std::vector<ClientMetric>*)> collect) {
    sources.push_back({{std::move(name), std::move(help), type, {}}, std::move(collect)});
  }
};

Registry::Registry(int shards) : impl_(std::make_unique<Impl>()) { impl_->shards = shards; }
Registry::~Registry() = default;

int Registry::shards() const { return impl_->shards; }

Counters* Registry::AddCounters(std::string name, std::string help, std::vector<Labels> series, ZeroSeries zero) {
  auto* const counters =
      impl_->counters.emplace_back(std::unique_ptr<Counters>(new Counters(impl_->shards, series.size()))).get();
  impl_->Add(std::move(name), std::move(help), MetricType::Counter,
             [counters, series = std::move(series), zero](std::vector<ClientMetric>* out) {
               for (std::size_t i = 0; i < series.size(); ++i) {
                 const std::uint64_t value = counters->Value(i);
                 if (value == 0 && zero == ZeroSeries::kHide) continue;
                 ClientMetric& metric = out->emplace_back();
                 metric.label = ToPrometheus(series[i]);
                 metric.counter.value = static_cast<double>(value);
               }
             });
  return counters;
}

Counters* Registry::AddUpDown(std::string name, std::string help) {
  auto* const counters = impl_->counters.emplace_back(std::unique_ptr<Counters>(new Counters(impl_->shards, 1))).get();
  impl_->Add(std::move(name), std::move(help), MetricType::Gauge, [counters](std::vector<ClientMetric>* out) {
    out->emplace_back().gauge.value = static_cast<double>(static_cast<std::int64_t>(counters->Value()));
  });
  return counters;
}

Histograms* Registry::AddHistograms(std::string name, std::string help, std::vector<double> bounds,
                                    std::vector<Labels> series, ZeroSeries zero) {
  auto* const histograms =
      impl_->histograms
          .emplace_back(std::unique_ptr<Histograms>(new Histograms(impl_->shards, series.size(), std::move(bounds))))
          .get();
  impl_->Add(std::move(name), std::move(help), MetricType::Histogram,
             [histograms, series = std::move(series), zero](std::vector<ClientMetric>* out) {
               const auto& limits = histograms->bounds_;
               for (std::size_t i = 0; i < series.size(); ++i) {
                 if (zero == ZeroSeries::kHide && histograms->Count(i) == 0) continue;
                 const std::size_t base = i * histograms->Stride();
                 ClientMetric& metric = out->emplace_back();
                 metric.label = ToPrometheus(series[i]);
                 auto& histogram = metric.histogram;
                 for (std::size_t bucket = 0; bucket <= limits.size(); ++bucket) {
                   histogram.sample_count += histograms->cells_.Sum(base + bucket);
                   const bool last = bucket == limits.size();
                   histogram.bucket.push_back(
                       {histogram.sample_count, last ? std::numeric_limits<double>::infinity() : limits[bucket]});
                 }
                 histogram.sample_sum = histograms->cells_.SumDouble(base + limits.size() + 1);
               }
             });
  return histograms;
}

void Registry::AddConstant(std::string name, std::string help, double value, Labels labels) {
  impl_->Add(std::move(name), std::move(help), MetricType::Gauge,
             [value, labels = std::move(labels)](std::vector<ClientMetric>* out) {
               ClientMetric& metric = out->emplace_back();
               metric.label = ToPrometheus(labels);
               metric.gauge.value = value;
             });
}

void Registry::AddCallback(Kind kind, std::string name, std::string help, std::function<double()> read) {
  const bool counter = kind == Kind::kCounter;
  impl_->Add(std::move(name), std::move(help), counter ? MetricType::Counter : MetricType::Gauge,
             [counter, read = std::move(read)](std::vector<ClientMetric>* out) {
               ClientMetric& metric = out->emplace_back();
               (counter ? metric.counter.value : metric.gauge.value) = read();
             });
}

std::string Registry::Expose(std::span<const Registry* const> registries) {
  std::vector<MetricFamily> families;
  for (const Registry* const registry : registries) {
    for (const Source& source : registry->impl_->sources) {
      auto family = std::find_if(families.begin(), families.end(),
                                 [&](const MetricFamily& f) { return f.name == source.family.name; });
      if (family == families.end()) family = families.insert(family, source.family);
      source.collect(&family->metric);
    }
  }
  std::sort(families.begin(), families.end(),
            [](const MetricFamily& a, const MetricFamily& b) { return a.name < b.name; });
  std::ostringstream text;
  text.imbue(std::locale::classic());
  prometheus::TextSerializer().Serialize(text, families);
  return std::move(text).str();
}

}  // namespace valence::telemetry
