// SPDX-License-Identifier: Apache-2.0
#include "feedback.h"

#include <fmt/format.h>

#include <algorithm>

#include "exchange.h"
#include "model_metrics.h"
#include "predict_answer.h"
#include "request_text.h"
#include "valence/base/json.h"
#include "valence/base/log.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

constexpr int kMaxWaiting = 256;  // a second of a slow disk's writes

using Fault = std::optional<HttpError>;

/// What a client says, as views into its request.
struct Said {
  std::string_view prediction_id, text, label, model, version;
  bool has_text = false;
};

Fault ReadMember(std::string_view key, dom::element value, const TextLimits& limits, Said* said) {
  const std::pair<std::string_view, std::string_view*> members[] = {{"prediction_id", &said->prediction_id},
                                                                    {"text", &said->text},
                                                                    {"label", &said->label},
                                                                    {"model", &said->model},
                                                                    {"version", &said->version}};
  const auto* const member =
      std::find_if(std::begin(members), std::end(members), [&](const auto& m) { return m.first == key; });
  if (member == std::end(members)) {
    return HttpError{400, fmt::format("unknown member '{}': expected prediction_id, text, label, model, version", key)};
  }
  if (member->second->data() != nullptr)
    return HttpError{400, fmt::format("'{}' is given twice", key), std::string(key)};
  if (value.get(*member->second) != simdjson::SUCCESS) return WrongType(std::string(key), "a string", value);
  if (key != "text") return std::nullopt;
  said->has_text = true;
  return CheckText(said->text, key, limits);
}

Fault ReadSaid(dom::object root, const TextLimits& limits, Said* said) {
  for (const auto [key, value] : root) {
    if (auto fault = ReadMember(key, value, limits, said)) return fault;
  }
  if (said->label.empty()) return HttpError{400, "expected 'label': the true label", "label"};
  if (said->has_text == !said->prediction_id.empty()) {
    return HttpError{400, "expected either 'prediction_id', of an answer, or 'text'", "prediction_id"};
  }
  return std::nullopt;
}

/// The prediction that the feedback is about: remembered, or made now. False after answering what is wrong.
bool FindAnswered(Exchange& exchange, const Said& said, Answered* answered) {
  if (said.has_text) {
    if (!exchange.ChooseModel(said.model, said.version)) return false;
    *answered = exchange.Describe(said.text, exchange.Score(said.text), std::nullopt);
    return true;
  }
  auto found = exchange.core.feedback->recent().Find(std::string(said.prediction_id));
  if (!found.has_value()) {
    exchange.Fail({404, "this prediction is not remembered (any more): send its text", "prediction_id"});
    return false;
  }
  *answered = std::move(*found);
  return exchange.ChooseModel(answered->model);
}

std::optional<std::size_t> LabelIndex(const ServedModel& model, std::string_view label) {
  const auto& labels = model.classifier().labels();
  const auto found = std::find(labels.begin(), labels.end(), label);
  if (found == labels.end()) return std::nullopt;
  return static_cast<std::size_t>(found - labels.begin());
}

/// One piece of feedback on its way to the disk.
struct Entry {
  tracking::Feedback feedback;
  std::size_t label = 0;
  ModelSet::Entry model;
  Result<std::int64_t> number = 0;

  bool correct() const { return feedback.label == feedback.predicted; }
};

void WriteAnswer(const Entry& entry, int thread, net::HttpResponse* response) {
  if (!entry.number.has_value()) {
    log::Error("feedback: " + entry.number.error().message);
    return WriteError({503, "the feedback could not be stored; try again later"}, response);
  }
  entry.model->metrics().ToldTruth(thread, entry.label, entry.correct());
  response->body = Json::MakeObject({{"feedback_id", *entry.number},
                                     {"prediction_id", entry.feedback.prediction_id},
                                     {"label", entry.feedback.label},
                                     {"predicted", entry.feedback.predicted},
                                     {"correct", entry.correct()}})
                       .Dump() +
                   "\n";
}

void Store(Exchange& exchange, std::shared_ptr<Entry> entry) {
  FeedbackDesk& desk = *exchange.core.feedback;
  if (!desk.Reserve()) {
    exchange.Fail({503, "too much feedback is waiting for the disk; try again later"});
    exchange.response->extra_headers.append("Retry-After: 1\r\n");
    return;
  }
  auto deferred = std::make_unique<net::DeferredWork>();
  deferred->work = [&desk, entry] { entry->number = desk.Store(entry->feedback); };
  deferred->finish = [entry, thread = exchange.thread](net::HttpResponse* response) {
    WriteAnswer(*entry, thread, response);
  };
  exchange.response->deferred = std::move(deferred);
}

void TakeFeedback(Exchange& exchange) {
  if (exchange.core.feedback == nullptr) {
    return exchange.Fail({404, "feedback is not collected here: the server was started without --feedback-db"});
  }
  dom::object root;
  Said said;
  if (!ReadJsonObject(exchange, &root)) return;
  if (const auto fault = ReadSaid(root, exchange.core.limits, &said)) return exchange.Fail(*fault);
  Answered answered;
  if (!FindAnswered(exchange, said, &answered)) return;
  const auto label = LabelIndex(*exchange.model, said.label);
  if (!label.has_value()) {
    return exchange.Fail({400,
                          fmt::format("'label': the labels of model '{}' are {}", exchange.model->name(),
                                      fmt::join(exchange.model->classifier().labels(), ", ")),
                          "label"});
  }
  auto entry = std::make_shared<Entry>();
  entry->label = *label;
  entry->model = exchange.models.Share(*exchange.model);
  entry->feedback = {PredictionId(answered.model_version, answered.text),
                     std::move(answered.text),
                     std::string(said.label),
                     std::move(answered.label),
                     answered.probability,
                     std::move(answered.model),
                     std::move(answered.model_version)};
  Store(exchange, std::move(entry));
}

}  // namespace

bool FeedbackDesk::Reserve() {
  if (waiting_.fetch_add(1) < kMaxWaiting) return true;
  waiting_.fetch_sub(1);
  return false;
}

Result<std::int64_t> FeedbackDesk::Store(const tracking::Feedback& feedback) {
  const std::scoped_lock lock(mutex_);
  waiting_.fetch_sub(1);
  return store_->Add(feedback);
}

void AddFeedbackRoutes(Router* router) { router->Add({"POST", "/v1/feedback", TakeFeedback}); }

}  // namespace valence::serving
