// SPDX-License-Identifier: Apache-2.0
// The compiled path against the plain one on random texts made of the pieces that tell them apart. More texts:
// VALENCE_FUZZ_TEXTS=1000000 text_test --gtest_filter='*Fuzz*'.

#include <gtest/gtest.h>

#include <cstdlib>
#include <ostream>
#include <random>

#include "valence/text/fused_tokenizer.h"
#include "valence/text/preprocessor.h"

namespace valence::text {
namespace {

constexpr std::string_view kPieces[] = {"a",
                                        "I",
                                        "The",
                                        "the",
                                        "dogs",
                                        "women",
                                        "isn't",
                                        "movie",
                                        "x_y",
                                        "_",
                                        "wa",
                                        "us",
                                        "Flies",
                                        "0",
                                        "12",
                                        "3.14",
                                        ".",
                                        ",",
                                        "...",
                                        "!",
                                        "?",
                                        ";",
                                        ":",
                                        "(",
                                        ")",
                                        "\"",
                                        "'",
                                        "-",
                                        "--",
                                        "*",
                                        "<",
                                        ">",
                                        "&",
                                        "#",
                                        "@",
                                        "/",
                                        "\\",
                                        "http://",
                                        "https://",
                                        "http://x.y",
                                        "https://Ab.c/d?e=1",
                                        "www.",
                                        "www.x",
                                        "WWW.X",
                                        "ww",
                                        "htt",
                                        "hhttp://q",
                                        "<br />",
                                        "<br/>",
                                        "<br>",
                                        "<BR\t/>",
                                        "<br\u00A0>",
                                        "<br ",
                                        "<b",
                                        "/>",
                                        "&lt;br&gt;",
                                        "&amp;",
                                        "&#65;",
                                        "&notit",
                                        " ",
                                        " ",
                                        " ",
                                        " ",
                                        " ",
                                        " ",
                                        "  ",
                                        "\n",
                                        "\t",
                                        "\r\n",
                                        "\x1C",
                                        "\x1F",
                                        "\x0B",
                                        "\u0085",
                                        "\u00A0",
                                        "\u2003",
                                        "\u3000",
                                        "Σ",
                                        "σ",
                                        "ς",
                                        "ΑΣ",
                                        "İ",
                                        "ı",
                                        "ß",
                                        "ẞ",
                                        "É",
                                        "é",
                                        "e\u0301",
                                        "\u0307",
                                        "\u212A",
                                        "Ⱥ",
                                        "ǅ",
                                        "ﬁ",
                                        "\u061B",
                                        "²",
                                        "٣",
                                        "５",
                                        "½",
                                        "Ⅷ",
                                        "二",
                                        "中文",
                                        "한글",
                                        "😀",
                                        "👍🏽",
                                        "\u200D",
                                        "\u200B",
                                        "“",
                                        "”",
                                        "’",
                                        "—",
                                        "…",
                                        "\x7F",
                                        "\x01",
                                        "aVeryLongWordThatIsLongerThanSixteenBytes",
                                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnop"};

std::string RandomText(std::mt19937_64& random) {
  std::string text;
  const std::size_t pieces = random() % 40;
  for (std::size_t i = 0; i < pieces; ++i) {
    text += kPieces[random() % std::size(kPieces)];
    if (random() % 50 == 0) text.push_back('\0');
  }
  return text;
}

struct Case {
  std::string name;
  std::vector<std::string> steps;
};
void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

std::vector<Case> Cases() {
  const std::vector<std::string> seed = {
      "remove_urls",     "remove_digits",     "lowercase", "replace_punctuation", "remove_arabic_semicolon",
      "fold_whitespace", "remove_stop_words", "lemmatize"};
  std::vector<std::string> seed_lowered = seed;
  seed_lowered.push_back("lowercase");
  return {
      {"none", {}},
      {"best", {"remove_html_breaks", "lowercase"}},
      {"best_lowered", {"remove_html_breaks", "lowercase", "lowercase"}},
      {"r1", {"remove_html_breaks", "lowercase_ascii", "split_punctuation"}},
      {"r1_unicode", {"remove_html_breaks", "lowercase", "split_punctuation", "lowercase"}},
      {"seed", seed},
      {"seed_lowered", seed_lowered},
      {"all_rewrites", {"unescape_html", "remove_html_breaks", "remove_urls", "lowercase"}},
      {"urls_then_breaks", {"remove_urls", "remove_html_breaks", "remove_digits"}},
      {"stems", {"split_punctuation", "stem_snowball", "remove_digits", "replace_punctuation", "stem_porter"}},
      {"split_twice", {"split_punctuation", "split_punctuation", "replace_punctuation", "remove_digits"}},
  };
}

std::size_t TextsPerCase() {
  const char* wanted = std::getenv("VALENCE_FUZZ_TEXTS");
  return wanted != nullptr ? std::strtoull(wanted, nullptr, 10) / Cases().size() + 1 : 2000;
}

// One configuration, both paths.
class BothPaths {
 public:
  BothPaths(const Case& c, TokenPattern pattern)
      : pattern_(pattern),
        plain_(Preprocessor::Make(c.steps).value()),
        fused_(FusedTokenizer::Compile(c.steps, pattern).value()) {}

  ::testing::AssertionResult Agree(const std::string& text) {
    const AlignedText aligned = plain_.ApplyAligned(text);
    if (plain_.Apply(text) != aligned.bytes) return Failure(text) << "Apply and ApplyAligned differ";
    std::vector<std::string_view> expected;
    pattern_.FindAll(aligned.bytes, &expected);
    fused_.Run(text, &buffer_);
    std::size_t next = 0;
    for (const SurfaceToken& token : buffer_.tokens()) {
      if (buffer_.Hash(token) != HashToken(buffer_.Bytes(token))) return Failure(text) << "wrong hash";
      mapped_.clear();
      fused_.MapToken(buffer_.Bytes(token), &scratch_, &mapped_);
      for (const std::string_view got : mapped_) {
        if (next == expected.size() || got != expected[next]) return Failure(text) << "token " << next << " is " << got;
        const auto offset = static_cast<std::size_t>(expected[next].data() - aligned.bytes.data());
        const Span span{aligned.spans[offset].begin, aligned.spans[offset + expected[next].size() - 1].end};
        if (!SpansAgree(token, span)) return Failure(text) << "span of token " << next << ", " << got;
        ++next;
      }
    }
    if (next != expected.size()) return Failure(text) << "tokens are missing";
    return ::testing::AssertionSuccess();
  }

 private:
  // Word steps map a surface token to parts of it; without them the spans are equal.
  bool SpansAgree(const SurfaceToken& token, const Span& span) const {
    if (fused_.maps_identically()) return token.begin == span.begin && token.end == span.end;
    return token.begin <= span.begin && span.end <= token.end;
  }

  static ::testing::AssertionResult Failure(const std::string& text) {
    return ::testing::AssertionFailure() << ::testing::PrintToString(text) << ": ";
  }

  TokenPattern pattern_;
  Preprocessor plain_;
  FusedTokenizer fused_;
  TokenBuffer buffer_;
  std::string scratch_;
  std::vector<std::string_view> mapped_;
};

class FusedTokenizerFuzz : public ::testing::TestWithParam<Case> {};

TEST_P(FusedTokenizerFuzz, EqualsThePlainPath) {
  for (const auto kind : {TokenPattern::Kind::kWords2, TokenPattern::Kind::kWords1, TokenPattern::Kind::kWhitespace}) {
    BothPaths paths(GetParam(), TokenPattern(kind));
    std::mt19937_64 random(42);
    for (std::size_t i = 0; i < TextsPerCase(); ++i) ASSERT_TRUE(paths.Agree(RandomText(random)));
  }
}

INSTANTIATE_TEST_SUITE_P(Steps, FusedTokenizerFuzz, ::testing::ValuesIn(Cases()),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace valence::text
