// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <ostream>

#include "valence/text/preprocessor.h"

namespace valence::text {
namespace {

struct Case {
  std::string_view text;
  std::string_view tokens;
};
void PrintTo(const Case& c, std::ostream* os) { *os << c.text; }

class Treebank : public ::testing::TestWithParam<Case> {};

TEST_P(Treebank, TokenisesAsNltk) {
  EXPECT_EQ(Preprocessor::Make({"word_tokenize"}).value().Apply(GetParam().text), GetParam().tokens);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Treebank,
    ::testing::Values(Case{"They'll save and can't stop.", "They 'll save and ca n't stop ."},
                      Case{"I cannot say \"hi\".", "I can not say `` hi '' ."},
                      Case{"Mr. Smith paid $3.88, or 3,36 euros...", "Mr. Smith paid $ 3.88 , or 3,36 euros ..."},
                      Case{"'Twas gonna rain", "' Twas gon na rain"},
                      Case{" 'Twas \u2018so\u2019 (said he)", "' Twas \u2018 so \u2019 ( said he )"},
                      Case{"wannabe", "wannabe"}, Case{"wanna go", "wan na go"}, Case{"well--almost", "well -- almost"},
                      Case{"", ""}, Case{".", "."}, Case{"end.\n", "end ."}));

}  // namespace
}  // namespace valence::text
