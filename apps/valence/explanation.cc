// SPDX-License-Identifier: Apache-2.0
#include "explanation.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "table.h"
#include "terminal.h"

namespace valence::app {
namespace {

using classifier::Attribution;
using classifier::Prediction;

constexpr std::size_t kStrongestTerms = 12;

/// What each byte of the text adds: an n-gram's contribution spread evenly over its bytes.
std::vector<double> ByteContributions(std::string_view text, const Prediction& prediction) {
  std::vector<double> bytes(text.size(), 0.0);
  for (const Attribution& a : prediction.attributions) {
    if (a.end <= a.begin) continue;
    const double share = a.contribution / (a.end - a.begin);
    for (std::uint32_t i = a.begin; i < a.end; ++i) bytes[i] += share;
  }
  return bytes;
}

/// Runs of bytes with the same sign become one coloured piece; strong ones are bold.
std::string Coloured(std::string_view text, const Prediction& prediction) {
  const std::vector<double> bytes = ByteContributions(text, prediction);
  double strongest = 0;
  for (const double b : bytes) strongest = std::max(strongest, std::abs(b));
  const auto style = [&](std::size_t i) -> std::string_view {
    if (bytes[i] == 0.0) return "";
    const bool strong = std::abs(bytes[i]) > strongest / 3;
    if (bytes[i] > 0) return strong ? "1;32" : "32";
    return strong ? "1;31" : "31";
  };
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    while (end < text.size() && style(end) == style(begin)) ++end;
    const std::string piece = Printable(text.substr(begin, end - begin));
    out += style(begin).empty() ? piece : Styled(piece, style(begin));
    begin = end;
  }
  return out;
}

/// Terms by the size of what they add in all their places together.
std::vector<std::pair<std::string, double>> StrongestTerms(const classifier::Classifier& model,
                                                           const Prediction& prediction) {
  std::map<std::int32_t, double> by_column;
  for (const Attribution& a : prediction.attributions) by_column[model.Column(a)] += a.contribution;
  std::vector<std::pair<std::string, double>> terms;
  for (const auto& [column, contribution] : by_column) terms.emplace_back(model.Term(column), contribution);
  std::stable_sort(terms.begin(), terms.end(),
                   [](const auto& a, const auto& b) { return std::abs(a.second) > std::abs(b.second); });
  terms.resize(std::min(terms.size(), kStrongestTerms));
  return terms;
}

}  // namespace

std::string RenderExplanation(const classifier::Classifier& model, std::string_view text,
                              const Prediction& prediction) {
  const auto label = static_cast<std::size_t>(prediction.label);
  const double score = prediction.scores[static_cast<std::size_t>(prediction.explained_row)];
  std::string out =
      fmt::format("\n{}  {:.1f} %   (score {:+.4f}, intercept {:+.4f}, {} of {} tokens known)\n\n  {}\n\n",
                  Styled(model.labels()[label], "1"), 100 * prediction.probabilities[label], score,
                  model.Intercept(prediction.explained_row), prediction.known_tokens, prediction.tokens,
                  Coloured(text, prediction));
  Table table({{"term"}, {"adds", Table::Align::kRight}});
  for (const auto& [term, contribution] : StrongestTerms(model, prediction)) {
    table.Add({Printable(term), fmt::format("{:+.4f}", contribution)});
  }
  return out + table.Render();
}

Json ExplanationJson(const classifier::Classifier& model, std::string_view text, const Prediction& prediction) {
  Json probabilities = Json::MakeObject();
  for (std::size_t c = 0; c < model.labels().size(); ++c) {
    probabilities.Set(model.labels()[c], prediction.probabilities[c]);
  }
  Json attributions = Json::MakeArray();
  for (const Attribution& a : prediction.attributions) {
    attributions.Push(Json::MakeObject({{"begin", std::int64_t{a.begin}},
                                        {"end", std::int64_t{a.end}},
                                        {"text", text.substr(a.begin, a.end - a.begin)},
                                        {"term", prediction.Term(a)},
                                        {"contribution", a.contribution}}));
  }
  const auto row = static_cast<std::size_t>(prediction.explained_row);
  return Json::MakeObject({{"label", model.labels()[static_cast<std::size_t>(prediction.label)]},
                           {"probabilities", std::move(probabilities)},
                           {"score", prediction.scores[row]},
                           {"intercept", model.Intercept(prediction.explained_row)},
                           {"model_version", model.version()},
                           {"tokens", std::int64_t{prediction.tokens}},
                           {"known_tokens", std::int64_t{prediction.known_tokens}},
                           {"attributions", std::move(attributions)}});
}

}  // namespace valence::app
