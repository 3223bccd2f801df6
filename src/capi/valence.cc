// SPDX-License-Identifier: Apache-2.0
#include "valence/capi/valence.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "status.h"
#include "valence/base/version.h"
#include "valence/classifier/classifier.h"

using valence::capi::ErrorBuffer;
using valence::capi::Guard;
using valence::classifier::Classifier;
using valence::classifier::Prediction;

struct valence_model {
  std::shared_ptr<const Classifier> classifier;
};

namespace {

// Warm memory that the thread's next text uses again, whatever its model.
struct Workspace {
  Classifier::Scratch scratch;
  Prediction prediction;
};

Workspace& ThreadWorkspace() {
  thread_local Workspace workspace;
  return workspace;
}

// The scorer demands well-formed UTF-8 (its tables have no entry for anything else), so it is checked at this border.
valence_status CheckText(const char* text, std::size_t length, std::size_t index, const ErrorBuffer& error) {
  if (text == nullptr && length > 0) {
    return error.Fail(VALENCE_INVALID_ARGUMENT, fmt::format("text {} is NULL", index));
  }
  const auto bad = valence::utf8::FindInvalid({text, length});
  if (!bad) return VALENCE_OK;
  return error.Fail(VALENCE_BAD_TEXT, fmt::format("text {}: byte {} is not UTF-8", index, *bad));
}

template <class T>
void CopyRow(const std::vector<T>& row, std::size_t index, T* out) {
  if (out != nullptr) std::copy(row.begin(), row.end(), out + index * row.size());
}

}  // namespace

extern "C" {

uint32_t valence_abi_version(void) { return VALENCE_ABI_VERSION; }

const char* valence_version(void) { return valence::kVersion.data(); }

valence_status valence_open(const char* path, valence_model** model, char* error_bytes, size_t error_size) {
  const ErrorBuffer error{error_bytes, error_size};
  return Guard(error, [&]() -> valence_status {
    if (path == nullptr || model == nullptr) return error.Fail(VALENCE_INVALID_ARGUMENT, "path or model is NULL");
    *model = nullptr;
    auto classifier = Classifier::Load(path);
    if (!classifier) {
      return error.Fail(valence::capi::ToStatus(classifier.error().code), classifier.error().message);
    }
    *model = new valence_model{*std::move(classifier)};
    return VALENCE_OK;
  });
}

void valence_close(valence_model* model) { delete model; }

const char* valence_model_version(const valence_model* model) { return model->classifier->version().c_str(); }

size_t valence_label_count(const valence_model* model) { return model->classifier->labels().size(); }

const char* valence_label(const valence_model* model, size_t index) {
  const auto& labels = model->classifier->labels();
  return index < labels.size() ? labels[index].c_str() : nullptr;
}

size_t valence_score_count(const valence_model* model) {
  const std::size_t labels = valence_label_count(model);
  return labels == 2 ? 1 : labels;
}

valence_status valence_predict(const valence_model* model, const char* const* texts, const size_t* lengths,
                               size_t count, int32_t* labels, double* scores, double* probabilities, char* error_bytes,
                               size_t error_size) {
  const ErrorBuffer error{error_bytes, error_size};
  return Guard(error, [&]() -> valence_status {
    if (model == nullptr || (count > 0 && (texts == nullptr || lengths == nullptr))) {
      return error.Fail(VALENCE_INVALID_ARGUMENT, "model, texts or lengths is NULL");
    }
    Workspace& workspace = ThreadWorkspace();
    for (std::size_t i = 0; i < count; ++i) {
      if (const auto status = CheckText(texts[i], lengths[i], i, error); status != VALENCE_OK) return status;
      model->classifier->Predict({texts[i], lengths[i]}, &workspace.scratch, &workspace.prediction);
      if (labels != nullptr) labels[i] = workspace.prediction.label;
      CopyRow(workspace.prediction.scores, i, scores);
      CopyRow(workspace.prediction.probabilities, i, probabilities);
    }
    return VALENCE_OK;
  });
}

valence_status valence_explain(const valence_model* model, const char* text, size_t length,
                               valence_attribution* attributions, size_t capacity, size_t* count, double* score,
                               double* intercept, char* error_bytes, size_t error_size) {
  const ErrorBuffer error{error_bytes, error_size};
  return Guard(error, [&]() -> valence_status {
    if (model == nullptr || count == nullptr || (capacity > 0 && attributions == nullptr)) {
      return error.Fail(VALENCE_INVALID_ARGUMENT, "model, count or attributions is NULL");
    }
    if (const auto status = CheckText(text, length, 0, error); status != VALENCE_OK) return status;
    auto& [scratch, prediction] = ThreadWorkspace();
    model->classifier->Explain({text, length}, &scratch, &prediction);
    *count = prediction.attributions.size();
    for (std::size_t i = 0; i < std::min(*count, capacity); ++i) {
      const valence::classifier::Attribution& a = prediction.attributions[i];
      attributions[i] = {a.begin, a.end, model->classifier->Column(a), 0, a.contribution};
    }
    if (score != nullptr) *score = prediction.scores[static_cast<std::size_t>(prediction.explained_row)];
    if (intercept != nullptr) *intercept = model->classifier->Intercept(prediction.explained_row);
    return VALENCE_OK;
  });
}

const char* valence_feature_name(const valence_model* model, int32_t feature, size_t* length) {
  const std::string_view term = feature < 0 ? std::string_view() : model->classifier->Term(feature);
  *length = term.size();
  return term.empty() ? nullptr : term.data();
}

}  // extern "C"
