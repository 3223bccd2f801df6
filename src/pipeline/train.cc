// SPDX-License-Identifier: Apache-2.0
#include "stage_files.h"
#include "valence/base/log.h"
#include "valence/base/version.h"
#include "valence/data/csv.h"
#include "valence/data/npz.h"
#include "valence/pipeline/stages.h"

namespace valence::pipeline {
namespace {

/// What featurize wrote; the test matrix is not needed here and stays on disk.
Status ReadFeaturized(const Params& params, const std::filesystem::path& folder, Featurized* read) {
  constexpr const char* kStage = "featurize";
  Featurized& f = *read;
  VALENCE_TRY(f.train, ReadInput<linalg::CsrMatrix>(folder / "train.npz", kStage, data::ReadNpz));
  VALENCE_TRY(f.train_classes,
              ReadInput<std::vector<std::int32_t>>(folder / "labels_train.npy", kStage, data::ReadNpyInt32));
  VALENCE_TRY(f.fitted.weighting,
              ReadInput<std::vector<double>>(folder / "weighting.npy", kStage, data::ReadNpyDouble));
  const auto read_text = [](const std::filesystem::path& path) { return ReadFile(path); };
  VALENCE_TRY(const std::string vocabulary, ReadInput<std::string>(folder / "vocabulary.json", kStage, read_text));
  VALENCE_TRY(f.fitted.vocabulary, features::Vocabulary::FromJson(vocabulary));
  VALENCE_TRY(const std::string labels, ReadInput<std::string>(folder / "labels.json", kStage, read_text));
  VALENCE_TRY(const Json names, Json::Parse(labels));
  if (!names.is_array()) return DataCorrupt((folder / "labels.json").string() + ": expected a list of labels");
  for (const Json& name : names.array()) {
    if (!name.is_string()) return DataCorrupt((folder / "labels.json").string() + ": expected text labels");
    f.labels.push_back(name.string());
  }
  f.fitted.config = params.featurize;
  return Ok();
}

/// The model but for its golden texts and certificate.
Result<classifier::ModelBundle> MakeBundle(const Params& params, const Layout& layout, const Ingested* ingested,
                                           const Featurized& input, model::LinearModel linear) {
  classifier::ModelBundle bundle;
  bundle.labels = input.labels;
  VALENCE_TRY(bundle.preprocess_steps, text::ResolveSteps(params.preprocess));
  bundle.vectorizer = input.fitted;
  bundle.linear = std::move(linear);
  bundle.parameters = ModelParameters(params);
  auto& lineage = bundle.lineage;
  lineage["source"] = params.ingest.source;
  lineage["valence_version"] = kVersion;
  if (ingested != nullptr) {
    VALENCE_RETURN_IF_ERROR(ingested->writes.Wait());
    lineage["train_sha256"] = ingested->train_sha256;
    lineage["test_sha256"] = ingested->test_sha256;
  } else {
    VALENCE_TRY(lineage["train_sha256"], FileSha256(layout.raw / "train.csv"));
    VALENCE_TRY(lineage["test_sha256"], FileSha256(layout.raw / "test.csv"));
  }
  return bundle;
}

}  // namespace

Result<Trained> LoadTrained(const std::filesystem::path& model) {
  Trained trained;
  VALENCE_TRY(trained.classifier,
              ReadInput<std::shared_ptr<const classifier::Classifier>>(model, "train", classifier::Classifier::Load));
  trained.digest = trained.classifier->bundle().digest;
  return trained;
}

Result<Trained> Train(const Params& params, const Layout& layout, const Ingested* ingested,
                      const Featurized* featurized, Progress& progress) {
  RemoveStaleFiles({layout.model.parent_path()});
  Featurized read;
  if (featurized == nullptr) VALENCE_RETURN_IF_ERROR(ReadFeaturized(params, layout.processed, &read));
  const Featurized& input = featurized == nullptr ? read : *featurized;
  VALENCE_TRY(model::FitResult fit,
              model::FitLogisticRegression(input.train, input.train_classes, input.labels, params.train, progress));
  if (!fit.warning.empty()) log::Warning(fit.warning);

  progress.Start("compiling and saving", 0, "");
  VALENCE_TRY(classifier::ModelBundle bundle, MakeBundle(params, layout, ingested, input, std::move(fit.model)));
  bundle.certificate = classifier::ToJson(fit.certificate);
  data::Dataset raw;
  if (ingested == nullptr) {
    VALENCE_TRY(raw, ReadInput<data::Dataset>(layout.raw / "train.csv", "ingest", data::ReadDocuments));
  }
  const data::Dataset& documents = ingested == nullptr ? raw : ingested->split.train;

  // Golden texts are what the compiled model says of them, so it is compiled first and saved with its own answers.
  Trained trained;
  VALENCE_TRY(trained.classifier, classifier::Classifier::Make(bundle));
  bundle.golden_texts = classifier::MakeGoldenTexts(*trained.classifier, TextsOf(documents));
  VALENCE_TRY(trained.digest, classifier::SaveModel(layout.model, bundle));
  trained.certificate = std::move(fit.certificate);
  progress.Done();
  return trained;
}

}  // namespace valence::pipeline
