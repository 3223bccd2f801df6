// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "valence/base/files.h"
#include "valence/base/json.h"
#include "valence/base/progress.h"
#include "valence/base/result.h"
#include "valence/data/document.h"
#include "valence/pipeline/pending_writes.h"
#include "valence/text/preprocessor.h"

namespace valence::pipeline {

/// Reads a stage's input file; if it is absent, says which stage makes it.
template <class T, class Reader>
Result<T> ReadInput(const std::filesystem::path& path, const char* stage, Reader reader) {
  auto value = reader(path);
  if (!value && value.error().code == ErrorCode::kNotFound) {
    return NotFound(path.string() + " is missing; run 'valence " + stage + "' first");
  }
  return value;
}

/// Removes what killed runs left half-written in the folders a stage writes to.
void RemoveStaleFiles(std::initializer_list<std::filesystem::path> folders);

/// {train,test}.csv in `folder`, as `stage` wrote them.
Result<data::Split> ReadSplit(const std::filesystem::path& folder, const char* stage);
/// Starts to write {train,test}.csv; `split` must stay as long as `writes`.
void WriteSplit(const std::filesystem::path& folder, const data::Split& split, PendingWrites* writes);

/// The file as JSON, or null if it is absent or broken.
Json ReadJsonIfThere(const std::filesystem::path& path);

/// {"train": {"C": 10.0}} -> "train.C", "10.0". In the order of the sections.
std::vector<std::pair<std::string, std::string>> FlatParameters(const Json& parameters);

/// Lower-case hexadecimal SHA-256 of a file.
Result<std::string> FileSha256(const std::filesystem::path& path);

/// Class names of documents, ascending and distinct.
std::vector<std::string> ClassNames(const data::Dataset& documents);

/// Each document's index in `names`. Error: kDataCorrupt for a label that is not there (`where` names the file).
Result<std::vector<std::int32_t>> ClassesOf(const data::Dataset& documents, const std::vector<std::string>& names,
                                            const std::filesystem::path& where);

/// The documents with their texts preprocessed, on all threads. Advances `progress` by each.
data::Dataset Prepared(const text::Preprocessor& preprocessor, const data::Dataset& documents, Progress& progress);

/// Views of the documents' texts; valid as long as `documents`.
std::vector<std::string_view> TextsOf(const data::Dataset& documents);

}  // namespace valence::pipeline
