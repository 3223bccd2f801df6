// SPDX-License-Identifier: Apache-2.0
#include "publish_model.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <system_error>
#include <utility>
#include <vector>

#include "model_folder.h"
#include "random_id.h"
#include "rest_errors.h"
#include "rest_uri.h"
#include "valence/base/files.h"

namespace valence::tracking::internal {
namespace {

constexpr std::string_view kModelFolder = "model";
constexpr std::string_view kMlmodel = "MLmodel";

/// A folder for files of the moment, removed at the end.
class ScratchFolder {
 public:
  ScratchFolder() {
    std::error_code failure;
    path_ = std::filesystem::temp_directory_path(failure) / fmt::format("valence-{}", NewUuidHex());
  }
  ~ScratchFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchFolder(const ScratchFolder&) = delete;
  ScratchFolder& operator=(const ScratchFolder&) = delete;
  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }

 private:
  std::filesystem::path path_;
};

/// Publishes one model; see PublishModel.
class ModelPublisher {
 public:
  ModelPublisher(TrackingStore& store, const RunRecord& record, const std::string& request_id, const Run& run)
      : store_(store), record_(record), model_(*record.model), request_id_(request_id), run_(run) {}

  Result<PublishedModel> Run(bool is_new) {
    std::optional<LoggedModel> logged;
    if (!is_new) {
      VALENCE_TRY(logged, FindEarlier());
    }
    if (!logged.has_value()) {
      Result<LoggedModel> made = Create();
      if (!made.has_value() && made.error().code == ErrorCode::kUnimplemented) return PutIntoRun();
      if (!made.has_value()) return std::move(made).error();
      logged = *std::move(made);
    }
    return Complete(*logged);
  }

 private:
  Result<LoggedModel> Create() {
    NewLoggedModel wanted{run_.experiment_id, model_.name, model_.model_type, run_.run_id, model_.params, model_.tags};
    if (!request_id_.empty()) wanted.tags.push_back({std::string(kClientRequestId), request_id_});
    return store_.CreateLoggedModel(wanted);
  }

  /// A model that an earlier publication made, whether or not it came to tie it to the run.
  Result<std::optional<LoggedModel>> FindEarlier() {
    Result<std::vector<LoggedModel>> models = store_.ModelsOfRun(run_.experiment_id, run_.run_id);
    if (!models.has_value() && models.error().code == ErrorCode::kUnimplemented) return std::optional<LoggedModel>();
    if (!models.has_value()) return std::move(models).error();
    for (LoggedModel& model : *models) {
      const bool is_ours = FindTag(model.tags, kClientRequestId) == request_id_ || request_id_.empty();
      if (is_ours && model.name == model_.name) return std::optional<LoggedModel>(std::move(model));
    }
    return std::optional<LoggedModel>();
  }

  Result<PublishedModel> Complete(const LoggedModel& logged) {
    const bool is_tied = std::any_of(run_.outputs.begin(), run_.outputs.end(),
                                     [&](const ModelOutput& output) { return output.model_id == logged.model_id; });
    if (!is_tied) VALENCE_RETURN_IF_ERROR(store_.LogOutput(run_.run_id, {logged.model_id, 0}));
    if (!model_.metrics.empty()) {
      VALENCE_RETURN_IF_ERROR(store_.LogModelMetrics(run_.run_id, logged.model_id, model_.metrics, EvaluationData()));
    }
    const ModelPlace place{run_.run_id, logged.model_id, logged.artifact_location};
    Status sent = UploadPlaced(logged.artifact_location, "", place);
    if (!sent.has_value()) {
      // A server that answers may as well show what happened; the upload's error is the one to report.
      if (!IsAmbiguous(sent.error())) {
        static_cast<void>(store_.FinishLoggedModel(logged.model_id, ModelStatus::kUploadFailed));
      }
      return std::move(sent).error();
    }
    VALENCE_RETURN_IF_ERROR(store_.FinishLoggedModel(logged.model_id, ModelStatus::kReady));
    return PublishedModel{logged.model_id, ModelUri(run_.run_id, logged.model_id), logged.artifact_location, ""};
  }

  Result<PublishedModel> PutIntoRun() {
    const ModelPlace place{run_.run_id, "", std::string(kModelFolder)};
    VALENCE_RETURN_IF_ERROR(UploadPlaced(run_.artifact_uri, std::string(kModelFolder), place));
    std::vector<Tag> tags{{"valence.model_path", std::string(kModelFolder)}};
    const auto mlmodel = std::find_if(model_.files.begin(), model_.files.end(),
                                      [](const RecordedFile& file) { return file.path == kMlmodel; });
    if (mlmodel != model_.files.end()) {
      VALENCE_TRY(const std::string text, ReadFile(mlmodel->file));
      // The tag is what runs/log-model sets; that route appends at each repetition, and fails on DagsHub.
      VALENCE_TRY(std::string history, LogModelHistory(text, place));
      tags.push_back({"mlflow.log-model.history", std::move(history)});
    }
    VALENCE_RETURN_IF_ERROR(store_.LogBatch(run_.run_id, {}, {}, tags));
    return PublishedModel{"", ModelUri(run_.run_id, ""), run_.artifact_uri,
                          fmt::format("{} has no logged models (they came with MLflow 3): the model is among the run's "
                                      "artifacts, at {}",
                                      store_.uri(), ModelUri(run_.run_id, ""))};
  }

