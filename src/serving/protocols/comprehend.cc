// SPDX-License-Identifier: Apache-2.0
#include "comprehend.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "../predict_answer.h"
#include "../request_text.h"
#include "valence/base/json.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

constexpr std::string_view kTargetPrefix = "Comprehend_20171127.";
constexpr std::string_view kMediaType = "application/x-amz-json-1.1";
constexpr std::array<std::string_view, 4> kSentiments = {"POSITIVE", "NEGATIVE", "NEUTRAL", "MIXED"};
constexpr std::array<std::string_view, 4> kScores = {"Positive", "Negative", "Neutral", "Mixed"};
constexpr std::array<std::string_view, 12> kLanguages = {"en", "es", "fr", "de", "it", "pt",
                                                         "ar", "hi", "ja", "ko", "zh", "zh-TW"};
constexpr std::size_t kShortestBeginning = 3;  // "pos", "neg", "neu", "mix"

/// `{"__type": word, "message": text}`, as boto3 reads them.
void WriteComprehendError(const HttpError& error, net::HttpResponse* response) {
  response->status = error.status;
  response->content_type = kMediaType;
  const std::string_view type = !error.kind.empty()   ? error.kind
                                : error.status == 413 ? "TextSizeLimitExceededException"
                                : error.status == 503 ? "ServiceUnavailableException"
                                : error.status >= 500 ? "InternalServerException"
                                                      : "InvalidRequestException";
  // AWS knows 400 and 500 only; clients retry the latter.
  if (error.status == 413 || error.status == 404 || error.status == 415) response->status = 400;
  response->body.assign(fmt::format(R"({{"__type":"{}","message":)", type));
  AppendJsonString(error.message, &response->body);
  response->body.append("}");
}

/// The index in kSentiments that `label` names, or nullopt.
std::optional<std::size_t> SentimentOf(std::string_view label) {
  std::string upper(label);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - ('a' - 'A')) : c; });
  for (std::size_t i = 0; i < kSentiments.size(); ++i) {
    if (upper.size() >= kShortestBeginning && kSentiments[i].starts_with(upper)) return i;
  }
  return std::nullopt;
}

/// The sentiment of each of the model's labels. Empty after answering that they are none.
std::vector<std::size_t> Sentiments(Exchange& exchange) {
  std::vector<std::size_t> sentiments;
  for (const std::string& label : exchange.model->classifier().labels()) {
    const auto sentiment = SentimentOf(label);
    if (!sentiment.has_value()) {
      exchange.Fail({400, fmt::format("the model's label '{}' is no sentiment", label)});
      return {};
    }
    sentiments.push_back(*sentiment);
  }
  return sentiments;
}

