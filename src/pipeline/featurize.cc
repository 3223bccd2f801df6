// SPDX-License-Identifier: Apache-2.0
#include "stage_files.h"
#include "valence/data/npz.h"
#include "valence/pipeline/stages.h"

namespace valence::pipeline {
namespace {

/// Everything but the matrices.
Status WriteVocabulary(const std::filesystem::path& folder, const Featurized& f) {
  VALENCE_RETURN_IF_ERROR(data::WriteNpy(folder / "labels_train.npy", f.train_classes));
  VALENCE_RETURN_IF_ERROR(data::WriteNpy(folder / "labels_test.npy", f.test_classes));
  VALENCE_RETURN_IF_ERROR(data::WriteNpy(folder / "weighting.npy", f.fitted.weighting));
  VALENCE_RETURN_IF_ERROR(WriteFile(folder / "labels.json", Json::ArrayOf(f.labels).Dump() + "\n"));
  return WriteFile(folder / "vocabulary.json", f.fitted.vocabulary.ToJson());
}

}  // namespace

Result<std::unique_ptr<Featurized>> Featurize(const Params& params, const Layout& layout,
                                              const Preprocessed* preprocessed, Progress& progress) {
  RemoveStaleFiles({layout.processed});
  data::Split read;
  if (preprocessed == nullptr) {
    VALENCE_TRY(read, ReadSplit(layout.interim, "preprocess"));
  }
  const data::Split& split = preprocessed == nullptr ? read : preprocessed->split;

  auto featurized = std::make_unique<Featurized>();
  Featurized& f = *featurized;
  f.labels = ClassNames(split.train);
  VALENCE_TRY(f.train_classes, ClassesOf(split.train, f.labels, layout.interim / "train.csv"));
  VALENCE_TRY(f.test_classes, ClassesOf(split.test, f.labels, layout.interim / "test.csv"));

  VALENCE_TRY(features::FitOutput fit,
              features::FitTransform(params.featurize, TextsOf(split.train), f.train_classes, progress));
  f.train = std::move(fit.matrix);
  const std::filesystem::path& folder = layout.processed;
  f.writes.Add([&f, path = folder / "train.npz"] { return data::WriteNpz(path, f.train); });
  VALENCE_TRY(const features::Vectorizer vectorizer, features::Vectorizer::Make(std::move(fit.fitted)));
  f.fitted = vectorizer.fitted();
  f.writes.Add([&f, folder] { return WriteVocabulary(folder, f); });
  f.test = vectorizer.Transform(TextsOf(split.test));
  f.writes.Add([&f, path = folder / "test.npz"] { return data::WriteNpz(path, f.test); });
  progress.Done();
  return featurized;
}

}  // namespace valence::pipeline
