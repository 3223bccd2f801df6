// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <cmath>

#include "html.h"
#include "report_sections.h"
#include "valence/base/numbers.h"

namespace valence::evaluation {
namespace {

/// Six decimals are finer than any screen; shorter numbers make smaller reports.
Json Rounded(double value) { return std::isfinite(value) ? Json(std::round(value * 1e6) / 1e6) : Json(nullptr); }

/// The named columns of a curve as an array of objects, with the row's number as "order".
Json RowsOf(const Curve& curve, const std::vector<std::string>& labels) {
  Json rows = Json::MakeArray();
  for (std::size_t r = 0; r < curve.rows.size(); ++r) {
    Json row = Json::MakeObject();
    std::size_t label = 1;  // of a binary task
    for (std::size_t c = 0; c < curve.columns.size(); ++c) {
      if (curve.columns[c] == "class") {
        label = static_cast<std::size_t>(curve.rows[r][c]);
      } else {
        row.Set(curve.columns[c], Rounded(curve.rows[r][c]));
      }
    }
    row.Set("order", static_cast<std::int64_t>(r));
    if (curve.name == "roc") row.Set("label", label < labels.size() ? labels[label] : std::string());
    rows.Push(std::move(row));
  }
  return rows;
}

Json SliceRows(const std::vector<Slice>& slices) {
  Json rows = Json::MakeArray();
  for (const Slice& slice : slices) {
    rows.Push(Json::MakeObject({{"slice", slice.name},
                                {"accuracy", Rounded(slice.metrics.accuracy)},
                                {"f1_macro", Rounded(slice.metrics.f1_macro)},
                                {"roc_auc", Rounded(slice.metrics.roc_auc)}}));
  }
  return rows;
}

std::string WordsKey(std::size_t label) { return fmt::format("words_{}", label); }

/// Panels beside each other; "" for none.
std::string Grid(std::string_view panels) {
  return panels.empty() ? "" : fmt::format("<div class=\"grid\">\n{}</div>\n", panels);
}

std::string WordsTable(const std::vector<TopWord>& words) {
  HtmlTable table("", {{"Term"}, {"Weight", true}});
  for (const TopWord& word : words) table.AddRow({EscapeHtml(word.term), fmt::format("{:.4f}", word.weight)});
  return "<details><summary>As a table</summary>\n" + table.ToHtml() + "</details>\n";
}

}  // namespace

const Curve* FindCurve(const ReportInput& input, std::string_view name) {
  for (const Curve& curve : input.curves) {
    if (curve.name == name) return &curve;
  }
  return nullptr;
}

Json PictureRows(const ReportInput& input) {
  Json rows = Json::MakeObject();
  for (const Curve& curve : input.curves) rows.Set(curve.name, RowsOf(curve, input.labels));
  rows.Set("slices", SliceRows(input.slices));
  for (std::size_t c = 0; c < input.top_words.size(); ++c) {
    Json words = Json::MakeArray();
    for (const TopWord& word : input.top_words[c]) {
      words.Push(Json::MakeObject({{"term", word.term}, {"weight", Rounded(word.weight)}}));
    }
    rows.Set(WordsKey(c), std::move(words));
  }
  return rows;
}

std::string PictureBox(std::string_view picture, std::string_view key, std::string_view title,
                       std::string_view explanation) {
  std::string caption;
  if (!title.empty()) {
    caption =
        fmt::format("<figcaption><h3>{}</h3><p>{}</p></figcaption>\n", EscapeHtml(title), EscapeHtml(explanation));
  }
  return fmt::format(
      "<figure>{}<div class=\"picture\" role=\"img\" aria-label=\"{}\" data-picture=\"{}\" "
      "data-rows=\"{}\"></div></figure>\n",
      caption, EscapeHtml(title.empty() ? explanation : title), picture, key);
}

std::string CurvePictures(const ReportInput& input) {
  const bool is_binary = input.labels.size() == 2;
  std::string panels;
  if (FindCurve(input, "roc") != nullptr) {
    panels += Panel(PictureBox("roc", "roc", "ROC",
                               fmt::format("Area {}{}. The dashed line is chance.", FormatFigure(input.metrics.roc_auc),
                                           is_binary ? "" : ", mean of each label against the rest")));
  }
  if (FindCurve(input, "precision_recall") != nullptr) {
    panels += Panel(PictureBox(
        "precision_recall", "precision_recall", "Precision and recall",
        fmt::format("Average precision {} for '{}'.", FormatFigure(input.metrics.pr_auc), input.labels.back())));
  }
  if (FindCurve(input, "calibration") != nullptr) {
    const std::string explanation =
        fmt::format("{} On the dashed line, probabilities mean what they say. ECE {}.",
                    is_binary ? fmt::format("Share that is '{}' at each predicted probability.", input.labels.back())
                              : "Share of right answers at each winning probability.",
                    FormatFigure(input.metrics.ece));
    panels += Panel(PictureBox("reliability", "calibration", "Reliability", explanation) +
                    PictureBox("reliability_counts", "calibration", "", "Documents at each predicted probability"));
  }
  if (FindCurve(input, "thresholds") != nullptr) {
    panels += Panel(PictureBox(
        "thresholds", "thresholds", "Decision threshold",
        fmt::format("What saying '{}' from another probability than 0.5 on would give.", input.labels.back())));
  }
  return Grid(panels);
}

std::string SlicesTableAndPicture(const ReportInput& input) {
  if (input.slices.empty()) return "";
  HtmlTable table("", {{"Text length in bytes"},
                       {"Documents", true},
                       {"Accuracy", true},
                       {"F1 (macro)", true},
                       {"ROC AUC", true},
                       {"ECE", true}});
  for (const Slice& slice : input.slices) {
    table.AddRow({fmt::format("<code>{}</code>", EscapeHtml(slice.name)),
                  WithThousands(static_cast<std::int64_t>(slice.metrics.documents)),
                  FormatFigure(slice.metrics.accuracy), FormatFigure(slice.metrics.f1_macro),
                  FormatFigure(slice.metrics.roc_auc), FormatFigure(slice.metrics.ece)});
  }
  return Panel(table.ToHtml() + PictureBox("slices", "slices", "", "Accuracy, F1 and ROC AUC by slice"));
}

std::string TopWords(const ReportInput& input) {
  std::string panels;
  for (std::size_t c = 0; c < input.top_words.size() && c < input.labels.size(); ++c) {
    if (input.top_words[c].empty()) continue;
    panels += Panel(PictureBox("words", WordsKey(c), fmt::format("Towards '{}'", input.labels[c]),
                               "Weights of the strongest terms.") +
                    WordsTable(input.top_words[c]));
  }
  return Grid(panels);
}

}  // namespace valence::evaluation
