// SPDX-License-Identifier: Apache-2.0
#include "characters.h"

#include "valence/base/utf8.h"
#include "valence/text/unicode.h"

namespace valence::features::internal {
namespace {

// Calls visit(character, is_space) for each code point.
template <class Visit>
void ForEachCharacter(std::string_view text, Visit visit) {
  for (std::size_t i = 0; i < text.size();) {
    const utf8::Decoded decoded = utf8::Decode(text.data() + i);
    visit(text.substr(i, decoded.length), text::IsSpace(decoded.code_point));
    i += decoded.length;
  }
}

}  // namespace

void AppendCodePoints(std::string_view text, std::vector<std::string_view>* tokens) {
  for (std::size_t i = 0; i < text.size(); i += tokens->back().size()) {
    tokens->push_back(text.substr(i, utf8::Decode(text.data() + i).length));
  }
}

void AppendCharacters(std::string_view text, std::string_view space, std::vector<std::string_view>* tokens) {
  bool after_space = false;
  ForEachCharacter(text, [&](std::string_view character, bool is_space) {
    if (is_space && after_space) {
      tokens->back() = space;
    } else {
      tokens->push_back(character);
    }
    after_space = is_space;
  });
}

void AppendPaddedWords(std::string_view text, std::string_view space, std::vector<std::string_view>* tokens) {
  bool in_word = false;
  const auto end_word = [&] {
    tokens->push_back(space);
    tokens->emplace_back();
  };
  ForEachCharacter(text, [&](std::string_view character, bool is_space) {
    if (is_space && in_word) end_word();
    if (!is_space && !in_word) tokens->push_back(space);
    if (!is_space) tokens->push_back(character);
    in_word = !is_space;
  });
  if (in_word) end_word();
}

}  // namespace valence::features::internal
