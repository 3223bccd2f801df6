// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "html.h"
#include "metric_fields.h"
#include "report_sections.h"
#include "valence/base/numbers.h"

namespace valence::evaluation {
namespace {

std::string Count(std::uint64_t value) { return WithThousands(static_cast<std::int64_t>(value)); }

const MetricField& FieldOf(std::string_view name) {
  return *std::find_if(kMetricFields.begin(), kMetricFields.end(), [&](const auto& f) { return f.name == name; });
}

/// "0.8712 to 0.8934", or "" without a bootstrap.
std::string IntervalText(const Metrics& metrics, std::string_view name) {
  const auto found = metrics.intervals.find(std::string(name));
  if (found == metrics.intervals.end()) return "";
  return fmt::format("{} to {}", FormatFigure(found->second.low), FormatFigure(found->second.high));
}

std::string Badge(bool passed) {
  return passed ? R"(<span class="badge pass">pass</span>)" : R"(<span class="badge fail">fail</span>)";
}

std::string MetricsTable(const Metrics& metrics) {
  const bool has_intervals = !metrics.intervals.empty();
  std::vector<HtmlTable::Column> columns{{"Metric"}, {"Value", true}};
  if (has_intervals) columns.push_back({"95 % interval", true});
  HtmlTable table("All metrics", std::move(columns));
  for (const MetricField& field : kMetricFields) {
    const std::string_view sense = field.more_is_better ? "" : R"( <span class="muted">lower is better</span>)";
    std::vector<std::string> cells{fmt::format("{}{}", field.title, sense), FormatFigure(metrics.*field.value)};
    if (has_intervals) cells.push_back(IntervalText(metrics, field.name));
    table.AddRow(cells);
  }
  return table.ToHtml();
}

std::string GateTable(const GateResult& gate) {
  HtmlTable table("Gate", {{"Metric"}, {"Value", true}, {"Bound", true}, {"Result", true}});
  for (const GateCheck& check : gate.checks) {
    table.AddRow({fmt::format("<code>{}</code>", EscapeHtml(check.metric)), FormatFigure(check.value),
                  fmt::format("{} {}", check.is_minimum ? "at least" : "at most", FormatDouble(check.bound)),
                  Badge(check.passed)});
  }
  std::string out;
  if (table.empty()) {
    out += R"(<h3>Gate</h3><p class="muted">No bound is set in <code>params.yaml</code>.</p>)";
  } else {
    out += table.ToHtml();
  }
  for (const GateCheck& check : gate.checks) {
    if (!check.passed) out += fmt::format("<p class=\"note small\">{}</p>\n", EscapeHtml(Message(check)));
  }
  return out;
}

std::string ConfusionMatrix(const ReportInput& input) {
  const auto& matrix = input.metrics.confusion_matrix;
  std::string out = R"(<div class="scroll" tabindex="0"><table class="matrix">)";
  out += "<caption>Confusion matrix</caption>\n<thead><tr><th scope=\"col\">True label</th>";
  for (const std::string& label : input.labels)
    out += fmt::format(R"(<th scope="col">said {}</th>)", EscapeHtml(label));
  out += "</tr></thead>\n<tbody>\n";
  for (std::size_t t = 0; t < matrix.size() && t < input.labels.size(); ++t) {
    std::uint64_t total = 0;
    for (const std::uint64_t count : matrix[t]) total += count;
    out += fmt::format(R"(<tr><th scope="row">{}</th>)", EscapeHtml(input.labels[t]));
    for (const std::uint64_t count : matrix[t]) {
      const double share = total == 0 ? 0.0 : static_cast<double>(count) / static_cast<double>(total);
      const int shade = std::min(9, static_cast<int>(share * 10));
      out += fmt::format(R"(<td class="s{}">{}<span class="muted">{}</span></td>)", shade, Count(count),
                         FormatShare(share));
    }
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string ClassTable(const ReportInput& input) {
  HtmlTable table("By label", {{"Label"}, {"Precision", true}, {"Recall", true}, {"F1", true}, {"Documents", true}});
  for (std::size_t c = 0; c < input.metrics.per_class.size() && c < input.labels.size(); ++c) {
    const ClassMetrics& figures = input.metrics.per_class[c];
    table.AddRow({EscapeHtml(input.labels[c]), FormatFigure(figures.precision), FormatFigure(figures.recall),
                  FormatFigure(figures.f1), Count(figures.support)});
  }
  return table.ToHtml();
}

}  // namespace

std::string Section(std::string_view id, std::string_view title, std::string_view body) {
  if (body.empty()) return "";
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-title\">\n<h2 id=\"{0}-title\">{1}</h2>\n{2}</section>\n", id, title,
      body);
}

std::string Panel(std::string_view body) {
  return body.empty() ? "" : fmt::format("<div class=\"panel\">\n{}</div>\n", body);
}

std::string HeadlineCards(const ReportInput& input) {
  constexpr std::array<std::string_view, 6> kHeadline{"accuracy", "f1_macro", "roc_auc", "pr_auc", "log_loss", "ece"};
  std::string out = "<dl class=\"cards\">\n";
  for (const std::string_view name : kHeadline) {
    const MetricField& field = FieldOf(name);
    const std::string interval = IntervalText(input.metrics, name);
    out += fmt::format(R"(<div class="card"><dt>{}</dt><dd class="value">{}</dd>)", field.title,
                       FormatFigure(input.metrics.*field.value));
    if (!interval.empty()) out += fmt::format(R"(<dd class="muted small">{}</dd>)", interval);
    out += "</div>\n";
  }
  out += "</dl>\n";
  const std::string_view intervals =
      input.metrics.intervals.empty() ? ""
                                      : " Below each figure: its 95 % interval (percentile bootstrap over documents).";
  return out + fmt::format("<p class=\"muted small\">On {} documents that the model has not seen.{}</p>\n",
                           Count(input.metrics.documents), intervals);
}

std::string MetricsAndGate(const ReportInput& input) {
  return "<div class=\"grid\">\n" + Panel(MetricsTable(input.metrics)) + Panel(GateTable(input.gate)) + "</div>\n";
}

std::string ConfusionAndClasses(const ReportInput& input) {
  return "<div class=\"grid\">\n" + Panel(ConfusionMatrix(input)) + Panel(ClassTable(input)) + "</div>\n";
}

}  // namespace valence::evaluation
