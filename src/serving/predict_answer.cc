// SPDX-License-Identifier: Apache-2.0
#include "predict_answer.h"

#include <cstdint>
#include <span>

#include "json_piece.h"
#include "valence/base/json.h"

namespace valence::serving {
namespace {

std::string Quoted(std::string_view text) {
  std::string quoted;
  AppendJsonString(text, &quoted);
  return quoted;
}

/// `{"negative":0.1,"positive":0.9}`.
void AddByLabel(const std::vector<std::string>& labels, std::span<const double> values, JsonPiece* out) {
  char separator = '{';
  for (std::size_t i = 0; i < labels.size(); ++i) {
    out->Add(separator).Add(labels[i]).Add(':').Add(values[i]);
    separator = ',';
  }
  out->Add('}');
}

/// `"id":..,`, or nothing.
void AddId(const DocumentId& id, JsonPiece* out) {
  if (id.kind == DocumentId::Kind::kNone) return;
  out->Add(R"("id":)");
  if (id.kind == DocumentId::Kind::kString) out->AddString(id.text);
  if (id.kind == DocumentId::Kind::kInteger) out->Add(id.integer);
  out->Add(',');
}

/// `[{"begin":..,"end":..,"term":..,"text":..,"contribution":..},...]`.
VALENCE_INLINE inline void AddAttributions(std::string_view text, const classifier::Prediction& prediction,
                                           JsonPiece* out) {
  char separator = '[';
  for (const classifier::Attribution& a : prediction.attributions) {
    out->Add(separator).Add(R"({"begin":)").Add(std::int64_t{a.begin}).Add(R"(,"end":)").Add(std::int64_t{a.end});
    out->Add(R"(,"term":)").AddString(prediction.Term(a), prediction.terms.size() - a.term_begin);
    out->Add(R"(,"text":)").AddString(text.substr(a.begin, a.end - a.begin), text.size() - a.begin);
    out->Add(R"(,"contribution":)").Add(a.contribution).Add('}');
    separator = ',';
  }
  out->Add(prediction.attributions.empty() ? "[]" : "]");
}

}  // namespace

void AppendDouble(double value, std::string* out) {
  JsonPiece::Room room;
  JsonPiece(&room, out).Add(value);
}

AnswerWriter::AnswerWriter(const classifier::Classifier& classifier) : version_(Quoted(classifier.version())) {
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
  JsonPiece::Room room;
  JsonPiece piece(&room, out);
  piece.Add('{');
  AddId(options.id, &piece);
  if (!options.prediction_id.empty()) piece.Add(R"("prediction_id":")").Add(options.prediction_id).Add(R"(",)");
  piece.Add(R"("label":)").Add(labels_[label]).Add(R"(,"probabilities":)");
  AddByLabel(labels_, prediction.probabilities, &piece);
  piece.Add(R"(,"score":)").Add(ScoreOf(prediction, label));
  if (prediction.scores.size() > 1) {
    piece.Add(R"(,"scores":)");
    AddByLabel(labels_, prediction.scores, &piece);
  }
  piece.Add(R"(,"tokens":)").Add(std::int64_t{prediction.tokens});
  piece.Add(R"(,"known_tokens":)").Add(std::int64_t{prediction.known_tokens});
  piece.Add(R"(,"model_version":)").Add(version_);
  if (options.explain) {
    piece.Add(R"(,"intercept":)").Add(intercepts_[static_cast<std::size_t>(prediction.explained_row)]);
    piece.Add(R"(,"attributions":)");
    AddAttributions(text, prediction, &piece);
  }
  piece.Add('}');
}

void AnswerWriter::AppendAttributions(std::string_view text, const classifier::Prediction& prediction,
                                      std::string* out) const {
  JsonPiece::Room room;
  JsonPiece piece(&room, out);
  AddAttributions(text, prediction, &piece);
}

}  // namespace valence::serving
