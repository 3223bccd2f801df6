// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "html.h"
#include "metric_fields.h"
#include "valence/base/numbers.h"
#include "valence/base/utf8.h"
#include "valence/evaluation/report.h"

namespace valence::evaluation {
namespace {

/// Text for one line of Markdown, also in a table.
std::string Markdown(std::string_view text) {
  constexpr std::string_view kSpecial = "\\`*_{}[]<>#|!~";
  std::string out;
  for (const char c : utf8::Repair(text)) {
    if (c == '\n' || c == '\r') {
      out += ' ';
      continue;
    }
    if (kSpecial.find(c) != std::string_view::npos) out += '\\';
    out += c;
  }
  return out;
}

/// A YAML scalar in double quotes; JSON's escapes are YAML's.
std::string Quoted(std::string_view text) {
  std::string out;
  AppendJsonString(text, &out);
  return out;
}

std::string_view TextOf(const Json& json, std::string_view key, std::string_view absent) {
  const Json* value = json.Find(key);
  return value != nullptr && value->is_string() && !value->string().empty() ? value->string() : absent;
}

std::string CountOf(const Json& json, std::string_view key) {
  const Json* value = json.Find(key);
  return value != nullptr && value->is_int() ? WithThousands(value->integer()) : "unknown";
}

std::string_view ParameterOf(const ReportInput& input, std::string_view key, std::string_view absent) {
  for (const auto& [name, value] : input.parameters) {
    if (name == key) return value;
  }
  return absent;
}

/// Hugging Face's names of metrics it knows, with ours.
struct HubMetric {
  std::string_view type, ours, title;
};
constexpr std::array<HubMetric, 5> kHubMetrics{{{"accuracy", "accuracy", "Accuracy"},
                                                {"f1", "f1_macro", "F1 (macro)"},
                                                {"precision", "precision_macro", "Precision (macro)"},
                                                {"recall", "recall_macro", "Recall (macro)"},
                                                {"roc_auc", "roc_auc", "ROC AUC"}}};

std::string Head(const ReportInput& input) {
  const std::string source(TextOf(input.data_report, "source", "unknown"));
  std::string out =
      "---\n"
      "# A model inherits conditions from the data it was trained on: set what yours allow.\n"
      "license: unknown\nlanguage:\n- en\nlibrary_name: valence\npipeline_tag: text-classification\ntags:\n"
      "- text-classification\n- sentiment-analysis\n- logistic-regression\n- tf-idf\n- valence\nmetrics:\n";
  for (const HubMetric& metric : kHubMetrics) out += fmt::format("- {}\n", metric.type);
  out += fmt::format(
      "model-index:\n- name: {}\n  results:\n  - task:\n      type: text-classification\n"
      "    dataset:\n      name: {}\n      type: {}\n      split: test\n    metrics:\n",
      Quoted(input.title), Quoted(source), Quoted(source));
  for (const HubMetric& metric : kHubMetrics) {
    const double value = input.metrics.Find(metric.ours).value();
    if (std::isnan(value)) continue;
    out += fmt::format("    - type: {}\n      name: {}\n      value: {}\n", metric.type, Quoted(metric.title),
                       FormatDouble(value));
  }
  return out + "---\n\n";
}

std::string Introduction(const ReportInput& input) {
  std::string labels;
  for (const std::string& label : input.labels) labels += (labels.empty() ? "" : ", ") + Markdown(label);
  return fmt::format(
      "# {}\n\n"
      "A linear text classifier made with Valence {}: tokens and n-grams, weighted, into logistic regression. It gives "
      "a\n"
      "text one of the labels {}, a probability for each, and what every word added.\n\n"
      "- Model digest (SHA-256 of the tensors): `{}`\n"
      "- Features: `ngram_range` {}, `min_df` {}; regularisation `C` {}\n\n",
      Markdown(input.title), Markdown(input.valence_version), labels, input.model_digest,
      ParameterOf(input, "featurize.ngram_range", "unknown"), ParameterOf(input, "featurize.min_df", "unknown"),
      ParameterOf(input, "train.C", "unknown"));
}

std::string IntendedUse() {
  return "## Intended use\n\n"
         "Sorting and counting opinions in texts of the kind it was trained on, with a person able to look at the "
         "text\n"
         "behind each answer. It explains every answer by its words, which shows when it was right for a wrong "
         "reason.\n\n"
         "Not for decisions about people, not for judging what an author feels or intends, and not for languages or "
         "kinds\n"
         "of text that its data do not hold.\n\n";
}

std::string LabelCounts(const Json& report) {
  const Json* train = report.Find("train_labels");
  const Json* test = report.Find("test_labels");
  if (train == nullptr || test == nullptr || !train->is_object() || !test->is_object()) return "";
  std::string out = "\n| label | train | test |\n|---|---:|---:|\n";
  for (const auto& [label, count] : train->object()) {
    out += fmt::format("| {} | {} | {} |\n", Markdown(label), CountOf(*train, label), CountOf(*test, label));
  }
  return out;
}

std::string Data(const ReportInput& input) {
  const Json& report = input.data_report;
  std::string out = fmt::format(
      "## Data\n\n"
      "- Source: {}\n- Rows read: {}, kept: {}\n- Train: {}, test: {} documents; no text is in both\n",
      Markdown(TextOf(report, "source", "unknown")), CountOf(report, "input_rows"), CountOf(report, "kept_rows"),
      CountOf(report, "train_rows"), CountOf(report, "test_rows"));
  const std::string_view digest = TextOf(report, "source_sha256", "");
  if (!digest.empty()) out += fmt::format("- SHA-256 of the source: `{}`\n", digest);
  return out + LabelCounts(report) + "\n";
}

std::string MetricsTable(const ReportInput& input) {
  const Metrics& metrics = input.metrics;
  std::string out = fmt::format(
      "## Metrics\n\nOn {} test documents; intervals are 95 % percentile bootstraps over documents.\n\n"
      "| metric | value | 95 % interval |\n|---|---:|---:|\n",
      WithThousands(static_cast<std::int64_t>(metrics.documents)));
  for (const MetricField& field : kMetricFields) {
    const auto found = metrics.intervals.find(std::string(field.name));
    const std::string interval =
        found == metrics.intervals.end()
            ? "not computed"
            : fmt::format("{} to {}", FormatFigure(found->second.low), FormatFigure(found->second.high));
    out += fmt::format("| {} | {} | {} |\n", field.title, FormatFigure(metrics.*field.value), interval);
  }
  out += "\n| label | precision | recall | F1 | documents |\n|---|---:|---:|---:|---:|\n";
  for (std::size_t c = 0; c < metrics.per_class.size() && c < input.labels.size(); ++c) {
    const ClassMetrics& figures = metrics.per_class[c];
    out += fmt::format("| {} | {} | {} | {} | {} |\n", Markdown(input.labels[c]), FormatFigure(figures.precision),
                       FormatFigure(figures.recall), FormatFigure(figures.f1),
                       WithThousands(static_cast<std::int64_t>(figures.support)));
  }
  return out + "\n";
}

std::string SlicesTable(const ReportInput& input) {
  if (input.slices.empty()) return "";
  std::string out =
      "### By text length\n\n| slice | documents | accuracy | F1 (macro) | ECE |\n|---|---:|---:|---:|---:|\n";
  for (const Slice& slice : input.slices) {
    out += fmt::format(
        "| `{}` | {} | {} | {} | {} |\n", slice.name, WithThousands(static_cast<std::int64_t>(slice.metrics.documents)),
        FormatFigure(slice.metrics.accuracy), FormatFigure(slice.metrics.f1_macro), FormatFigure(slice.metrics.ece));
  }
  return out + "\n";
}

std::string Gate(const ReportInput& input) {
  if (input.gate.checks.empty()) return "## Gate\n\nNo bound is set.\n\n";
  std::string out = fmt::format("## Gate\n\n**{}**\n\n", input.gate.passed ? "Passed" : "Refused");
  for (const GateCheck& check : input.gate.checks) out += fmt::format("- {}\n", Markdown(Message(check)));
  return out + "\n";
}

/// What the figures themselves say about where the model is weak.
std::string MeasuredWeakness(const ReportInput& input) {
  std::string out;
  const auto& classes = input.metrics.per_class;
  if (!classes.empty() && classes.size() == input.labels.size()) {
    const auto worst = std::min_element(classes.begin(), classes.end(),
                                        [](const auto& a, const auto& b) { return a.recall < b.recall; });
    const auto index = static_cast<std::size_t>(worst - classes.begin());
    out += fmt::format("- It finds '{}' least well: of the texts that are, it misses {}.\n",
                       Markdown(input.labels[index]), FormatShare(1 - worst->recall));
  }
  if (!input.slices.empty()) {
    const auto worst = std::min_element(input.slices.begin(), input.slices.end(), [](const auto& a, const auto& b) {
      return a.metrics.accuracy < b.metrics.accuracy;
    });
    out += fmt::format("- Accuracy is lowest, {}, in the slice `{}`.\n", FormatFigure(worst->metrics.accuracy),
                       worst->name);
  }
  return out + fmt::format("- Its probabilities are off by {} on average over calibration bins (ECE).\n",
                           FormatShare(input.metrics.ece));
}

std::string Limitations(const ReportInput& input) {
  return "## Limitations\n\n" + MeasuredWeakness(input) +
         "- It adds up words and short phrases. Irony, comparison and negation across more words than its n-grams "
         "span\n"
         "  are out of its reach, and a text without any known word gets the answer of the intercept alone.\n"
         "- Test and training texts come from one source: on other sources, times or dialects expect less, and "
         "measure\n"
         "  with `valence evaluate`.\n"
         "- Labels are what the source says, errors included. Names of people, places and products can carry weight, "
         "and\n"
         "  with it what the source thought of them; `report.html` lists the strongest words.\n"
         "- The intervals cover the choice of test documents, not that of training documents or parameters.\n\n";
}

std::string HowToUse() {
  return "## How to use it\n\n"
         "```sh\n"
         "valence predict --model model.safetensors reviews.csv > answers.csv\n"
         "valence explain --model model.safetensors \"What a wonderful film.\"\n"
         "valence serve --model model.safetensors\n"
         "```\n\n"
         "The file holds data only, no code, and any safetensors reader opens it:\n\n"
         "```python\n"
         "from safetensors import safe_open\n\n"
         "with safe_open(\"model.safetensors\", framework=\"numpy\") as model:\n"
         "    print(model.metadata().keys())\n"
         "    tensors = {name: model.get_tensor(name) for name in model.keys()}\n"
         "```\n";
}

}  // namespace

std::string RenderModelCard(const ReportInput& input) {
  return Head(input) + Introduction(input) + IntendedUse() + Data(input) + MetricsTable(input) + SlicesTable(input) +
         Gate(input) + Limitations(input) + HowToUse();
}

}  // namespace valence::evaluation
