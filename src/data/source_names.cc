// SPDX-License-Identifier: Apache-2.0
#include "source_files.h"

namespace valence::data::internal {
namespace {

/// Takes the last path component off `*path`.
std::string_view TakeLast(std::string_view* path) {
  const std::size_t slash = path->rfind('/');
  if (slash == std::string_view::npos) {
    const std::string_view all = *path;
    *path = {};
    return all;
  }
  const std::string_view last = path->substr(slash + 1);
  *path = path->substr(0, slash);
  return last;
}

Part PartNamed(std::string_view word) {
  if (word == "train") return Part::kTrain;
  return word == "test" ? Part::kTest : Part::kUnspecified;
}

}  // namespace

std::optional<AclImdbName> ParseAclImdbName(std::string_view path) {
  const std::string_view whole = path;
  const std::string_view file = TakeLast(&path);
  const std::string_view label = TakeLast(&path);
  const std::string_view folder = TakeLast(&path);
  const Part part = PartNamed(folder);
  if (part == Part::kUnspecified || (label != "pos" && label != "neg")) return std::nullopt;
  constexpr std::string_view kSuffix = ".txt";
  const bool is_text = file.size() > kSuffix.size() && file.substr(file.size() - kSuffix.size()) == kSuffix;
  if (!is_text || file.front() == '.') return std::nullopt;  // macOS puts ._0_9.txt beside 0_9.txt
  const std::size_t begin = whole.size() - file.size() - label.size() - folder.size() - 2;
  return AclImdbName{std::string(whole.substr(begin, whole.size() - begin - kSuffix.size())), part, std::string(label)};
}

Part PartOfName(std::string_view path) {
  const std::string_view file = TakeLast(&path);
  return PartNamed(file.substr(0, file.find('.')));
}

}  // namespace valence::data::internal
