// SPDX-License-Identifier: Apache-2.0
// Runs FitTransform and Transform from the shell, for tests/parity/features and for timing.
//
//   features_tool CONFIG.yaml TRAIN.jsonl TEST.jsonl OUT_DIR [THREADS]
//
// CONFIG.yaml is a map of `featurize` keys; the .jsonl files have a JSON object {"text": ..., "label": 0 or 1} a line.
// Writes vocabulary.json and, for train and test, {indptr.i64,indices.i32,values.f64}: the arrays' bytes. Seconds go to
// stderr.
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <ctime>

#include "valence/base/config.h"
#include "valence/base/files.h"
#include "valence/base/json.h"
#include "valence/features/vectorizer.h"
#include "valence/linalg/parallel.h"

namespace valence::features {
namespace {

struct Documents {
  std::vector<std::string> texts;
  std::vector<std::string_view> views;
  std::vector<std::int32_t> labels;
  std::size_t bytes = 0;
};

Result<Documents> ReadDocuments(const std::string& path) {
  VALENCE_TRY(const std::string file, ReadFile(path));
  Documents documents;
  for (std::size_t begin = 0; begin < file.size();) {
    const std::size_t end = std::min(file.find('\n', begin), file.size());
    VALENCE_TRY(const Json row, Json::Parse(std::string_view(file).substr(begin, end - begin)));
    documents.texts.push_back(row.Find("text")->string());
    documents.labels.push_back(static_cast<std::int32_t>(row.Find("label")->integer()));
    documents.bytes += documents.texts.back().size();
    begin = end + 1;
  }
  documents.views.assign(documents.texts.begin(), documents.texts.end());
  return documents;
}

template <class T>
Status WriteArray(const std::string& path, const std::vector<T>& values) {
  return WriteFile(path, std::string_view(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)));
}

Status WriteMatrix(const std::string& prefix, const linalg::CsrMatrix& matrix) {
  VALENCE_RETURN_IF_ERROR(matrix.Validate());
  VALENCE_RETURN_IF_ERROR(WriteArray(prefix + ".indptr.i64", matrix.indptr));
  VALENCE_RETURN_IF_ERROR(WriteArray(prefix + ".indices.i32", matrix.indices));
  return WriteArray(prefix + ".values.f64", matrix.values);
}

class Stopwatch {
 public:
  void Report(std::string_view what, std::size_t bytes) {
    const auto now = std::chrono::steady_clock::now();
    const double seconds = std::chrono::duration<double>(now - start_).count();
    const double cpu = static_cast<double>(std::clock() - cpu_start_) / CLOCKS_PER_SEC;
    fmt::print(stderr, "{:<10} {:.3f} s, {:.3f} s of CPU, {:.0f} MB/s\n", what, seconds, cpu,
               static_cast<double>(bytes) / seconds / 1e6);
    start_ = std::chrono::steady_clock::now();
    cpu_start_ = std::clock();
  }

 private:
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::clock_t cpu_start_ = std::clock();
};

Status Run(const std::string& config_path, const std::string& train_path, const std::string& test_path,
           const std::string& out) {
  VectorizerConfig config;
  VALENCE_TRY(const std::string yaml, ReadFile(config_path));
  VALENCE_TRY(const Yaml node, Yaml::Parse(yaml, config_path));
  const ConfigSection section{"featurize", "", [&](FieldVisitor& v) { config.Describe(v); }};
  VALENCE_RETURN_IF_ERROR(ApplyYaml(section, node, config_path));
  VALENCE_TRY(const Documents train, ReadDocuments(train_path));
  VALENCE_TRY(const Documents test, ReadDocuments(test_path));

  Stopwatch watch;
  VALENCE_TRY(FitOutput fit, FitTransform(config, train.views, train.labels, Progress::None()));
  watch.Report("fit", train.bytes);
  const std::string json = fit.fitted.vocabulary.ToJson();
  watch.Report("to_json", json.size());
  VALENCE_TRY(const Vocabulary read_back, Vocabulary::FromJson(json));
  watch.Report("from_json", json.size());
  if (read_back != fit.fitted.vocabulary) return Internal("vocabulary.json does not read back");
  VALENCE_TRY(const Vectorizer vectorizer, Vectorizer::Make(std::move(fit.fitted)));
  watch.Report("make", json.size());
  const linalg::CsrMatrix transformed = vectorizer.Transform(test.views);
  watch.Report("transform", test.bytes);

  VALENCE_RETURN_IF_ERROR(WriteFile(out + "/vocabulary.json", json));
  VALENCE_RETURN_IF_ERROR(WriteArray(out + "/weighting.f64", vectorizer.fitted().weighting));
  VALENCE_RETURN_IF_ERROR(WriteMatrix(out + "/train", fit.matrix));
  return WriteMatrix(out + "/test", transformed);
}

}  // namespace
}  // namespace valence::features

int main(int argc, char** argv) {
  if (argc < 5) {
    fmt::print(stderr, "usage: features_tool CONFIG.yaml TRAIN.jsonl TEST.jsonl OUT_DIR [THREADS]\n");
    return 2;
  }
  if (argc > 5) valence::linalg::SetThreads(std::atoi(argv[5]));
  const auto status = valence::features::Run(argv[1], argv[2], argv[3], argv[4]);
  if (status.has_value()) return 0;
  fmt::print(stderr, "features_tool: {}\n", status.error().message);
  return 1;
}
