// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "valence/base/utf8.h"

namespace valence::classifier {

/// Texts that look like reviews gone wrong: words that recur (so n-grams do too) between everything that preprocessing
/// steps react to. The same for the same seed.
class RandomTexts {
 public:
  explicit RandomTexts(std::uint32_t seed) : random_(seed) {}

  std::string Next() {
    std::string text;
    for (std::size_t pieces = Below(30); pieces > 0; --pieces) {
      AppendPiece(&text);
      AppendSeparator(&text);
    }
    return text;
  }

  std::vector<std::string> Next(std::size_t count) {
    std::vector<std::string> texts(count);
    for (std::string& text : texts) text = Next();
    return texts;
  }

 private:
  std::size_t Below(std::size_t n) { return random_() % n; }

  template <std::size_t N>
  const char* OneOf(const char* const (&choices)[N]) {
    return choices[Below(N)];
  }

  void AppendPiece(std::string* text) {
    static constexpr const char* kWords[] = {"good",
                                             "bad",
                                             "Film",
                                             "film",
                                             "FILMS",
                                             "the",
                                             "The",
                                             "not",
                                             "isn't",
                                             "don't",
                                             "movies",
                                             "wolves",
                                             "women",
                                             "was",
                                             "less",
                                             "us",
                                             "a",
                                             "I",
                                             "acting",
                                             "acted",
                                             "better",
                                             "worst",
                                             "ever",
                                             "never",
                                             "running",
                                             "children",
                                             "abcdefghijklmnop",
                                             "abcdefghijklmnopq",
                                             "abcdefgh",
                                             "abcdefghi",
                                             "unbelievably-well-made"};
    static constexpr const char* kOdd[] = {"https://example.org/a?b=c",
                                           "www.x.org",
                                           "<br />",
                                           "<br/>",
                                           "&amp;",
                                           "&#65;",
                                           "&eacute;",
                                           "&lt;b&gt;",
                                           "1999",
                                           "3D",
                                           "2.5",
                                           "\xD9\xA3",
                                           "\xC2\xB2",
                                           "caf\xC3\xA9",
                                           "CAF\xC3\x89",
                                           "\xC4\xB0stanbul",
                                           "\xCE\xA3\xCE\x91\xCE\xA3",
                                           "stra\xC3\x9F"
                                           "e",
                                           "\xE9\x9D\x9E\xE5\xB8\xB8",
                                           "\xF0\x9F\x98\x80",
                                           "snake_case",
                                           "e\xCC\x81",
                                           "\xD8\x9B",
                                           "'quoted'",
                                           "10/10",
                                           "!!!",
                                           "...",
                                           "(!)",
                                           "\"",
                                           "`",
                                           "--",
                                           "\xE2\x80\x99",
                                           "http://",
                                           "&"};
    switch (Below(8)) {
      case 0:
        *text += OneOf(kOdd);
        break;
      case 1:
        AppendCodePoint(text);
        break;
      default:
        *text += OneOf(kWords);
    }
  }

  void AppendSeparator(std::string* text) {
    static constexpr const char* kRare[] = {"",  "\n",       "\t",           "  ",           ", ",   ". ", "-",
                                            "'", "\xC2\xA0", "\xE2\x80\x8B", "\xE3\x80\x80", "\x1c", "_"};
    *text += Below(4) == 0 ? OneOf(kRare) : " ";
  }

  void AppendCodePoint(std::string* text) {
    static constexpr char32_t kRanges[][2] = {
        {1, 0x7F}, {0x80, 0x2FF}, {0x300, 0x6FF}, {0x2000, 0x2FFF}, {0xE000, 0x1FFFF}};
    const auto& range = kRanges[Below(std::size(kRanges))];
    utf8::Append(range[0] + static_cast<char32_t>(Below(range[1] - range[0] + 1)), text);
  }

  std::mt19937 random_;
};

}  // namespace valence::classifier