/// `"Sentiment":..,"SentimentScore":{..}`.
void AppendSentiment(const classifier::Prediction& p, const std::vector<std::size_t>& sentiments, std::string* out) {
  std::array<double, 4> scores{};
  for (std::size_t i = 0; i < sentiments.size(); ++i) scores[sentiments[i]] += p.probabilities[i];
  out->append(R"("Sentiment":")").append(kSentiments[sentiments[static_cast<std::size_t>(p.label)]]);
  out->append(R"(","SentimentScore":{)");
  for (std::size_t i = 0; i < scores.size(); ++i) {
    out->append(i == 0 ? "\"" : ",\"").append(kScores[i]).append("\":");
    AppendDouble(scores[i], out);
  }
  out->push_back('}');
}

std::optional<HttpError> CheckLanguage(dom::object members) {
  const auto value = FindMember(members, "LanguageCode");
  std::string_view code;
  if (!value.has_value()) return HttpError{400, "'LanguageCode' is missing", "LanguageCode"};
  if (value->get(code) != simdjson::SUCCESS) return WrongType("LanguageCode", "a string", *value);
  if (std::find(kLanguages.begin(), kLanguages.end(), code) != kLanguages.end()) return std::nullopt;
  return HttpError{400,
                   fmt::format("'LanguageCode': '{}' is none of {}", code, fmt::join(kLanguages, ", ")),
                   "LanguageCode",
                   {},
                   "UnsupportedLanguageException"};
}

void Detect(Exchange& exchange, dom::object members, const std::vector<std::size_t>& sentiments) {
  const auto value = FindMember(members, "Text");
  std::string_view text;
  if (!value.has_value()) return exchange.Fail({400, "'Text' is missing", "Text"});
  if (value->get(text) != simdjson::SUCCESS) return exchange.Fail(WrongType("Text", "a string", *value));
  if (text.empty()) return exchange.Fail({400, "'Text' is empty", "Text"});
  if (const auto fault = CheckText(text, "Text", exchange.core.limits)) return exchange.Fail(*fault);
  std::string& out = exchange.response->body;
  out.push_back('{');
  AppendSentiment(exchange.Score(text), sentiments, &out);
  out.push_back('}');
}

/// A text that cannot be scored is one of the ErrorList; the others are answered.
void DetectBatch(Exchange& exchange, dom::object members, const std::vector<std::size_t>& sentiments) {
  const auto value = FindMember(members, "TextList");
  dom::array texts;
  if (!value.has_value()) return exchange.Fail({400, "'TextList' is missing", "TextList"});
  if (value->get(texts) != simdjson::SUCCESS) return exchange.Fail(WrongType("TextList", "an array", *value));
  if (texts.size() == 0) return exchange.Fail({400, "'TextList' is empty", "TextList"});
  if (auto fault = CheckCount(texts.size(), "TextList", exchange.core.limits)) {
    fault->kind = "BatchSizeLimitExceededException";
    return exchange.Fail(*fault);
  }
  std::string& out = exchange.response->body;
  std::string errors;
  out.append(R"({"ResultList":[)");
  std::size_t index = 0;
  for (const dom::element item : texts) {
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return exchange.Fail(WrongType("TextList", "strings", item));
    if (const auto fault = CheckText(text, "TextList", exchange.core.limits)) {
      const bool too_long = fault->status == 413;
      errors.append(fmt::format(R"({}{{"Index":{},"ErrorCode":"{}","ErrorMessage":)", errors.empty() ? "" : ",", index,
                                too_long ? "TEXT_SIZE_LIMIT_EXCEEDED" : "INVALID_REQUEST"));
      AppendJsonString(fault->message, &errors);
      errors.push_back('}');
    } else {
      if (out.back() == '}') out.push_back(',');
      out.append(R"({"Index":)").append(std::to_string(index)).push_back(',');
      AppendSentiment(exchange.Score(text), sentiments, &out);
      out.push_back('}');
    }
    ++index;
  }
  out.append(R"(],"ErrorList":[)").append(errors).append("]}");
}

}  // namespace

void AnswerComprehend(Exchange& exchange) {
  exchange.write_error = WriteComprehendError;
  std::string_view operation = exchange.request.header("X-Amz-Target");
  const bool known = operation.starts_with(kTargetPrefix);
  if (known) operation.remove_prefix(kTargetPrefix.size());
  if (!known || (operation != "DetectSentiment" && operation != "BatchDetectSentiment")) {
    return exchange.Fail(
        {400,
         fmt::format("X-Amz-Target: expected {0}DetectSentiment or {0}BatchDetectSentiment", kTargetPrefix),
         "",
         {},
         "UnknownOperationException"});
  }
  if (exchange.request.header("Content-Type") != kMediaType) {
    return exchange.Fail({415, fmt::format("Content-Type: expected {}", kMediaType)});
  }
  dom::element root;
  dom::object members;
  if (const auto error = exchange.state.json.Parse(exchange.body, &root)) return exchange.Fail(*error);
  if (root.get(members) != simdjson::SUCCESS) return exchange.Fail(WrongType("body", "an object", root));
  if (const auto fault = CheckLanguage(members)) return exchange.Fail(*fault);
  if (!exchange.ChooseModel({})) return;
  const std::vector<std::size_t> sentiments = Sentiments(exchange);
  if (sentiments.empty()) return;
  exchange.response->content_type = kMediaType;
  return operation == "DetectSentiment" ? Detect(exchange, members, sentiments)
                                        : DetectBatch(exchange, members, sentiments);
}

}  // namespace valence::serving
