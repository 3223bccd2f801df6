// SPDX-License-Identifier: Apache-2.0
#include "stage_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "valence/base/digest.h"
#include "valence/data/csv.h"

namespace valence::pipeline {

void RemoveStaleFiles(std::initializer_list<std::filesystem::path> folders) {
  for (const auto& folder : folders) RemoveStaleTemporaries(folder);
}

Result<data::Split> ReadSplit(const std::filesystem::path& folder, const char* stage) {
  data::Split split;
  VALENCE_TRY(split.train, ReadInput<data::Dataset>(folder / "train.csv", stage, data::ReadDocuments));
  VALENCE_TRY(split.test, ReadInput<data::Dataset>(folder / "test.csv", stage, data::ReadDocuments));
  return split;
}

void WriteSplit(const std::filesystem::path& folder, const data::Split& split, PendingWrites* writes) {
  writes->Add([path = folder / "train.csv", &split] { return data::WriteDocuments(path, split.train); });
  writes->Add([path = folder / "test.csv", &split] { return data::WriteDocuments(path, split.test); });
}

Result<std::string> FileSha256(const std::filesystem::path& path) {
  VALENCE_TRY(const MappedFile file, MappedFile::Open(path));
  return Sha256Hex(file.bytes());
}

std::vector<std::string> ClassNames(const data::Dataset& documents) {
  std::set<std::string> names;
  for (const data::Document& d : documents) names.insert(d.label);
  return {names.begin(), names.end()};
}

Result<std::vector<std::int32_t>> ClassesOf(const data::Dataset& documents, const std::vector<std::string>& names,
                                            const std::filesystem::path& where) {
  std::vector<std::int32_t> classes;
  classes.reserve(documents.size());
  for (const data::Document& d : documents) {
    const auto at = std::lower_bound(names.begin(), names.end(), d.label);
    if (at == names.end() || *at != d.label) {
      return DataCorrupt(fmt::format("{}: document {} has the label '{}', which no training document has",
                                     where.string(), d.id, d.label));
    }
    classes.push_back(static_cast<std::int32_t>(at - names.begin()));
  }
  return classes;
}

std::vector<std::string_view> TextsOf(const data::Dataset& documents) {
  std::vector<std::string_view> texts;
  texts.reserve(documents.size());
  for (const data::Document& d : documents) texts.emplace_back(d.text);
  return texts;
}

Json ReadJsonIfThere(const std::filesystem::path& path) {
  const auto text = ReadFile(path);
  if (!text) return {};
  auto json = Json::Parse(*text);
  return json ? std::move(*json) : Json();
}

std::vector<std::pair<std::string, std::string>> FlatParameters(const Json& parameters) {
  std::vector<std::pair<std::string, std::string>> flat;
  if (!parameters.is_object()) return flat;
  for (const auto& [section, fields] : parameters.object()) {
    if (!fields.is_object()) continue;
    for (const auto& [key, value] : fields.object()) {
      flat.emplace_back(section + "." + key, value.is_string() ? value.string() : value.Dump());
    }
  }
  return flat;
}

}  // namespace valence::pipeline
