// SPDX-License-Identifier: Apache-2.0
#include "stage_files.h"
#include "valence/linalg/parallel.h"
#include "valence/pipeline/stages.h"
#include "valence/text/preprocessor.h"

namespace valence::pipeline {
data::Dataset Prepared(const text::Preprocessor& preprocessor, const data::Dataset& documents, Progress& progress) {
  data::Dataset processed(documents.size());
  linalg::ParallelFor(documents.size(), 64, [&](std::size_t, std::size_t begin, std::size_t end) {
    std::string scratch;
    for (std::size_t i = begin; i < end; ++i) {
      processed[i].id = documents[i].id;
      processed[i].label = documents[i].label;
      preprocessor.Apply(documents[i].text, &scratch, &processed[i].text);
    }
    progress.Advance(end - begin);
  });
  return processed;
}

Result<std::unique_ptr<Preprocessed>> Preprocess(const Params& params, const Layout& layout, const Ingested* ingested,
                                                 Progress& progress) {
  RemoveStaleFiles({layout.interim});
  VALENCE_TRY(const std::vector<std::string> steps, text::ResolveSteps(params.preprocess));
  VALENCE_TRY(const text::Preprocessor preprocessor, text::Preprocessor::Make(steps));
  data::Split read;
  if (ingested == nullptr) {
    VALENCE_TRY(read, ReadSplit(layout.raw, "ingest"));
  }
  const data::Split& split = ingested == nullptr ? read : ingested->split;

  progress.Start("preprocessing", split.train.size() + split.test.size(), "documents");
  auto preprocessed = std::make_unique<Preprocessed>();
  preprocessed->split.train = Prepared(preprocessor, split.train, progress);
  preprocessed->split.test = Prepared(preprocessor, split.test, progress);
  WriteSplit(layout.interim, preprocessed->split, &preprocessed->writes);
  progress.Done();
  return preprocessed;
}

}  // namespace valence::pipeline
