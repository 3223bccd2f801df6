// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/classifier/classifier.h"
#include "valence/data/ingest.h"
#include "valence/evaluation/report.h"
#include "valence/features/vectorizer.h"
#include "valence/linalg/csr_matrix.h"
#include "valence/pipeline/params.h"
#include "valence/pipeline/pending_writes.h"

/// The stages of DESIGN section 3 as functions. Each writes its files atomically below the current folder and returns
/// what it made, so that `valence run` hands values on and single stages read them back; both give the same bytes.
namespace valence::pipeline {

/// Where stages read and write, relative to the current folder.
struct Layout {
  std::filesystem::path raw = "data/raw";
  std::filesystem::path interim = "data/interim";
  std::filesystem::path processed = "data/processed";
  std::filesystem::path model = "models/model.safetensors";
  std::filesystem::path reports = "reports";
};

/// What a stage made. Its files may still be on their way to the disk: `writes` knows.
struct Ingested {
  data::Split split;
  data::IngestReport report;
  std::string train_sha256, test_sha256;  ///< of the CSV files; there after writes.Wait()
  PendingWrites writes;                   ///< last, so that it waits before the data go
};
/// Data that breach the contract are a result, not an error: report.accepted() is false, reports/data.{json,html} say
/// why, data/raw stays as it was, and no later stage should run.
Result<std::unique_ptr<Ingested>> Ingest(const Params& params, const Layout& layout, Progress& progress,
                                         data::BaselineUse use = data::BaselineUse::kCompare);

struct Preprocessed {
  data::Split split;  ///< ids and labels as before, text processed
  PendingWrites writes;
};
Result<std::unique_ptr<Preprocessed>> Preprocess(const Params& params, const Layout& layout, const Ingested* ingested,
                                                 Progress& progress);

struct Featurized {
  features::FittedVectorizer fitted;
  linalg::CsrMatrix train, test;
  std::vector<std::string> labels;  ///< class names, ascending; the class is the index
  std::vector<std::int32_t> train_classes, test_classes;
  PendingWrites writes;
};
Result<std::unique_ptr<Featurized>> Featurize(const Params& params, const Layout& layout,
                                              const Preprocessed* preprocessed, Progress& progress);

struct Trained {
  std::shared_ptr<const classifier::Classifier> classifier;
  std::string digest;  ///< of the saved model's tensors
  /// The version that this model has when it is loaded and served.
  std::string version() const { return "sha256:" + digest.substr(0, 12); }
  model::Certificate certificate;
};
Result<Trained> Train(const Params& params, const Layout& layout, const Ingested* ingested,
                      const Featurized* featurized, Progress& progress);

/// A model file as if Train had just made it (its certificate is in bundle()). Error: as Classifier::Load; kNotFound
/// says to run 'valence train'.
Result<Trained> LoadTrained(const std::filesystem::path& model);

struct Evaluated {
  evaluation::Metrics metrics;
  evaluation::GateResult gate;
};
/// The figures of scored documents: metrics, their bootstrap intervals (if any resamples are wanted), and the gate's
/// verdict.
Result<Evaluated> Judge(const evaluation::Scored& scored, const evaluation::EvaluateConfig& config);
/// Writes reports/metrics.json, plots/*.csv, report.html, model_card.md. A failing gate is a result, not an error.
Result<Evaluated> Evaluate(const Params& params, const Layout& layout, const Ingested* ingested, const Trained* trained,
                           Progress& progress);

}  // namespace valence::pipeline
