// SPDX-License-Identifier: Apache-2.0
#include "run_view.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "promotion_view.h"
#include "table.h"
#include "terminal.h"
#include "valence/base/numbers.h"

namespace valence::app {
namespace {

using Align = Table::Align;
using tracking::Run;

constexpr std::size_t kShownIdDigits = 8;
constexpr std::size_t kLongestCell = 40;

std::string Figure(double value) { return std::isnan(value) ? "-" : fmt::format("{:.6g}", value); }

std::string Short(const std::string& text) {
  return text.size() <= kLongestCell ? Printable(text) : Printable(text.substr(0, kLongestCell - 3)) + "...";
}

std::string ParamOf(const Run& run, const std::string& key) {
  const auto found = std::find_if(run.params.begin(), run.params.end(), [&](const auto& p) { return p.key == key; });
  return found == run.params.end() ? "-" : found->value;
}

/// Keys whose values are not the same in all runs.
std::vector<std::string> DifferingParams(const std::vector<Run>& runs) {
  std::set<std::string> keys;
  for (const Run& run : runs) {
    for (const auto& param : run.params) keys.insert(param.key);
  }
  std::vector<std::string> differing;
  for (const std::string& key : keys) {
    const std::string first = ParamOf(runs.front(), key);
    if (std::any_of(runs.begin(), runs.end(), [&](const Run& run) { return ParamOf(run, key) != first; })) {
      differing.push_back(key);
    }
  }
  return differing;
}

/// A nested run's name is indented.
std::string NameOf(const Run& run) {
  const bool is_nested =
      std::any_of(run.tags.begin(), run.tags.end(), [](const auto& tag) { return tag.key == "mlflow.parentRunId"; });
  return (is_nested ? "  " : "") + Short(run.run_name);
}

}  // namespace

char MarkOf(std::size_t i) {
  constexpr std::string_view kMarks = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  return i < kMarks.size() ? kMarks[i] : '*';
}

double MetricOf(const Run& run, std::string_view key) {
  const auto found = std::find_if(run.metrics.begin(), run.metrics.end(), [&](const auto& m) { return m.key == key; });
  return found == run.metrics.end() ? std::numeric_limits<double>::quiet_NaN() : found->value;
}

std::string RunsTable(const std::vector<Run>& runs, const std::vector<std::string>& metrics) {
  std::vector<Table::Column> columns{{""}, {"run"}, {"name"}, {"started (UTC)"}, {"status"}};
  for (const std::string& metric : metrics) columns.push_back({metric, Align::kRight});
  Table table(std::move(columns));
  for (std::size_t i = 0; i < runs.size(); ++i) {
    const Run& run = runs[i];
    std::vector<std::string> cells{std::string(1, MarkOf(i)), run.run_id.substr(0, kShownIdDigits), NameOf(run),
                                   TimeText(run.start_time), std::string(tracking::RunStatusName(run.status))};
    for (const std::string& metric : metrics) cells.push_back(Figure(MetricOf(run, metric)));
    table.Add(std::move(cells));
  }
  return table.Render();
}

std::string ComparisonTable(const std::vector<Run>& runs, const std::vector<std::string>& metrics) {
  std::vector<Table::Column> columns{{""}};
  for (std::size_t i = 0; i < runs.size(); ++i) {
    columns.push_back({fmt::format("{} {}", MarkOf(i), runs[i].run_id.substr(0, kShownIdDigits)), Align::kRight});
  }
  Table table(std::move(columns));
  const auto add = [&](const std::string& name, const auto& cell_of) {
    std::vector<std::string> cells{name};
    for (const Run& run : runs) cells.push_back(cell_of(run));
    table.Add(std::move(cells));
  };
  add("name", [](const Run& run) { return Short(run.run_name); });
  for (const std::string& key : DifferingParams(runs)) {
    add(key, [&](const Run& run) { return Short(ParamOf(run, key)); });
  }
  for (const std::string& metric : metrics) add(metric, [&](const Run& run) { return Figure(MetricOf(run, metric)); });
  return table.Render();
}

std::string RunText(const Run& run) {
  Table about({{"run"}, {run.run_id}});
  about.Add({"name", Printable(run.run_name)});
  about.Add({"status", std::string(tracking::RunStatusName(run.status))});
  about.Add({"user", Printable(run.user_id)});
  about.Add({"started (UTC)", TimeText(run.start_time)});
  about.Add({"seconds", run.end_time == 0
                            ? "-"
                            : fmt::format("{:.1f}", static_cast<double>(run.end_time - run.start_time) / 1000)});
  about.Add({"artifacts", run.artifact_uri});
  for (const auto& output : run.outputs) about.Add({"model", output.model_id});
  for (const auto& input : run.inputs)
    about.Add({"data: " + input.context, Printable(input.name) + " " + input.digest});
  Table metrics({{"metric"}, {"value", Align::kRight}, {"step", Align::kRight}});
  for (const auto& m : run.metrics) metrics.Add({m.key, Figure(m.value), std::to_string(m.step)});
  Table params({{"parameter"}, {"value"}});
  for (const auto& p : run.params) params.Add({p.key, Short(p.value)});
  Table tags({{"tag"}, {"value"}});
  for (const auto& t : run.tags) tags.Add({t.key, Short(t.value)});
  return about.Render() + '\n' + metrics.Render() + '\n' + params.Render() + '\n' + tags.Render();
}

Json RunJson(const Run& run) {
  Json params = Json::MakeObject(), metrics = Json::MakeObject(), tags = Json::MakeObject();
  for (const auto& p : run.params) params.Set(p.key, p.value);
  for (const auto& m : run.metrics) metrics.Set(m.key, m.value);
  for (const auto& t : run.tags) tags.Set(t.key, t.value);
  Json models = Json::MakeArray();
  for (const auto& output : run.outputs) models.Push(output.model_id);
  Json datasets = Json::MakeArray();
  for (const auto& input : run.inputs) {
    datasets.Push(Json::MakeObject({{"name", input.name}, {"digest", input.digest}, {"context", input.context}}));
  }
  return Json::MakeObject({{"run_id", run.run_id},
                           {"run_name", run.run_name},
                           {"experiment_id", run.experiment_id},
                           {"user_id", run.user_id},
                           {"status", tracking::RunStatusName(run.status)},
                           {"start_time", run.start_time},
                           {"end_time", run.end_time},
                           {"artifact_uri", run.artifact_uri},
                           {"metrics", std::move(metrics)},
                           {"params", std::move(params)},
                           {"tags", std::move(tags)},
                           {"datasets", std::move(datasets)},
                           {"models", std::move(models)}});
}

}  // namespace valence::app
