// SPDX-License-Identifier: Apache-2.0
#include "candidates_view.h"

#include <fmt/format.h>

#include <algorithm>

#include "table.h"
#include "terminal.h"
#include "valence/base/numbers.h"

namespace valence::app {
namespace {

using Align = Table::Align;

/// Above this, a difference may well be chance.
constexpr double kSignificance = 0.05;

/// The metric that decides, and what people want to see beside it.
std::vector<std::string> ShownMetrics(const std::string& deciding) {
  std::vector<std::string> shown{deciding};
  for (const char* other : {"accuracy", "f1_macro", "log_loss", "ece"}) {
    if (deciding != other) shown.emplace_back(other);
  }
  return shown;
}

std::string ShownName(const pipeline::Candidate& candidate) {
  const bool says_so = !candidate.in_force || candidate.name == "in force";
  return Printable(candidate.name) + (says_so ? "" : " (in force)");
}

}  // namespace

std::string CandidatesTable(const pipeline::CrossValidation& validation) {
  const std::vector<std::string> metrics = ShownMetrics(validation.config.metric);
  std::vector<Table::Column> columns{{""}, {"candidate"}, {metrics.front(), Align::kRight}, {"+-", Align::kRight}};
  for (std::size_t i = 1; i < metrics.size(); ++i) columns.push_back({metrics[i], Align::kRight});
  columns.push_back({"p", Align::kRight});
  columns.push_back({"seconds", Align::kRight});
  Table table(std::move(columns));
  for (const std::size_t place : validation.ranking) {
    const pipeline::CandidateResult& result = validation.results[place];
    const bool is_best = place == validation.best();
    const pipeline::FoldSpread deciding = result.Spread(metrics.front());
    std::vector<std::string> cells{is_best ? "*" : "", ShownName(validation.candidates[place]),
                                   fmt::format("{:.4f}", deciding.mean), fmt::format("{:.4f}", deciding.deviation)};
    for (std::size_t i = 1; i < metrics.size(); ++i)
      cells.push_back(fmt::format("{:.4f}", result.Spread(metrics[i]).mean));
    cells.push_back(is_best ? "" : fmt::format("{:.2g}", result.p_value));
    cells.push_back(fmt::format("{:.2f}", result.seconds));
    table.Add(std::move(cells));
  }
  std::string text = table.Render();
  for (std::size_t i = 0; i < validation.candidates.size(); ++i) {
    if (!validation.results[i].failed()) continue;
    text += fmt::format("  {} could not be trained: {}\n", ShownName(validation.candidates[i]),
                        Printable(validation.results[i].failure));
  }
  return text;
}

std::string CandidatesVerdict(const pipeline::CrossValidation& validation) {
  const auto in_force = std::find_if(validation.candidates.begin(), validation.candidates.end(),
                                     [](const pipeline::Candidate& candidate) { return candidate.in_force; });
  const auto place = static_cast<std::size_t>(in_force - validation.candidates.begin());
  std::string text =
      fmt::format("  {} folds of {} training documents; p: McNemar's exact test against the best\n",
                  validation.config.folds, WithThousands(static_cast<std::int64_t>(validation.documents)));
  if (place == validation.best()) return text + "  the parameters in force are the best of these\n";
  text += fmt::format("  best: {}\n", Printable(validation.candidates[validation.best()].name));
  const pipeline::CandidateResult& result = validation.results[place];
  if (result.failed()) return text;
  const bool is_chance = result.p_value > kSignificance;
  return text + fmt::format("  the parameters in force {} (p = {:.2g})\n",
                            is_chance ? "make no more errors than chance explains" : "make significantly more errors",
                            result.p_value);
}

}  // namespace valence::app
