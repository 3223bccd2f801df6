// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>

#include "valence/text/preprocessor.h"
#include "valence/text/stop_words.h"

namespace valence::text {
namespace {

struct Case {
  std::string_view step;
  std::string_view text;
  std::string_view result;
};
void PrintTo(const Case& c, std::ostream* os) { *os << c.step << ": " << c.text; }

class Step : public ::testing::TestWithParam<Case> {};

TEST_P(Step, DoesWhatItsPythonEquivalentDoes) {
  const Preprocessor step = Preprocessor::Make({std::string(GetParam().step)}).value();
  EXPECT_EQ(step.Apply(GetParam().text), GetParam().result);
}

INSTANTIATE_TEST_SUITE_P(
    Urls, Step,
    ::testing::Values(Case{"remove_urls", "see http://a.b/c?d=e now", "see  now"},
                      Case{"remove_urls", "https:// alone stays", "https:// alone stays"},
                      Case{"remove_urls", "xhttpwww.a.b\u00A0y", "xhttp\u00A0y"},  // NO-BREAK SPACE ends it
                      Case{"remove_urls", "WWW.A.B HTTP://c", "WWW.A.B HTTP://c"}, Case{"remove_urls", "www.", "www."},
                      Case{"remove_urls", "www.a", ""}, Case{"remove_urls", "", ""}));
INSTANTIATE_TEST_SUITE_P(
    Html, Step,
    ::testing::Values(Case{"remove_html_breaks", "a<br />b<BR>c<br\u00A0/>d", "a b c d"},
                      Case{"remove_html_breaks", "<br <br/ ><b r>", "<br <br/ ><b r>"},
                      Case{"unescape_html", "&lt;3 &amp;amp; &#65;&#x42", "<3 &amp; AB"},
                      Case{"unescape_html", "&notit; &notin;", "\u00ACit; \u2209"},  // longest known prefix
                      Case{"unescape_html", "&#128;&#0;&#xD800;&#99999999999;", "\u20AC\uFFFD\uFFFD\uFFFD"},
                      Case{"unescape_html", "a&#11;b&#xFDD0;c&#13;", "abc\r"},
                      Case{"unescape_html", "&; & &#; &unknown; &#x;", "&; & &#; &unknown; &#x;"}));
INSTANTIATE_TEST_SUITE_P(Characters, Step,
                         ::testing::Values(Case{"remove_digits", "a1b\u0663\u00B2\u00BDc", "ab\u00BDc"},
                                           Case{"lowercase", "ÀB\u212A", "àbk"}, Case{"lowercase_ascii", "ÀB", "Àb"},
                                           Case{"replace_punctuation", "a_b,c\u201Dd", "a b c\u201Dd"},
                                           Case{"remove_arabic_semicolon", "a\u061Bb;", "ab;"},
                                           Case{"split_punctuation", "so-so, it's.", "so-so ,  it's . "},
                                           Case{"fold_whitespace", "\x1C a \u3000\t b\n", "a b"}));
INSTANTIATE_TEST_SUITE_P(Words, Step,
                         ::testing::Values(Case{"remove_stop_words", " the cat isn't  The\u00A0dog", "cat The dog"},
                                           Case{"remove_stop_words", "the", ""},
                                           Case{"lemmatize", "dogs  bark", "dog bark"},
                                           Case{"lemmatize_verb", "dogs barked", "dog bark"},
                                           Case{"stem_porter", "Flies DIED", "fli die"},
                                           Case{"stem_snowball", "generously given", "generous given"}));

TEST(StopWords, AreNltksAndNotScikitLearns) {
  EXPECT_EQ(StopWords().size(), 198u);
  EXPECT_TRUE(IsStopWord("wouldn't"));
  EXPECT_FALSE(IsStopWord("whoever"));
  EXPECT_FALSE(IsStopWord("The"));
  EXPECT_FALSE(IsStopWord(""));
}

TEST(Preprocessor, AppliesStepsInTheirOrder) {
  EXPECT_EQ(Preprocessor::Make({"lowercase", "remove_stop_words"}).value().Apply("The End"), "end");
  EXPECT_EQ(Preprocessor::Make({"remove_stop_words", "lowercase"}).value().Apply("The End"), "the end");
}

TEST(Preprocessor, WithoutStepsLeavesTheTextUnchanged) {
  EXPECT_EQ(Preprocessor::Make({}).value().Apply(" As  it was\n"), " As  it was\n");
}

TEST(Preprocessor, NamesTheKnownStepsWhenOneIsUnknown) {
  const auto result = Preprocessor::Make({"lowercase", "lemmatise"});
  ASSERT_FALSE(result.has_value());
  EXPECT_EQ(result.error().code, ErrorCode::kInvalidArgument);
  EXPECT_THAT(result.error().message,
              ::testing::AllOf(::testing::HasSubstr("'lemmatise'"), ::testing::HasSubstr("lemmatize")));
}

TEST(AlignedText, SaysWhichOriginalBytesEachByteCameFrom) {
  const Preprocessor steps = Preprocessor::Make({"remove_digits", "lowercase", "lemmatize"}).value();
  // bytes: D0 o1 12 g3 s4 space5 É6,7
  const AlignedText aligned = steps.ApplyAligned("Do1gs É");
  EXPECT_EQ(aligned.bytes, "dog é");
  const std::vector<Span> expected = {{0, 5}, {0, 5}, {0, 5}, {5, 6}, {6, 8}, {6, 8}};
  EXPECT_EQ(aligned.spans, expected);
}

TEST(AlignedText, EqualsThePlainResultForEveryStep) {
  const std::string text = "\"I can't\" &amp; www.x.y <br/>wouldn't buy 12 Σ. İ…; dogs";
  for (const char* step : {"remove_urls", "unescape_html", "remove_html_breaks", "word_tokenize", "split_punctuation",
                           "stem_porter", "lowercase"}) {
    const Preprocessor preprocessor = Preprocessor::Make({step}).value();
    const AlignedText aligned = preprocessor.ApplyAligned(text);
    EXPECT_EQ(aligned.bytes, preprocessor.Apply(text)) << step;
    EXPECT_EQ(aligned.spans.size(), aligned.bytes.size()) << step;
  }
}

}  // namespace
}  // namespace valence::text
