// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/verify.h"

#include <fmt/format.h>

#include <map>
#include <system_error>

#include "stage_files.h"
#include "valence/pipeline/record.h"
#include "valence/pipeline/stages.h"

namespace valence::pipeline {
namespace {

namespace fs = std::filesystem;

/// The first file with one of the wanted digests, for each; files are hashed in the order of the folders given.
class DataFinder {
 public:
  explicit DataFinder(std::vector<std::string> digests) : wanted_(std::move(digests)) {}

  void Look(const fs::path& place) {
    std::error_code error;
    if (fs::is_regular_file(place, error)) return Try(place);
    for (auto entry = fs::recursive_directory_iterator(place, error);
         !error && !Done() && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
      if (entry->is_regular_file(error)) Try(entry->path());
    }
  }

  bool Done() const { return found_.size() == wanted_.size(); }

  Result<fs::path> Of(const std::string& digest, const char* part) const {
    const auto found = found_.find(digest);
    if (found != found_.end()) return found->second;
    return NotFound(
        fmt::format("the {} data of this model (SHA-256 {}) are neither in data/raw nor in .dvc/cache; bring "
                    "them ('dvc pull', or 'valence ingest' from their source), or name their folder with --data",
                    part, digest));
  }

 private:
  void Try(const fs::path& file) {
    const auto digest = FileSha256(file);
    if (!digest) return;
    for (const std::string& wanted : wanted_) {
      if (wanted == *digest) found_.emplace(wanted, file);
    }
  }

  std::vector<std::string> wanted_;
  std::map<std::string, fs::path> found_;
};

Result<std::string> LineageOf(const classifier::ModelBundle& bundle, const char* key) {
  const auto found = bundle.lineage.find(key);
  if (found == bundle.lineage.end()) {
    return FailedPrecondition(fmt::format("the model does not say what it was made of: its lineage has no {}", key));
  }
  return found->second;
}

/// The stages from the raw data to the model file, in `root`.
Status Remake(const Json& parameters, const fs::path& train, const fs::path& test, const fs::path& root, Layout* layout,
              Progress& progress) {
  Params params;
  VALENCE_RETURN_IF_ERROR(ApplyYamlFile(params.ModelSections(), parameters.Dump(), "the model's parameters"));
  *layout = {.raw = root / "raw",
             .interim = root / "interim",
             .processed = root / "processed",
             .model = root / "model.safetensors",
             .reports = root / "reports"};
  std::error_code error;
  fs::create_directories(layout->raw, error);
  fs::copy_file(train, layout->raw / "train.csv", error);
  if (!error) fs::copy_file(test, layout->raw / "test.csv", error);
  if (error) return Unavailable(fmt::format("{}: {}", layout->raw.string(), error.message()));
  VALENCE_TRY(const auto preprocessed, Preprocess(params, *layout, nullptr, progress));
  VALENCE_RETURN_IF_ERROR(preprocessed->writes.Wait());
  VALENCE_TRY(const auto featurized, Featurize(params, *layout, preprocessed.get(), progress));
  VALENCE_RETURN_IF_ERROR(featurized->writes.Wait());
  VALENCE_RETURN_IF_ERROR(Train(params, *layout, nullptr, featurized.get(), progress));
  return Ok();
}

}  // namespace

Result<Verified> Verify(const fs::path& model, const std::vector<fs::path>& search, Progress& progress) {
  VALENCE_TRY(const Trained trained, LoadTrained(model));
  const classifier::ModelBundle& bundle = trained.classifier->bundle();
  VALENCE_TRY(const std::string train_digest, LineageOf(bundle, "train_sha256"));
  VALENCE_TRY(const std::string test_digest, LineageOf(bundle, "test_sha256"));
  progress.Start("finding the data", 0, "");
  DataFinder finder({train_digest, test_digest});
  std::vector<fs::path> places = search;
  places.insert(places.end(), {Layout().raw, ".dvc/cache"});
  for (const fs::path& place : places) {
    if (!finder.Done()) finder.Look(place);
  }
  VALENCE_TRY(const fs::path train, finder.Of(train_digest, "training"));
  VALENCE_TRY(const fs::path test, finder.Of(test_digest, "held-out"));

  VALENCE_TRY(const RecordFolder folder, RecordFolder::Make());
  Layout layout;
  VALENCE_RETURN_IF_ERROR(Remake(bundle.parameters, train, test, folder.path(), &layout, progress));
  Verified verified{.train_from = train.string(), .test_from = test.string()};
  VALENCE_TRY(verified.digest, FileSha256(model));
  VALENCE_TRY(verified.remade_digest, FileSha256(layout.model));
  verified.equal = verified.digest == verified.remade_digest;
  return verified;
}

}  // namespace valence::pipeline
