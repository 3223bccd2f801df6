// SPDX-License-Identifier: Apache-2.0
#include <sys/utsname.h>

#include <algorithm>
#include <system_error>
#include <thread>

#include "record_parts.h"
#include "valence/base/files.h"
#include "valence/base/version.h"

namespace valence::pipeline {
namespace {

namespace fs = std::filesystem;
using tracking::DatasetInput;
using tracking::RecordedFile;

/// What the run ran on: enough to explain a difference, nothing that names a person.
Json Environment() {
  struct utsname system {};
  ::uname(&system);
  return Json::MakeObject({{"valence_version", kVersion},
                           {"compiler", __VERSION__},
                           {"system", std::string(system.sysname) + " " + system.release},
                           {"machine", system.machine},
                           {"cores", static_cast<std::int64_t>(std::thread::hardware_concurrency())}});
}

DatasetInput Dataset(const std::string& name, const std::string& sha256, const fs::path& file, const Json* rows,
                     const char* context) {
  DatasetInput input;
  input.name = name;
  input.digest = sha256.substr(0, 32);  // MLflow has 36 characters of room
  input.source_type = "local";
  input.source = Json::MakeObject({{"uri", file.string()}}).Dump();
  const auto column = [](const char* column_name) {
    return Json::MakeObject({{"type", "string"}, {"name", column_name}, {"required", true}});
  };
  input.schema =
      Json::MakeObject({{"mlflow_colspec", Json(Json::Array{column("id"), column("text"), column("label")})}}).Dump();
  if (rows != nullptr && rows->is_int()) {
    input.profile = Json::MakeObject({{"num_rows", rows->integer()}, {"num_elements", 3 * rows->integer()}}).Dump();
  }
  input.context = context;
  return input;
}

}  // namespace

std::vector<DatasetInput> Datasets(const std::map<std::string, std::string>& lineage, const Json& data,
                                   const Layout& layout) {
  const auto value_of = [&](const char* key) {
    const auto found = lineage.find(key);
    return found == lineage.end() ? std::string() : found->second;
  };
  const std::string source = value_of("source");
  std::string name = fs::path(source).filename().string();
  if (name.empty()) name = source.empty() ? "data" : source;
  std::vector<DatasetInput> inputs;
  if (const std::string digest = value_of("train_sha256"); !digest.empty()) {
    inputs.push_back(Dataset(name + " (train)", digest, layout.raw / "train.csv", data.Find("train_rows"), "training"));
  }
  if (const std::string digest = value_of("test_sha256"); !digest.empty()) {
    inputs.push_back(Dataset(name + " (test)", digest, layout.raw / "test.csv", data.Find("test_rows"), "eval"));
  }
  return inputs;
}

Result<std::vector<RecordedFile>> Artifacts(const Params& params, const Layout& layout, const fs::path& folder) {
  std::vector<RecordedFile> files;
  std::error_code error;
  for (auto entry = fs::recursive_directory_iterator(layout.reports, error);
       !error && entry != fs::recursive_directory_iterator(); entry.increment(error)) {
    if (!entry->is_regular_file(error)) continue;
    if (entry->path().filename().string().find(".tmp.") != std::string::npos) continue;
    files.push_back({entry->path(), "reports/" + fs::relative(entry->path(), layout.reports, error).generic_string()});
  }
  std::sort(files.begin(), files.end(), [](const auto& a, const auto& b) { return a.path < b.path; });
  VALENCE_RETURN_IF_ERROR(WriteFile(folder / "params.yaml", ParamsYaml(params)));
  VALENCE_RETURN_IF_ERROR(WriteFile(folder / "environment.json", Environment().Dump(2) + "\n"));
  files.push_back({folder / "params.yaml", "params.yaml"});
  files.push_back({folder / "environment.json", "environment.json"});
  return files;
}

}  // namespace valence::pipeline
