// SPDX-License-Identifier: Apache-2.0
#include "page_result.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "explanation.h"
#include "html.h"

namespace valence::serving {
namespace {

constexpr std::size_t kTopTerms = 10;

std::string Escaped(std::string_view text) {
  std::string html;
  AppendHtml(text, &html);
  return html;
}

std::string Percent(double ratio) { return FixedDigits(ratio * 100, 1) + " %"; }

/// "pos" and "neg" colour the two labels of a binary model; more labels share one colour.
std::string_view LabelTone(const classifier::Classifier& classifier, std::size_t label) {
  if (classifier.labels().size() != 2) return "one";
  return label == 1 ? "pos" : "neg";
}

std::string_view Tone(double contribution) { return contribution < 0 ? "neg" : "pos"; }

/// A bar that needs no inline style. `share` in [0, 1].
std::string Bar(std::string_view tone, double share) {
  return fmt::format(
      R"(<svg class="bar" viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true"><rect class="{}" width="{}" height="1"/></svg>)",
      tone, FixedDigits(share * 100, 1));
}

void AppendVerdict(const classifier::Classifier& classifier, const classifier::Prediction& prediction,
                   std::string* out) {
  const auto label = static_cast<std::size_t>(prediction.label);
  out->append(fmt::format(R"(<h2 class="verdict"><span class="chip {}">{}</span> <span>{} sure</span></h2>)",
                          LabelTone(classifier, label), Escaped(classifier.labels()[label]),
                          Percent(prediction.probabilities[label])));
  if (prediction.known_tokens == 0) {
    out->append(R"(<p class="note">The model knows none of these words; this is what it says of any text.</p>)");
  }
  out->append(R"(<dl class="labels">)");
  for (std::size_t i = 0; i < classifier.labels().size(); ++i) {
    const double p = prediction.probabilities[i];
    out->append(fmt::format("<div><dt>{}</dt><dd>{}<span>{}</span></dd></div>", Escaped(classifier.labels()[i]),
                            Bar(LabelTone(classifier, i), p), Percent(p)));
  }
  out->append("</dl>");
}

void AppendWord(std::string_view word, double contribution, int level, std::string* out) {
  if (level == 0) return AppendHtml(word, out);
  out->append(fmt::format(R"(<mark class="{}{}" tabindex="0">{}<span class="tip"> {}</span></mark>)",
                          Tone(contribution), level, Escaped(word), FixedDigits(contribution, 2, true)));
}

void AppendText(std::string_view text, const std::vector<WordWeight>& words, std::string* out) {
  double strongest = 0;
  for (const WordWeight& word : words) strongest = std::max(strongest, std::abs(word.contribution));
  std::size_t at = 0;
  out->append(R"(<p class="text">)");
  for (const WordWeight& word : words) {
    AppendHtml(text.substr(at, word.begin - at), out);
    AppendWord(text.substr(word.begin, word.end - word.begin), word.contribution,
               ShadeLevel(word.contribution, strongest), out);
    at = word.end;
  }
  AppendHtml(text.substr(at), out);
  out->append("</p>");
}

void AppendLegend(const classifier::Classifier& classifier, const classifier::Prediction& prediction,
                  std::string* out) {
  const auto& labels = classifier.labels();
  const std::string& label = labels[static_cast<std::size_t>(prediction.label)];
  const bool binary = labels.size() == 2;
  out->append(fmt::format(
      R"(<p class="legend"><span><i class="swatch pos"></i>{}</span> <span><i class="swatch neg"></i>{}</span></p>)",
      binary ? "towards " + Escaped(labels[1]) : "for " + Escaped(label),
      binary ? "towards " + Escaped(labels[0]) : "against " + Escaped(label)));
}

void AppendTerms(const std::vector<TermWeight>& terms, std::string* out) {
  if (terms.empty()) return;
  out->append(
      "<h3>Weightiest terms</h3><table><thead><tr>"
      R"(<th scope="col">Term</th><th scope="col">Times</th><th scope="col">Adds</th></tr></thead><tbody>)");
  const double strongest = std::abs(terms.front().contribution);
  for (const TermWeight& term : terms) {
    const double share = strongest > 0 ? std::abs(term.contribution) / strongest : 0;
    out->append(fmt::format(
        R"(<tr><th scope="row">{}</th><td>{}</td><td><div class="adds"><span>{}</span>{}</div></td></tr>)",
        Escaped(term.term), term.times, FixedDigits(term.contribution, 2, true), Bar(Tone(term.contribution), share)));
  }
  out->append("</tbody></table>");
}

void AppendArithmetic(const classifier::Classifier& classifier, const classifier::Prediction& prediction,
                      std::string* out) {
  const double intercept = classifier.Intercept(prediction.explained_row);
  const double score = prediction.scores[static_cast<std::size_t>(prediction.explained_row)];
  out->append(fmt::format(R"(<p class="sum">Score {} = {} (start) {} (words). {} of {} tokens known.</p>)",
                          FixedDigits(score, 2, true), FixedDigits(intercept, 2, true),
                          FixedDigits(score - intercept, 2, true), prediction.known_tokens, prediction.tokens));
}

}  // namespace

void AppendResult(const classifier::Classifier& classifier, std::string_view text,
                  const classifier::Prediction& prediction, std::string* out) {
  AppendVerdict(classifier, prediction, out);
  out->append("<h3>What each word added</h3>");
  AppendText(text, WeighWords(text, prediction.attributions), out);
  AppendLegend(classifier, prediction, out);
  AppendTerms(TopTerms(prediction, kTopTerms), out);
  AppendArithmetic(classifier, prediction, out);
}

}  // namespace valence::serving
