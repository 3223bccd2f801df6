// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "valence/base/result.h"

namespace valence {

/// A parsed YAML node (one document; no anchors beyond what yaml-cpp resolves, no custom tags).
struct Yaml {
  enum class Kind { kNull, kScalar, kSequence, kMap };
  Kind kind = Kind::kNull;
  int line = 0;                                       ///< 1-based, for messages
  std::string scalar;                                 ///< kScalar: the text
  bool quoted = false;                                ///< kScalar: written in quotes, so never a number, bool or null
  std::vector<Yaml> items;                            ///< kSequence
  std::vector<std::pair<std::string, Yaml>> members;  ///< kMap, in the file's order

  const Yaml* Find(std::string_view key) const;

  /// `name` stands in messages ("params.yaml:12: ..."). Errors: kDataCorrupt with line; a repeated key; depth over 64.
  static Result<Yaml> Parse(std::string_view text, std::string_view name);
};

/// The node on one line ("{a: [1, x]}"), which is read back as the same.
std::string FlowYaml(const Yaml& node);

}  // namespace valence
