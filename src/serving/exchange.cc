// SPDX-License-Identifier: Apache-2.0
#include "exchange.h"

#include <fmt/format.h>

#include "canary.h"
#include "predict_answer.h"

namespace valence::serving {

ServiceCore::ServiceCore(std::shared_ptr<ModelRepository> models, ServiceOptions service_options)
    : repository(std::move(models)),
      options(std::move(service_options)),
      limits{options.max_batch_texts, options.max_text_bytes},
      metrics(options) {
  for (int i = 0; i < options.threads; ++i) threads.push_back(std::make_unique<ThreadState>(repository.get()));
  if (options.feedback != nullptr) {
    feedback = std::make_unique<FeedbackDesk>(options.feedback, options.feedback_recall_bytes);
  }
}

void Exchange::Fail(const HttpError& error) {
  response->body.clear();
  write_error(error, response);
}

const ServedModel* Exchange::FindModel(std::string_view name, std::string_view version) {
  const ServedModel* const found = models.Find(name, version);
  if (found != nullptr) return found;
  if (models.default_model() == nullptr) {
    Fail({503, "no model is loaded"});
  } else if (models.Find(name) == nullptr) {
    Fail({404, fmt::format("there is no model '{}': GET /v1/models lists those there are", name), "model"});
  } else {
    Fail({404, fmt::format("model '{}' has no version '{}'", name.empty() ? models.default_name() : name, version),
          "version"});
  }
  return nullptr;
}

bool Exchange::ChooseModel(std::string_view name, std::string_view version) {
  model = FindModel(name, version);
  if (model == nullptr) return false;
  const ModelTraffic* const traffic = version.empty() ? models.FindTraffic(name) : nullptr;
  if (traffic != nullptr && request.method == "POST") FollowTraffic(*traffic);  // others only ask about models
  response->extra_headers.append(model->headers());
  return true;
}

void Exchange::FollowTraffic(const ModelTraffic& traffic) {
  if (traffic.canary != nullptr && IsInShare(RequestKey(request), traffic.canary_weight)) {
    model = traffic.canary.get();
  } else {
    shadow = traffic.shadow.get();
  }
}

const classifier::Prediction& Exchange::Score(std::string_view text, std::size_t attributions) {
  model->Predict(thread, text, attributions, &state.prediction);
  core.metrics.Predicted(thread, text, state.prediction);
  if (shadow != nullptr) shadow->Offer(thread, text, state.prediction.label);
  ++texts;
  if (heard != nullptr) heard->emplace_back(text);
  return state.prediction;
}

Answered Exchange::Describe(std::string_view text, const classifier::Prediction& prediction,
                            std::optional<double> threshold) const {
  const std::size_t label = AnswerWriter::Decide(prediction, threshold);
  return {std::string(text), model->classifier().labels()[label], prediction.probabilities[label], model->name(),
          model->classifier().version()};
}

std::string Exchange::Remember(std::string_view text, const classifier::Prediction& prediction,
                               std::optional<double> threshold) {
  if (core.feedback == nullptr) return {};
  std::string id = PredictionId(model->classifier().version(), text);
  core.feedback->recent().Remember(id, Describe(text, prediction, threshold));
  return id;
}

}  // namespace valence::serving
