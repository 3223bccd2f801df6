// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/served_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "model_metrics.h"
#include "predict_answer.h"

namespace valence::serving {
namespace {

constexpr std::size_t kMaxName = 128;
constexpr std::size_t kWarmingTexts = 20;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
}

}  // namespace

bool IsModelName(std::string_view name) {
  return !name.empty() && name.size() <= kMaxName && std::all_of(name.begin(), name.end(), IsNameCharacter);
}

struct ServedModel::Impl {
  Impl(ModelId model, std::shared_ptr<const classifier::Classifier> shared, int threads, std::string model_card)
      : id(std::move(model)),
        card(std::move(model_card)),
        classifier(std::move(shared)),
        writer(*classifier),
        metrics(id, *classifier, threads),
        headers(fmt::format("Valence-Model-Version: {}\r\n", classifier->version())),
        scratches(static_cast<std::size_t>(threads)) {
    for (auto& scratch : scratches) Warm(&scratch);
  }

  /// The first requests after a swap are not to pay for memory that the later ones find.
  void Warm(classifier::Classifier::Scratch* scratch) const {
    classifier::Prediction prediction;
    const auto& golden = classifier->bundle().golden_texts;
    const std::size_t texts = std::min<std::size_t>(golden.size(), kWarmingTexts);
    for (std::size_t i = 0; i < texts; ++i) classifier->Explain(golden[i].text, scratch, &prediction);
  }

  ModelId id;
  std::string card;
  std::shared_ptr<const classifier::Classifier> classifier;
  AnswerWriter writer;
  ModelMetrics metrics;
  std::string headers;
  std::vector<classifier::Classifier::Scratch> scratches;  // by thread
};

ServedModel::ServedModel(ModelId id, std::shared_ptr<const classifier::Classifier> classifier, int threads,
                         std::string card)
    : impl_(std::make_unique<Impl>(std::move(id), std::move(classifier), threads, std::move(card))) {}
ServedModel::~ServedModel() = default;

const std::string& ServedModel::name() const { return impl_->id.name; }
const std::string& ServedModel::version() const { return impl_->id.version; }
const std::string& ServedModel::card() const { return impl_->card; }
const classifier::Classifier& ServedModel::classifier() const { return *impl_->classifier; }
const std::string& ServedModel::headers() const { return impl_->headers; }
const AnswerWriter& ServedModel::writer() const { return impl_->writer; }
ModelMetrics& ServedModel::metrics() const { return impl_->metrics; }

bool ServedModel::IsVersion(std::string_view version) const {
  return version == impl_->id.version || version == impl_->classifier->version();
}

void ServedModel::Predict(int thread, std::string_view text, std::size_t attributions,
                          classifier::Prediction* out) const {
  auto* const scratch = &impl_->scratches[static_cast<std::size_t>(thread)];
  if (attributions > 0) {
    impl_->classifier->Explain(text, scratch, out, attributions);
  } else {
    impl_->classifier->Predict(text, scratch, out);
  }
  impl_->metrics.Predicted(thread, *out);
}

}  // namespace valence::serving
