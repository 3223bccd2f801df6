// SPDX-License-Identifier: Apache-2.0
#include "summary.h"

#include <fmt/format.h>

#include "table.h"
#include "terminal.h"
#include "valence/base/numbers.h"

namespace valence::app {
namespace {

std::string Count(std::uint64_t n) { return WithThousands(static_cast<std::int64_t>(n)); }

const evaluation::GateCheck* FindCheck(const evaluation::GateResult& gate, std::string_view metric) {
  for (const auto& check : gate.checks) {
    if (check.metric == metric) return &check;
  }
  return nullptr;
}

/// What is nearly equal, and how many rules of the contract hold; a line each, or nothing.
std::string ChecksLines(const data::IngestReport& report) {
  std::string out;
  if (report.near_duplicates && report.near_duplicates->pairs > 0) {
    const data::NearDuplicateReport& near = *report.near_duplicates;
    out += fmt::format("  near-duplicates  {} pairs in {} documents; {} test documents have one in train\n",
                       Count(near.pairs), Count(near.documents), Count(near.leaking_documents));
  }
  if (!report.contract || !report.contract->not_applied.empty()) return out;
  std::size_t breached = 0;
  std::size_t skipped = 0;
  for (const data::RuleOutcome& rule : report.contract->rules) {
    breached += rule.ok() ? 0u : 1u;
    skipped += rule.skipped.empty() ? 0u : 1u;
  }
  const std::size_t rules = report.contract->rules.size();
  return out + fmt::format("  contract         {}: {} of {} rules hold{}\n", report.contract->file,
                           rules - breached - skipped, rules,
                           skipped == 0 ? "" : fmt::format(", {} could not be judged", skipped));
}

}  // namespace

std::string IngestTable(const data::IngestReport& report) {
  using Align = Table::Align;
  Table rows({{"rows"}, {"count", Align::kRight}});
  rows.Add({"read", Count(report.input_rows)});
  rows.Add({"kept", Count(report.kept_rows)});
  for (const auto& [reason, count] : report.rejected_by_reason) rows.Add({"rejected: " + reason, Count(count)});
  Table labels({{"label"}, {"train", Align::kRight}, {"test", Align::kRight}});
  for (const auto& [label, count] : report.train_labels) {
    const auto test = report.test_labels.find(label);
    labels.Add({label, Count(count), Count(test == report.test_labels.end() ? 0 : test->second)});
  }
  labels.Add({"all", Count(report.train_rows), Count(report.test_rows)});
  Table lengths({{"text bytes"},
                 {"min", Align::kRight},
                 {"5 %", Align::kRight},
                 {"median", Align::kRight},
                 {"95 %", Align::kRight},
                 {"max", Align::kRight},
                 {"mean", Align::kRight}});
  std::vector<std::string> cells{""};
  for (const char* key : {"min", "p05", "p50", "p95", "max", "mean"}) {
    const auto value = report.text_bytes.find(key);
    cells.push_back(value == report.text_bytes.end() ? "" : Count(static_cast<std::uint64_t>(value->second)));
  }
  lengths.Add(std::move(cells));
  std::string out = rows.Render() + '\n' + labels.Render() + '\n' + lengths.Render();
  const std::string checks = ChecksLines(report);
  if (!checks.empty()) out += '\n' + checks;
  for (const std::string& warning : report.warnings) out += "  " + Styled("warning", "33") + ": " + warning + '\n';
  return out;
}

std::string ContractBreaches(const data::IngestReport& report) {
  if (report.accepted()) return "";
  std::string out;
  for (const data::RuleOutcome& rule : report.contract->rules) {
    if (rule.ok()) continue;
    out += fmt::format("contract breached: {}\n", data::Message(rule));
    for (const data::RowExample& example : rule.examples) {
      out += fmt::format("  such as {}\n", Printable(data::ToText(example)));
    }
  }
  return out + fmt::format("{}: data/raw stays as it was; reports/data.html lists the rules\n", report.contract->file);
}

std::string MetricsTable(const evaluation::Metrics& metrics, const evaluation::GateResult& gate) {
  using Align = Table::Align;
  Table table({{"metric"}, {"value", Align::kRight}, {"95 % interval"}, {"gate"}});
  for (const std::string_view name : evaluation::MetricNames()) {
    const auto value = metrics.Find(name);
    if (!value) continue;
    const auto interval = metrics.intervals.find(std::string(name));
    const evaluation::GateCheck* check = FindCheck(gate, name);
    table.Add({std::string(name), fmt::format("{:.4f}", *value),
               interval == metrics.intervals.end()
                   ? ""
                   : fmt::format("{:.4f} .. {:.4f}", interval->second.low, interval->second.high),
               check == nullptr ? ""
                                : fmt::format("{} {} {}", check->is_minimum ? ">=" : "<=", check->bound,
                                              check->passed ? "ok" : "REFUSED")});
  }
  return table.Render();
}

std::string GateFailures(const evaluation::GateResult& gate) {
  std::string out;
  for (const auto& check : gate.checks) {
    if (check.passed) continue;
    out += fmt::format("gate refused: {} {:.4f} is {} {} (evaluate.{}.{})\n", check.metric, check.value,
                       check.is_minimum ? "below the minimum" : "above the maximum", check.bound,
                       check.is_minimum ? "minimum" : "maximum", check.metric);
  }
  return out;
}

Json GateJson(const evaluation::GateResult& gate) {
  Json checks = Json::MakeArray();
  for (const auto& check : gate.checks) {
    checks.Push(Json::MakeObject({{"metric", check.metric},
                                  {"value", check.value},
                                  {check.is_minimum ? "minimum" : "maximum", check.bound},
                                  {"passed", check.passed}}));
  }
  return Json::MakeObject({{"passed", gate.passed}, {"checks", std::move(checks)}});
}

}  // namespace valence::app
