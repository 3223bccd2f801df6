// SPDX-License-Identifier: Apache-2.0
#include "valence/registry/model_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <system_error>

#include "library_asset.h"
#include "mlmodel.h"
#include "valence/base/files.h"
#include "valence/base/utf8.h"
#include "valence/classifier/classifier.h"

namespace valence::registry {
namespace {

// No more than the loader needs; `mlflow-skinny` can load and serve.
constexpr std::string_view kRequirements = "mlflow-skinny\npandas\n";

std::string PythonEnv(std::string_view python) {
  return fmt::format("python: {}\nbuild_dependencies:\n- pip\ndependencies:\n- -r requirements.txt\n",
                     YamlQuoted(python));
}

std::string CondaEnv(std::string_view python) {
  return fmt::format(
      "channels:\n- conda-forge\ndependencies:\n- {}\n- pip\n- pip:\n  - mlflow-skinny\n  - pandas\nname: mlflow-env\n",
      YamlQuoted(fmt::format("python={}", python)));
}

std::string ServingInput(const std::vector<std::string>& texts) {
  return Json::MakeObject({{"dataframe_split", SplitFrame(texts)}}).Dump(2) + '\n';
}

// Writes files below one folder, and remembers them.
class FolderWriter {
 public:
  explicit FolderWriter(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Status Write(std::string_view relative, std::string_view bytes) {
    const std::filesystem::path local = folder_ / relative;
    VALENCE_RETURN_IF_ERROR(WriteFile(local, bytes));
    files_.push_back({local, std::string(relative)});
    size_bytes_ += bytes.size();
    return Ok();
  }

  std::uint64_t size_bytes() const { return size_bytes_; }

  std::vector<FolderFile> TakeFiles() {
    std::sort(files_.begin(), files_.end(), [](const auto& a, const auto& b) { return a.relative < b.relative; });
    return std::move(files_);
  }

 private:
  std::filesystem::path folder_;
  std::vector<FolderFile> files_;
  std::uint64_t size_bytes_ = 0;
};

Status CheckEmpty(const std::filesystem::path& folder) {
  std::error_code error;
  const auto status = std::filesystem::status(folder, error);
  if (status.type() == std::filesystem::file_type::not_found) return Ok();
  const bool empty = !error && std::filesystem::is_directory(status) && std::filesystem::is_empty(folder, error);
  if (error) return Unavailable(fmt::format("{}: {}", folder.string(), error.message()));
  if (empty) return Ok();
  return Error{ErrorCode::kConflict,
               fmt::format("{}: exists and is not an empty folder; remove it, or choose another", folder.string())};
}

Status CheckExamples(const std::vector<std::string>& texts) {
  for (const std::string& text : texts) {
    if (!utf8::IsValid(text)) return InvalidArgument("an example text is not UTF-8");
  }
  return Ok();
}

}  // namespace

Result<std::vector<FolderFile>> WriteModelFolder(const std::filesystem::path& model_file,
                                                 const ModelFolderOptions& options,
                                                 const std::filesystem::path& folder) {
  VALENCE_RETURN_IF_ERROR(CheckExamples(options.example_texts));
  VALENCE_RETURN_IF_ERROR(CheckEmpty(folder));
  // Checked and copied from one map, so that the folder holds what was checked.
  VALENCE_TRY(const MappedFile model_bytes, MappedFile::Open(model_file));
  VALENCE_TRY(auto bundle, classifier::ParseModel(model_bytes.bytes(), model_file.string()));
  VALENCE_TRY(const auto model, classifier::Classifier::Make(std::move(bundle)));
  VALENCE_TRY(const std::string library, LibraryBytes());

  FolderWriter writer(folder);
  VALENCE_RETURN_IF_ERROR(writer.Write("data/model.safetensors", model_bytes.bytes()));
  VALENCE_RETURN_IF_ERROR(writer.Write("data/libvalence.so", library));
  VALENCE_RETURN_IF_ERROR(writer.Write("code/valence_loader.py", LoaderSource()));
  VALENCE_RETURN_IF_ERROR(writer.Write("requirements.txt", kRequirements));
  VALENCE_RETURN_IF_ERROR(writer.Write("python_env.yaml", PythonEnv(options.python_version)));
  VALENCE_RETURN_IF_ERROR(writer.Write("conda.yaml", CondaEnv(options.python_version)));
  VALENCE_RETURN_IF_ERROR(writer.Write("input_example.json", SplitFrame(options.example_texts).Dump() + '\n'));
  VALENCE_RETURN_IF_ERROR(writer.Write("serving_input_example.json", ServingInput(options.example_texts)));
  VALENCE_RETURN_IF_ERROR(writer.Write("MLmodel", MlmodelText(*model, options, writer.size_bytes())));
  return writer.TakeFiles();
}

}  // namespace valence::registry
