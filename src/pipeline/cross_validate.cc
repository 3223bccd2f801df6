// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/cross_validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>
#include <span>

#include "stage_files.h"
#include "valence/base/clock.h"
#include "valence/base/log.h"
#include "valence/data/csv.h"
#include "valence/data/folds.h"
#include "valence/evaluation/significance.h"

namespace valence::pipeline {
namespace {

using Places = std::vector<std::size_t>;

/// Places of candidates that `are_alike` says share something, in order of appearance.
std::vector<Places> Grouped(const Places& places, const std::function<bool(std::size_t, std::size_t)>& are_alike) {
  std::vector<Places> groups;
  for (const std::size_t place : places) {
    const auto group =
        std::find_if(groups.begin(), groups.end(), [&](const Places& g) { return are_alike(g.front(), place); });
    if (group == groups.end()) {
      groups.push_back({place});
    } else {
      group->push_back(place);
    }
  }
  return groups;
}

/// A fold: the documents that it judges and those that its models learn from, by index.
struct Fold {
  Places judged, learned;
};

std::vector<Fold> MakeFolds(const std::vector<std::int32_t>& fold_of, std::int64_t count) {
  std::vector<Fold> folds(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < fold_of.size(); ++i) {
    for (std::size_t f = 0; f < folds.size(); ++f) {
      (static_cast<std::size_t>(fold_of[i]) == f ? folds[f].judged : folds[f].learned).push_back(i);
    }
  }
  return folds;
}

template <class T>
std::vector<T> At(const std::vector<T>& all, const Places& places) {
  std::vector<T> some;
  some.reserve(places.size());
  for (const std::size_t i : places) some.push_back(all[i]);
  return some;
}

/// A fold's documents as numbers.
struct FoldFeatures {
  linalg::CsrMatrix learned, judged;
  std::vector<std::int32_t> learned_classes, judged_classes;
};

class CrossValidator {
 public:
  CrossValidator(CrossValidation* validation, const data::Dataset& documents, std::vector<std::string> labels,
                 std::vector<std::int32_t> classes, std::vector<Fold> folds, Progress& progress)
      : validation_(*validation),
        documents_(documents),
        labels_(std::move(labels)),
        classes_(std::move(classes)),
        folds_(std::move(folds)),
        progress_(progress) {}

  void Run() {
    Places all(validation_.candidates.size());
    std::iota(all.begin(), all.end(), 0);
    progress_.Start("cross-validating", all.size() * folds_.size(), "models");
    for (const Places& alike : Grouped(
             all, [this](std::size_t a, std::size_t b) { return ParamsOf(a).preprocess == ParamsOf(b).preprocess; })) {
      JudgeAlikeTexts(alike);
    }
    progress_.Done();
  }

 private:
  const Params& ParamsOf(std::size_t place) const { return validation_.candidates[place].params; }

  /// Candidates whose texts are prepared alike.
  void JudgeAlikeTexts(const Places& places) {
    const auto prepared = Prepare(ParamsOf(places.front()).preprocess);
    if (!prepared) return Fail(places, prepared.error());
    for (const Places& alike : Grouped(
             places, [this](std::size_t a, std::size_t b) { return ParamsOf(a).featurize == ParamsOf(b).featurize; })) {
      JudgeAlikeFeatures(alike, TextsOf(*prepared));
    }
  }

  Result<data::Dataset> Prepare(const text::PreprocessConfig& config) const {
    VALENCE_TRY(const std::vector<std::string> steps, text::ResolveSteps(config));
    VALENCE_TRY(const text::Preprocessor preprocessor, text::Preprocessor::Make(steps));
    return Prepared(preprocessor, documents_, Progress::None());
  }

  /// Candidates whose features are the same, so that each fold's are made once.
  void JudgeAlikeFeatures(const Places& places, const std::vector<std::string_view>& texts) {
    for (const std::size_t place : places) Start(place);
    for (const Fold& fold : folds_) {
      const Stopwatch stopwatch;
      const auto features = MakeFeatures(ParamsOf(places.front()).featurize, texts, fold);
      if (!features) return Fail(places, features.error());
      const double share = stopwatch.seconds() / static_cast<double>(places.size());
      for (const std::size_t place : places) {
        JudgeOn(fold, *features, place);
        ResultOf(place).seconds += share;
        progress_.Advance(1);
      }
    }
    for (const std::size_t place : places) ResultOf(place).end_time = NowMilliseconds();
  }

  Result<FoldFeatures> MakeFeatures(const features::VectorizerConfig& config,
                                    const std::vector<std::string_view>& texts, const Fold& fold) const {
    FoldFeatures made;
    made.learned_classes = At(classes_, fold.learned);
    made.judged_classes = At(classes_, fold.judged);
    VALENCE_TRY(features::FitOutput fit,
                features::FitTransform(config, At(texts, fold.learned), made.learned_classes, Progress::None()));
    made.learned = std::move(fit.matrix);
    VALENCE_TRY(const features::Vectorizer vectorizer, features::Vectorizer::Make(std::move(fit.fitted)));
    made.judged = vectorizer.Transform(At(texts, fold.judged));
    return made;
  }

