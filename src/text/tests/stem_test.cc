// SPDX-License-Identifier: Apache-2.0
#include "valence/text/stem.h"

#include <gtest/gtest.h>

#include <ostream>

namespace valence::text {
namespace {

struct Case {
  std::string_view word;
  std::string_view stem;
};
void PrintTo(const Case& c, std::ostream* os) { *os << c.word; }

class Porter : public ::testing::TestWithParam<Case> {};
class Snowball : public ::testing::TestWithParam<Case> {};

TEST_P(Porter, StemsAsNltk) {
  std::string stem;
  StemPorter(GetParam().word, &stem);
  EXPECT_EQ(stem, GetParam().stem);
}

TEST_P(Snowball, StemsAsNltk) {
  std::string stem;
  StemSnowball(GetParam().word, &stem);
  EXPECT_EQ(stem, GetParam().stem);
}

// The examples of Porter's paper, and the places where NLTK's default mode departs from it.
INSTANTIATE_TEST_SUITE_P(Words, Porter,
                         ::testing::Values(Case{"caresses", "caress"}, Case{"ponies", "poni"}, Case{"dies", "die"},
                                           Case{"flies", "fli"}, Case{"died", "die"}, Case{"spied", "spi"},
                                           Case{"agreed", "agre"}, Case{"feed", "feed"}, Case{"hopping", "hop"},
                                           Case{"falling", "fall"}, Case{"filing", "file"}, Case{"happy", "happi"},
                                           Case{"enjoy", "enjoy"}, Case{"relational", "relat"},
                                           Case{"radically", "radic"}, Case{"SKIES", "sky"}, Case{"geologi", "geolog"},
                                           Case{"controlling", "control"}, Case{"is", "is"}, Case{"", ""},
                                           Case{"ÉÉED", "ééed"}));
INSTANTIATE_TEST_SUITE_P(Words, Snowball,
                         ::testing::Values(Case{"generously", "generous"}, Case{"communism", "communism"},
                                           Case{"skies", "sky"}, Case{"dying", "die"}, Case{"fluently", "fluentli"},
                                           Case{"hoping", "hope"}, Case{"hopping", "hop"}, Case{"cats'", "cat"},
                                           Case{"it\u2019s", "it"}, Case{"by", "by"}, Case{"youth", "youth"},
                                           Case{"'''", "'"}, Case{"", ""}, Case{"NEWS", "news"}));

}  // namespace
}  // namespace valence::text
