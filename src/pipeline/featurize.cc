// SPDX-License-Identifier: Apache-2.0
#include "stage_files.h"
#include "valence/data/npz.h"
#include "valence/pipeline/stages.h"

namespace valence::pipeline {

Result<Featurized> Featurize(const Params& params, const Layout& layout, const Preprocessed* preprocessed,
                             Progress& progress) {
  RemoveStaleFiles({layout.processed});
  data::Split read;
  if (preprocessed == nullptr) {
    VALENCE_TRY(read, ReadSplit(layout.interim, "preprocess"));
  }
  const data::Split& split = preprocessed == nullptr ? read : preprocessed->split;

  Featurized featurized;
  featurized.labels = ClassNames(split.train);
  VALENCE_TRY(featurized.train_classes, ClassesOf(split.train, featurized.labels, layout.interim / "train.csv"));
  VALENCE_TRY(featurized.test_classes, ClassesOf(split.test, featurized.labels, layout.interim / "test.csv"));

  VALENCE_TRY(features::FitOutput fit,
              features::FitTransform(params.featurize, TextsOf(split.train), featurized.train_classes, progress));
  featurized.train = std::move(fit.matrix);
  VALENCE_TRY(const features::Vectorizer vectorizer, features::Vectorizer::Make(std::move(fit.fitted)));
  featurized.test = vectorizer.Transform(TextsOf(split.test));
  featurized.fitted = vectorizer.fitted();

  progress.Start("writing", 0, "");
  const std::filesystem::path& folder = layout.processed;
  VALENCE_RETURN_IF_ERROR(data::WriteNpz(folder / "train.npz", featurized.train));
  VALENCE_RETURN_IF_ERROR(data::WriteNpz(folder / "test.npz", featurized.test));
  VALENCE_RETURN_IF_ERROR(data::WriteNpy(folder / "labels_train.npy", featurized.train_classes));
  VALENCE_RETURN_IF_ERROR(data::WriteNpy(folder / "labels_test.npy", featurized.test_classes));
  VALENCE_RETURN_IF_ERROR(data::WriteNpy(folder / "weighting.npy", featurized.fitted.weighting));
  VALENCE_RETURN_IF_ERROR(WriteFile(folder / "labels.json", Json::ArrayOf(featurized.labels).Dump() + "\n"));
  VALENCE_RETURN_IF_ERROR(WriteFile(folder / "vocabulary.json", featurized.fitted.vocabulary.ToJson()));
  progress.Done();
  return featurized;
}

}  // namespace valence::pipeline