  /// The model's files, with an MLmodel that knows its place.
  Status UploadPlaced(const std::string& root_uri, const std::string& folder, const ModelPlace& place) {
    const ScratchFolder scratch;
    std::vector<RecordedFile> files = model_.files;
    for (RecordedFile& file : files) {
      if (file.path != kMlmodel) continue;
      VALENCE_TRY(const std::string text, ReadFile(file.file));
      file.file = scratch / kMlmodel;
      VALENCE_RETURN_IF_ERROR(WriteFile(file.file, PlaceMlmodel(text, place)));
    }
    return UploadAll(store_, root_uri, folder, files);
  }

  const DatasetInput* EvaluationData() const {
    const auto found = std::find_if(record_.datasets.begin(), record_.datasets.end(),
                                    [](const DatasetInput& dataset) { return dataset.context == "eval"; });
    return found == record_.datasets.end() ? nullptr : &*found;
  }

  TrackingStore& store_;
  const RunRecord& record_;
  const RecordedModel& model_;
  const std::string& request_id_;
  const tracking::Run& run_;
};

/// For a listing that says something else, or nothing: reads the artifact back. Error: kDataCorrupt if it differs.
Status CompareByReading(TrackingStore& store, const std::string& root_uri, const std::string& path,
                        const std::filesystem::path& file) {
  const ScratchFolder scratch;
  VALENCE_RETURN_IF_ERROR(store.DownloadArtifact(root_uri, path, scratch / "copy"));
  VALENCE_TRY(const MappedFile sent, MappedFile::Open(file));
  VALENCE_TRY(const MappedFile arrived, MappedFile::Open(scratch / "copy"));
  if (sent.bytes() == arrived.bytes()) return Ok();
  return DataCorrupt(
      fmt::format("{}: sent {} bytes of {}, {} came back, and they differ; is a proxy cutting them, or "
                  "the server's disk full?",
                  store.uri(), sent.bytes().size(), path, arrived.bytes().size()));
}

std::string ParentOf(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == std::string::npos ? "" : path.substr(0, slash);
}

}  // namespace

std::string ModelUri(const std::string& run_id, const std::string& model_id) {
  return model_id.empty() ? fmt::format("runs:/{}/{}", run_id, kModelFolder) : fmt::format("models:/{}", model_id);
}

Result<PublishedModel> PublishModel(TrackingStore& store, const RunRecord& record, const std::string& request_id,
                                    const Run& run, bool is_new) {
  return ModelPublisher(store, record, request_id, run).Run(is_new);
}

Status UploadAll(TrackingStore& store, const std::string& root_uri, const std::string& folder,
                 std::span<const RecordedFile> files) {
  std::map<std::string, std::uint64_t> sent;
  std::set<std::string> folders;
  for (const RecordedFile& file : files) {
    const std::string path = folder.empty() ? file.path : JoinUri(folder, file.path);
    VALENCE_RETURN_IF_ERROR(store.UploadArtifact(root_uri, path, file.file));
    std::error_code failure;
    sent[path] = std::filesystem::file_size(file.file, failure);
    if (failure) return NotFound(fmt::format("{}: {}", file.file.string(), failure.message()));
    folders.insert(ParentOf(path));
  }
  // The proxy's answers say nothing of what it stored; one listing a folder does.
  std::map<std::string, std::uint64_t> stored;
  for (const std::string& listed : folders) {
    const Result<std::vector<ArtifactEntry>> entries = store.ListArtifacts(root_uri, listed);
    if (!entries.has_value() && entries.error().code != ErrorCode::kUnimplemented) return entries.error();
    if (!entries.has_value()) continue;
    for (const ArtifactEntry& entry : *entries) stored[entry.path] = entry.bytes;
  }
  for (const RecordedFile& file : files) {
    const std::string path = folder.empty() ? file.path : JoinUri(folder, file.path);
    const auto found = stored.find(path);
    if (found != stored.end() && found->second == sent[path]) continue;
    VALENCE_RETURN_IF_ERROR(CompareByReading(store, root_uri, path, file.file));
  }
  return Ok();
}

}  // namespace valence::tracking::internal
