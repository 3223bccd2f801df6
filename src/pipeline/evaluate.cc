// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <numeric>

#include "stage_files.h"
#include "valence/base/version.h"
#include "valence/data/csv.h"
#include "valence/evaluation/data_report.h"
#include "valence/linalg/parallel.h"
#include "valence/pipeline/evaluate.h"
#include "valence/pipeline/stages.h"

namespace valence::pipeline {
namespace {

using evaluation::ReportInput;
using evaluation::Scored;

std::vector<evaluation::WrongDocument> MostWrong(const data::Dataset& documents, const Scored& scored,
                                                 std::int64_t count) {
  std::vector<std::size_t> wrong;
  for (std::size_t i = 0; i < scored.size(); ++i) {
    if (scored.predicted[i] != scored.truth[i]) wrong.push_back(i);
  }
  const auto confidence = [&](std::size_t i) {
    return scored.probabilities[i * scored.classes() + static_cast<std::size_t>(scored.predicted[i])];
  };
  std::stable_sort(wrong.begin(), wrong.end(),
                   [&](std::size_t a, std::size_t b) { return confidence(a) > confidence(b); });
  wrong.resize(std::min(wrong.size(), static_cast<std::size_t>(count)));

  std::vector<evaluation::WrongDocument> worst;
  for (const std::size_t i : wrong) {
    worst.push_back({documents[i].id, documents[i].text, scored.labels[static_cast<std::size_t>(scored.truth[i])],
                     scored.labels[static_cast<std::size_t>(scored.predicted[i])], confidence(i)});
  }
  return worst;
}

/// The terms that pull hardest towards each class. Binary: the most negative and the most positive weights.
std::vector<std::vector<evaluation::TopWord>> TopWords(const classifier::Classifier& model, std::int64_t count) {
  const std::int64_t features = model.features();
  const std::size_t classes = model.labels().size();
  std::vector<std::vector<evaluation::TopWord>> top(classes);
  if (model.bundle().vectorizer.vocabulary.size() != features) return top;  // hashed features have no names
  std::vector<std::int32_t> columns(static_cast<std::size_t>(features));
  std::iota(columns.begin(), columns.end(), 0);
  const auto n = std::min<std::ptrdiff_t>(count, features);
  for (std::size_t c = 0; c < classes; ++c) {
    const std::int32_t row = classes == 2 ? 0 : static_cast<std::int32_t>(c);
    const double sign = classes == 2 && c == 0 ? -1.0 : 1.0;
    const auto stronger = [&](std::int32_t a, std::int32_t b) {
      const double wa = sign * model.Weight(row, a), wb = sign * model.Weight(row, b);
      return wa != wb ? wa > wb : a < b;
    };
    std::partial_sort(columns.begin(), columns.begin() + n, columns.end(), stronger);
    for (std::ptrdiff_t i = 0; i < n; ++i) {
      const std::int32_t column = columns[static_cast<std::size_t>(i)];
      top[c].push_back({std::string(model.Term(column)), model.Weight(row, column)});
    }
  }
  return top;
}

/// One line a document, as DVC's `confusion` template counts them.
std::string ConfusionCsv(const Scored& scored) {
  std::string csv = "actual,predicted\n";
  for (std::size_t i = 0; i < scored.size(); ++i) {
    data::AppendCsvField(scored.labels[static_cast<std::size_t>(scored.truth[i])], &csv);
    csv += ',';
    data::AppendCsvField(scored.labels[static_cast<std::size_t>(scored.predicted[i])], &csv);
    csv += '\n';
  }
  return csv;
}

Status WriteReports(const ReportInput& input, const Scored& scored, const std::filesystem::path& folder) {
  Json metrics = evaluation::ToJson(input.metrics, input.labels);
  Json slices = Json::MakeObject();
  for (const evaluation::Slice& slice : input.slices) {
    slices.Set(slice.name, evaluation::ToJson(slice.metrics, input.labels));
  }
  metrics.Set("slices", std::move(slices));
  metrics.Set("gate_passed", input.gate.passed);
  // Side by side: most of the time of a small file is the disk's answer.
  PendingWrites writes;
  const auto write = [&](const char* name, std::string bytes) {
    writes.Add([path = folder / name, bytes = std::move(bytes)] { return WriteFile(path, bytes); });
  };
  write("metrics.json", metrics.Dump(2) + "\n");
  for (const evaluation::Curve& curve : input.curves) write(("plots/" + curve.name + ".csv").c_str(), curve.ToCsv());
  write("plots/confusion.csv", ConfusionCsv(scored));
  write("report.html", evaluation::RenderReport(input));
  write("model_card.md", evaluation::RenderModelCard(input));
  return writes.Wait();
}

}  // namespace

Result<Scored> ScoreDocuments(const classifier::Classifier& model, const data::Dataset& documents,
                              const std::filesystem::path& where, Progress& progress) {
  Scored scored;
  scored.labels = model.labels();
  VALENCE_TRY(scored.truth, ClassesOf(documents, scored.labels, where));
  const std::size_t n = documents.size(), classes = scored.classes();
  scored.predicted.resize(n);
  scored.probabilities.resize(n * classes);
  scored.text_bytes.resize(n);
  progress.Start("scoring", n, "documents");
  linalg::ParallelFor(n, 16, [&](std::size_t, std::size_t begin, std::size_t end) {
    classifier::Classifier::Scratch scratch;
    classifier::Prediction prediction;
    for (std::size_t i = begin; i < end; ++i) {
      model.Predict(documents[i].text, &scratch, &prediction);
      scored.predicted[i] = prediction.label;
      scored.text_bytes[i] = documents[i].text.size();
      std::copy(prediction.probabilities.begin(), prediction.probabilities.end(),
                scored.probabilities.begin() + static_cast<std::ptrdiff_t>(i * classes));
    }
    progress.Advance(end - begin);
  });
  return scored;
}

Result<Evaluated> Judge(const Scored& scored, const evaluation::EvaluateConfig& config) {
  Evaluated evaluated;
  VALENCE_TRY(evaluated.metrics, evaluation::ComputeMetrics(scored));
  if (config.bootstrap_resamples > 0) {
    evaluated.metrics.intervals =
        evaluation::BootstrapIntervals(scored, config.bootstrap_resamples, static_cast<std::uint32_t>(config.seed));
  }
  VALENCE_TRY(evaluated.gate, evaluation::CheckGate(evaluated.metrics, config));
  return evaluated;
}

Result<Evaluated> Evaluate(const Params& params, const Layout& layout, const Ingested* ingested, const Trained* trained,
                           Progress& progress) {
  RemoveStaleFiles({layout.reports, layout.reports / "plots"});
  Trained loaded;
  if (trained == nullptr) {
    VALENCE_TRY(loaded, LoadTrained(layout.model));
  }
  const Trained& judged = trained == nullptr ? loaded : *trained;
  const auto& model = judged.classifier;
  data::Dataset read;
  if (ingested == nullptr) {
    VALENCE_TRY(read, ReadInput<data::Dataset>(layout.raw / "test.csv", "ingest", data::ReadDocuments));
  }
  const data::Dataset& documents = ingested == nullptr ? read : ingested->split.test;

  VALENCE_TRY(const Scored scored, ScoreDocuments(*model, documents, layout.raw / "test.csv", progress));
  progress.Start("measuring", 0, "");
  VALENCE_TRY(Evaluated evaluated, Judge(scored, params.evaluate));
  ReportInput input;
  input.metrics = evaluated.metrics;
  input.gate = evaluated.gate;
  input.title = "Sentiment model";
  input.model_digest = judged.digest;
  input.valence_version = kVersion;
  input.labels = scored.labels;
  input.slices = evaluation::SlicesByLength(scored);
  input.curves = evaluation::ComputeCurves(scored);
  input.worst = MostWrong(documents, scored, params.evaluate.worst_documents);
  input.top_words = TopWords(*model, params.evaluate.top_words);
  // What shaped the model is in its file; how it is judged is not.
  Params copy = params;
  Json parameters = model->bundle().parameters;
  const ConfigSection gate{"evaluate", "", [&copy](FieldVisitor& v) { copy.evaluate.Describe(v); }};
  parameters.Set(gate.name, ToJson(gate));
  input.parameters = FlatParameters(parameters);
  input.certificate = model->bundle().certificate;
  // The report does without it if it is not there.
  const Json data = ReadJsonIfThere(layout.reports / "data.json");
  input.data_report = data.is_null() ? Json() : evaluation::SummariseDataReport(data);
  VALENCE_RETURN_IF_ERROR(WriteReports(input, scored, layout.reports));
  progress.Done();
  return evaluated;
}

}  // namespace valence::pipeline