  /// Trains a candidate on the fold's complement and judges it on the fold; a failure stays its result.
  void JudgeOn(const Fold& fold, const FoldFeatures& features, std::size_t place) {
    if (ResultOf(place).failed()) return;
    const Stopwatch stopwatch;
    const auto metrics = TrainAndJudge(fold, features, place);
    ResultOf(place).seconds += stopwatch.seconds();
    if (!metrics) return Fail({place}, metrics.error());
    ResultOf(place).folds.push_back(*metrics);
  }

  Result<evaluation::Metrics> TrainAndJudge(const Fold& fold, const FoldFeatures& features, std::size_t place) {
    VALENCE_TRY(const model::FitResult fit,
                model::FitLogisticRegression(features.learned, features.learned_classes, labels_, ParamsOf(place).train,
                                             Progress::None()));
    if (!fit.warning.empty()) log::Warning(validation_.candidates[place].name + ": " + fit.warning);
    const evaluation::Scored scored = Score(fit.model, features);
    for (std::size_t k = 0; k < fold.judged.size(); ++k) {
      ResultOf(place).predicted[fold.judged[k]] = scored.predicted[k];
    }
    return evaluation::ComputeMetrics(scored);
  }

  evaluation::Scored Score(const model::LinearModel& model, const FoldFeatures& features) const {
    evaluation::Scored scored;
    scored.labels = labels_;
    scored.truth = features.judged_classes;
    scored.predicted.resize(scored.size());
    scored.probabilities.resize(scored.size() * scored.classes());
    const std::vector<double> scores = model::Scores(model, features.judged);
    const auto rows = static_cast<std::size_t>(model.rows());
    for (std::size_t i = 0; i < scored.size(); ++i) {
      const auto row = std::span(scored.probabilities).subspan(i * scored.classes(), scored.classes());
      model::Probabilities(std::span(scores).subspan(i * rows, rows), row);
      scored.predicted[i] = static_cast<std::int32_t>(std::max_element(row.begin(), row.end()) - row.begin());
    }
    return scored;
  }

  CandidateResult& ResultOf(std::size_t place) { return validation_.results[place]; }

  void Start(std::size_t place) {
    ResultOf(place).start_time = NowMilliseconds();
    ResultOf(place).predicted.assign(documents_.size(), -1);
  }

  void Fail(const Places& places, const Error& error) {
    for (const std::size_t place : places) {
      CandidateResult& result = ResultOf(place);
      result.failure = error.message;
      result.folds.clear();
      result.end_time = NowMilliseconds();
      if (result.start_time == 0) result.start_time = result.end_time;
    }
  }

  CrossValidation& validation_;
  const data::Dataset& documents_;
  const std::vector<std::string> labels_;
  const std::vector<std::int32_t> classes_;
  const std::vector<Fold> folds_;
  Progress& progress_;
};

/// Best first; of equals, the earlier. A metric that is undefined on some fold ranks last.
Places Ranked(const CrossValidation& validation) {
  const std::string& metric = validation.config.metric;
  const double sign = evaluation::MoreIsBetter(metric) ? 1 : -1;
  Places ranking;
  std::vector<double> worth(validation.results.size());
  for (std::size_t i = 0; i < validation.results.size(); ++i) {
    if (validation.results[i].failed()) continue;
    const double mean = validation.results[i].Spread(metric).mean;
    worth[i] = std::isnan(mean) ? -INFINITY : sign * mean;
    ranking.push_back(i);
  }
  std::stable_sort(ranking.begin(), ranking.end(), [&](std::size_t a, std::size_t b) { return worth[a] > worth[b]; });
  return ranking;
}

/// McNemar's test of every candidate against the best, on all training documents.
void Test(const std::vector<std::int32_t>& truth, CrossValidation* validation) {
  const std::vector<std::int32_t>& best = validation->results[validation->best()].predicted;
  for (const std::size_t place : validation->ranking) {
    CandidateResult& result = validation->results[place];
    result.p_value = evaluation::McNemarTest(truth, best, result.predicted).p_value;
  }
}

}  // namespace

Result<CrossValidation> CrossValidate(const CrossValidationConfig& config, std::vector<Candidate> candidates,
                                      const Layout& layout, Progress& progress) {
  const std::filesystem::path file = layout.raw / "train.csv";
  VALENCE_TRY(const data::Dataset documents, ReadInput<data::Dataset>(file, "ingest", data::ReadDocuments));
  CrossValidation validation{.config = config, .candidates = std::move(candidates)};
  validation.results.resize(validation.candidates.size());
  validation.documents = documents.size();
  VALENCE_TRY(validation.train_sha256, FileSha256(file));
  VALENCE_TRY(const std::vector<std::int32_t> fold_of,
              data::StratifiedFolds(documents, config.folds, static_cast<std::uint32_t>(config.seed)));
  const std::vector<std::string> labels = ClassNames(documents);
  VALENCE_TRY(const std::vector<std::int32_t> classes, ClassesOf(documents, labels, file));

  CrossValidator(&validation, documents, labels, classes, MakeFolds(fold_of, config.folds), progress).Run();
  validation.ranking = Ranked(validation);
  if (validation.ranking.empty()) {
    return FailedPrecondition(fmt::format("none of {} candidates could be trained; the first: {}",
                                          validation.candidates.size(), validation.results.front().failure));
  }
  Test(classes, &validation);
  return validation;
}

}  // namespace valence::pipeline
