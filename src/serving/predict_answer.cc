// SPDX-License-Identifier: Apache-2.0
#include "predict_answer.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <span>

#include "valence/base/json.h"

namespace valence::serving {
namespace {

constexpr std::size_t kTermsAhead = 10;
constexpr std::size_t kDoubleSize = 32;  // of its shortest digits: 24 at most

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

char* WriteDouble(double value, char* first) {
  char* const end = std::to_chars(first, first + kDoubleSize, value).ptr;
  const bool integral = std::none_of(first, end, [](char c) { return c == '.' || c == 'e'; });
  return integral ? std::copy_n(".0", 2, end) : end;
}

/// Parts put together where they need no room of a string: an answer may have thousands.
class Piece {
 public:
  static constexpr std::size_t kSize = 512;

  Piece& Add(std::string_view text) {
    end_ = std::copy(text.begin(), text.end(), end_);
    return *this;
  }
  /// Adds text of which is_plain() asks. Needs room for kStep bytes more.
  Piece& AddText(std::string_view text) {
    const char* const begin = end_;
    Add(text);
    std::memset(end_, ' ', kStep);  // plain, and written over: so that the text's length is no branch
    for (const char* step = begin; step < end_; step += kStep) is_plain_ &= IsPlainInJson({step, kStep});
    return *this;
  }
  Piece& Add(std::uint32_t number) {
    end_ = std::to_chars(end_, bytes_.data() + kSize, number).ptr;
    return *this;
  }
  Piece& Add(double number) {
    end_ = WriteDouble(number, end_);
    return *this;
  }
  std::string_view text() const { return {bytes_.data(), static_cast<std::size_t>(end_ - bytes_.data())}; }
  /// Whether all text so far is within quotes as it stands.
  bool is_plain() const { return is_plain_; }

 private:
  static constexpr std::size_t kStep = 16;

  std::array<char, kSize> bytes_;
  char* end_ = bytes_.data();
  bool is_plain_ = true;
};

void AppendAttribution(const classifier::Attribution& a, std::string_view term, std::string_view text,
                       std::string* out) {
  constexpr std::size_t kRest = 128;  // the names, two integers, a double
  Piece piece;
  piece.Add(R"({"begin":)").Add(a.begin).Add(R"(,"end":)").Add(a.end).Add(R"(,"term":)");
  const std::size_t before_texts = piece.text().size();
  if (term.size() + text.size() <= Piece::kSize - kRest) {
    piece.Add(R"(")").AddText(term).Add(R"(","text":")").AddText(text);
    if (piece.is_plain()) {
      out->append(piece.Add(R"(","contribution":)").Add(a.contribution).Add("}").text());
      return;
    }
  }
  AppendJsonString(term, &out->append(piece.text().substr(0, before_texts)));
  AppendJsonString(text, &out->append(R"(,"text":)"));
  AppendDouble(a.contribution, &out->append(R"(,"contribution":)"));
  out->push_back('}');
}

}  // namespace

void AppendInteger(std::int64_t value, std::string* out) {
  std::array<char, 24> digits;
  out->append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

void AppendDouble(double value, std::string* out) {
  std::array<char, kDoubleSize + 2> digits;
  out->append(digits.data(), WriteDouble(value, digits.data()));
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
    AppendAttribution(a, classifier_.Term(a.column), text.substr(a.begin, a.end - a.begin), out);
  }
  out->push_back(']');
}

}  // namespace valence::serving
