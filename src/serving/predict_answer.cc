// SPDX-License-Identifier: Apache-2.0
#include "predict_answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "valence/base/json.h"

namespace valence::serving {
namespace {

constexpr std::size_t kTermsAhead = 10;

std::string Quoted(std::string_view text) {
  std::string quoted;
  AppendJsonString(text, &quoted);
  return quoted;
}

/// `{"negative":0.1,"positive":0.9}`.
void AppendByLabel(const std::vector<std::string>& labels, std::span<const double> values, std::string* out) {
  char separator = '{';
  for (std::size_t i = 0; i < labels.size(); ++i) {
    out->push_back(separator);
    out->append(labels[i]).push_back(':');
    AppendDouble(values[i], out);
    separator = ',';
  }
  out->push_back('}');
}

/// `"id":..,`, or nothing.
void AppendId(const DocumentId& id, std::string* out) {
  if (id.kind == DocumentId::Kind::kNone) return;
  out->append(R"("id":)");
  if (id.kind == DocumentId::Kind::kString) AppendJsonString(id.text, out);
  if (id.kind == DocumentId::Kind::kInteger) AppendInteger(id.integer, out);
  out->push_back(',');
}

/// `{"begin":1,"end":5,"term":`, in one piece: an answer may have thousands.
void AppendPlace(const classifier::Attribution& a, std::string* out) {
  std::array<char, 64> piece;
  char* end = piece.data();
  const auto add = [&](std::string_view literal) { end = std::copy(literal.begin(), literal.end(), end); };
  const auto add_number = [&](std::uint32_t n) { end = std::to_chars(end, piece.data() + piece.size(), n).ptr; };
  add(R"({"begin":)");
  add_number(a.begin);
  add(R"(,"end":)");
  add_number(a.end);
  add(R"(,"term":)");
  out->append(piece.data(), end);
}

}  // namespace

void AppendInteger(std::int64_t value, std::string* out) {
  std::array<char, 24> digits;
  out->append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

void AppendDouble(double value, std::string* out) {
  std::array<char, 32> digits;
  char* const end = std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr;
  out->append(digits.data(), end);
  const bool integral = std::none_of(digits.data(), end, [](char c) { return c == '.' || c == 'e'; });
  if (integral) out->append(".0");
}

AnswerWriter::AnswerWriter(const classifier::Classifier& classifier)
    : classifier_(classifier), version_(Quoted(classifier.version())) {
  for (const std::string& label : classifier.labels()) labels_.push_back(Quoted(label));
  for (const double intercept : classifier.bundle().linear.intercepts)
    AppendDouble(intercept, &intercepts_.emplace_back());
}

std::size_t AnswerWriter::Decide(const classifier::Prediction& prediction, std::optional<double> threshold) {
  if (!threshold.has_value()) return static_cast<std::size_t>(prediction.label);
  return prediction.probabilities[1] >= *threshold ? 1 : 0;
}

double AnswerWriter::ScoreOf(const classifier::Prediction& prediction, std::size_t label) {
  return prediction.scores[prediction.scores.size() == 1 ? 0 : label];
}

void AnswerWriter::Append(std::string_view text, const classifier::Prediction& prediction, const AnswerOptions& options,
                          std::string* out) const {
  const std::size_t label = Decide(prediction, options.threshold);
  out->push_back('{');
  AppendId(options.id, out);
  if (!options.prediction_id.empty()) {
    out->append(R"("prediction_id":")").append(options.prediction_id).append(R"(",)");
  }
  out->append(R"("label":)").append(labels_[label]).append(R"(,"probabilities":)");
  AppendByLabel(labels_, prediction.probabilities, out);
  out->append(R"(,"score":)");
  AppendDouble(ScoreOf(prediction, label), out);
  if (prediction.scores.size() > 1) {
    out->append(R"(,"scores":)");
    AppendByLabel(labels_, prediction.scores, out);
  }
  out->append(R"(,"tokens":)");
  AppendInteger(prediction.tokens, out);
  out->append(R"(,"known_tokens":)");
  AppendInteger(prediction.known_tokens, out);
  out->append(R"(,"model_version":)").append(version_);
  if (options.explain) {
    out->append(R"(,"intercept":)").append(intercepts_[static_cast<std::size_t>(prediction.explained_row)]);
    out->append(R"(,"attributions":)");
    AppendAttributions(text, prediction, out);
  }
  out->push_back('}');
}

void AnswerWriter::AppendAttributions(std::string_view text, const classifier::Prediction& prediction,
                                      std::string* out) const {
  const auto& attributions = prediction.attributions;
  // Terms lie anywhere in memory: each is on its way while those before it are written.
  const auto look_ahead = [&](std::size_t i) {
    if (i < attributions.size()) __builtin_prefetch(classifier_.Term(attributions[i].column).data());
  };
  for (std::size_t i = 0; i < kTermsAhead; ++i) look_ahead(i);
  out->push_back('[');
  for (std::size_t i = 0; i < attributions.size(); ++i) {
    const classifier::Attribution& a = attributions[i];
    look_ahead(i + kTermsAhead);
    if (out->back() != '[') out->push_back(',');
    AppendPlace(a, out);
    AppendJsonString(classifier_.Term(a.column), out);
    out->append(R"(,"text":)");
    AppendJsonString(text.substr(a.begin, a.end - a.begin), out);
    out->append(R"(,"contribution":)");
    AppendDouble(a.contribution, out);
    out->push_back('}');
  }
  out->push_back(']');
}

}  // namespace valence::serving
