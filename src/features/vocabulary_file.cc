// SPDX-License-Identifier: Apache-2.0
#include "vocabulary_file.h"

#include <fmt/format.h>

#include "valence/base/files.h"
#include "valence/base/utf8.h"

namespace valence::features::internal {
namespace {

std::vector<std::string> SplitLines(std::string_view text) {
  std::vector<std::string> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    std::string_view line = text.substr(0, end);
    if (line.ends_with('\r')) line.remove_suffix(1);
    if (!line.empty()) lines.emplace_back(line);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

Result<Vocabulary> ParseVocabulary(const std::string& path, std::string_view text) {
  if (const auto invalid = utf8::FindInvalid(text)) {
    return DataCorrupt(fmt::format("vocabulary: byte {} is not UTF-8", *invalid));
  }
  VALENCE_TRY(Vocabulary vocabulary,
              path.ends_with(".json") ? Vocabulary::FromJson(text) : Vocabulary::FromTerms(SplitLines(text)));
  if (vocabulary.size() == 0) return InvalidArgument("vocabulary: expected at least one term, found none");
  return vocabulary;
}

}  // namespace

Result<Vocabulary> ReadVocabularyFile(const std::string& path) {
  VALENCE_TRY(const std::string text, ReadFile(path));
  auto vocabulary = ParseVocabulary(path, text);
  if (!vocabulary) return std::move(vocabulary).error().With(path);
  return vocabulary;
}

}  // namespace valence::features::internal
