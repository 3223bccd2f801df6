// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "valence/base/files.h"
#include "valence/base/json.h"

namespace valence {

/// One folder of tests/golden, made by tools/gen_golden.py.
struct Golden {
  std::vector<std::string> texts;  ///< input.jsonl
  Json header;                     ///< the first line of expected.jsonl: versions and numbers of cases
  std::vector<Json> cases;         ///< the other lines
};

/// Reads a file of one JSON value a line.
inline Result<std::vector<Json>> ReadJsonLines(const std::string& path) {
  VALENCE_TRY(const std::string file, ReadFile(path));
  std::vector<Json> values;
  for (std::size_t begin = 0; begin < file.size();) {
    const std::size_t end = std::min(file.find('\n', begin), file.size());
    VALENCE_TRY(Json value, Json::Parse(std::string_view(file).substr(begin, end - begin)));
    values.push_back(std::move(value));
    begin = end + 1;
  }
  return values;
}

/// Reads tests/golden/<name>. Error: kDataCorrupt unless there are as many cases as the header says, and at least one.
inline Result<Golden> ReadGolden(const std::string& name) {
  const std::string folder = std::string(VALENCE_SOURCE_DIR) + "/tests/golden/" + name;
  VALENCE_TRY(std::vector<Json> inputs, ReadJsonLines(folder + "/input.jsonl"));
  VALENCE_TRY(std::vector<Json> expected, ReadJsonLines(folder + "/expected.jsonl"));
  if (expected.size() < 2) return DataCorrupt(folder + "/expected.jsonl: no cases");
  Golden golden;
  for (const Json& input : inputs) golden.texts.push_back(input.Find("text")->string());
  golden.header = std::move(expected.front());
  golden.cases.assign(std::make_move_iterator(expected.begin() + 1), std::make_move_iterator(expected.end()));
  const Json* count = golden.header.Find("cases");
  if (count == nullptr || *count != Json(std::uint64_t{golden.cases.size()})) {
    return DataCorrupt(folder + "/expected.jsonl: not as many cases as its header says");
  }
  return golden;
}

}  // namespace valence
