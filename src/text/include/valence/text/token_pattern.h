// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"

namespace valence::text {

/// The tokenisers that scikit-learn's `token_pattern` parameter can name here. Python's regular expressions are not
/// implemented; these patterns are, exactly, on any Unicode text (Python 3.11's \w and \s).
class TokenPattern {
 public:
  enum class Kind {
    kWords2,      ///< `(?u)\b\w\w+\b`, scikit-learn's default: runs of at least two word characters
    kWords1,      ///< `(?u)\b\w+\b` (and `\w+`): runs of word characters
    kWhitespace,  ///< `\S+`: runs of anything but white space
  };

  /// Accepts the patterns above with or without `(?u)`. Error: kUnimplemented listing them.
  static Result<TokenPattern> Parse(std::string_view pattern);
  explicit TokenPattern(Kind kind) : kind_(kind) {}

  Kind kind() const { return kind_; }
  std::string_view pattern() const;

  /// Appends to *tokens views into `text`, in order. As re.findall.
  void FindAll(std::string_view text, std::vector<std::string_view>* tokens) const;

 private:
  Kind kind_;
};

}  // namespace valence::text
