// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "feedback.h"
#include "json_reader.h"
#include "page.h"
#include "predict_request.h"
#include "router.h"
#include "service_metrics.h"
#include "shadow_scorer.h"
#include "valence/serving/model_repository.h"
#include "valence/serving/oip_call.h"
#include "valence/serving/service.h"

namespace valence::serving {

/// What a server thread reuses from request to request.
struct ThreadState {
  explicit ThreadState(ModelRepository* repository) : models(repository) {}

  ModelRepository::Reader models;
  JsonReader json;
  PredictRequest request;
  std::vector<std::string_view> texts;
  classifier::Prediction prediction;
  std::string buffer;
  std::string unpacked;  ///< a body that came packed
};

/// What all threads of a service share.
struct ServiceCore {
  ServiceCore(std::shared_ptr<ModelRepository> models, ServiceOptions service_options);

  std::shared_ptr<ModelRepository> repository;
  ServiceOptions options;
  TextLimits limits;
  ServiceMetrics metrics;
  Page page;
  std::unique_ptr<FeedbackDesk> feedback;  ///< or nullptr: none is collected
  std::atomic<bool> draining = false;
  std::vector<std::unique_ptr<ThreadState>> threads;
};

/// One request on its way to an answer: all that a handler needs.
struct Exchange {
  ServiceCore& core;
  ThreadState& state;
  const ModelSet& models;
  const int thread;
  const net::HttpRequest& request;
  net::HttpResponse* const response;
  std::string_view body;  ///< the request's, unpacked
  PathParameters path;
  oip::Call* call = nullptr;                  ///< what came by another transport than HTTP/1, or nullptr
  std::vector<std::string>* heard = nullptr;  ///< Handled::texts
  ErrorWriter write_error = &WriteError;
  const ServedModel* model = nullptr;  ///< who answers, once known
  ShadowScorer* shadow = nullptr;      ///< who scores it too
  std::size_t texts = 0;               ///< scored so far

  /// Answers with an error in the protocol's own shape, instead of whatever was written so far.
  void Fail(const HttpError& error);
  /// The model that is asked about, or nullptr after answering 404 (no such model or version) or 503 (nothing is
  /// served).
  const ServedModel* FindModel(std::string_view name, std::string_view version = {});
  /// Decides who answers, and says so in the answer's headers: without a version the champion, or of predictions a
  /// canary's share the canary. False after answering as FindModel.
  bool ChooseModel(std::string_view name, std::string_view version = {});
  /// Scores one text by the chosen model and counts it, with at most so many attributions. The answer is valid until
  /// the next call.
  const classifier::Prediction& Score(std::string_view text, std::size_t attributions = 0);
  /// What `prediction` of `text` by the chosen model says. `threshold`: as AnswerWriter::Decide.
  Answered Describe(std::string_view text, const classifier::Prediction& prediction,
                    std::optional<double> threshold) const;
  /// If feedback is collected: remembers the prediction and returns its id; else "".
  std::string Remember(std::string_view text, const classifier::Prediction& prediction,
                       std::optional<double> threshold);
  /// Whether the service answers predictions: not while it drains, and not without a model.
  bool ready() const { return !core.draining && models.default_model() != nullptr; }

 private:
  void FollowTraffic(const ModelTraffic& traffic);
};

}  // namespace valence::serving
