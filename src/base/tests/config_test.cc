// SPDX-License-Identifier: Apache-2.0
#include "valence/base/config.h"

#include <gmock/gmock.h>

#include <limits>

#include "support/matchers.h"

namespace valence {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Pair;

struct TrainConfig {
  bool shuffle = true;
  std::int64_t max_iter = 100;
  double c = 1.0;
  std::string solver = "lbfgs";
  std::string note;
  std::vector<std::string> steps = {"lower", "strip"};
  std::pair<std::int64_t, std::int64_t> ngram_range = {1, 2};
  StringMap labels = {{"0", "neg"}, {"1", "pos"}};
  NumberMap class_weight;
  CountOrShare min_df;
  CountOrShare max_df = {.is_share = true, .value = 1.0};

  void Describe(FieldVisitor& v) {
    v.Visit({"shuffle", "Whether to shuffle."}, shuffle);
    v.Visit({"max_iter", "Most iterations."}, max_iter, Between(1, 1000));
    v.Visit({"C", "Inverse of the regularisation strength.", "> 0"}, c, AtLeast(1e-9));
    v.Visit({"solver", "The method."}, solver, {"lbfgs", "newton"});
    v.Visit({"note", "Anything | at all."}, note, {});
    v.Visit({"steps", "What is done, in order."}, steps, {"lower", "strip", "digits"});
    v.Visit({"ngram_range", "Shortest and longest n-gram."}, ngram_range, AtLeast(1));
    v.Visit({"labels", "New names of labels."}, labels);
    v.Visit({"class_weight", "Weight of each class."}, class_weight);
    v.VisitCountOrShare({"min_df", "Rarest term."}, min_df);
    v.VisitCountOrShare({"max_df", "Most frequent term."}, max_df);
  }
};

struct SplitConfig {
  std::int64_t seed = 42;
  void Describe(FieldVisitor& v) { v.Visit({"seed", "Seed of the split."}, seed, {}); }
};

class Config : public ::testing::Test {
 protected:
  TrainConfig train_;
  SplitConfig split_;
  std::vector<ConfigSection> sections_ = {
      {"train", "How the model is fitted.", [this](FieldVisitor& v) { train_.Describe(v); }},
      {"split", "Train and test.", [this](FieldVisitor& v) { split_.Describe(v); }}};

  Status Apply(std::string_view text) { return ApplyYamlFile(sections_, text, "params.yaml"); }
  Status Set(std::string_view assignment) { return ApplyOverride(sections_, assignment); }
};

auto IsInvalid(std::string_view message) { return IsError(ErrorCode::kInvalidArgument, std::string(message)); }

TEST_F(Config, SetsEveryKindOfField) {
  ASSERT_THAT(Apply(R"(
train:
  shuffle: false
  max_iter: 500
  C: 2
  solver: newton
  note: "a: b"
  steps: [digits, lower]
  ngram_range: [1, 3]
  labels: {0: bad, 1: good}
  class_weight: {bad: 1, good: 2.5}
  min_df: 5
  max_df: 0.9
split:
  seed: -1
)"),
              IsOk());
  EXPECT_FALSE(train_.shuffle);
  EXPECT_EQ(train_.max_iter, 500);
  EXPECT_EQ(train_.c, 2.0);
  EXPECT_EQ(train_.solver, "newton");
  EXPECT_EQ(train_.note, "a: b");
  EXPECT_THAT(train_.steps, ElementsAre("digits", "lower"));
  EXPECT_THAT(train_.ngram_range, Pair(1, 3));
  EXPECT_THAT(train_.labels, ElementsAre(Pair("0", "bad"), Pair("1", "good")));
  EXPECT_THAT(train_.class_weight, ElementsAre(Pair("bad", 1.0), Pair("good", 2.5)));
  EXPECT_EQ(train_.min_df, (CountOrShare{.is_share = false, .value = 5}));
  EXPECT_EQ(train_.max_df, (CountOrShare{.is_share = true, .value = 0.9}));
  EXPECT_EQ(split_.seed, -1);
}

TEST_F(Config, AbsentFieldsAndEmptySectionsKeepTheirValues) {
  ASSERT_THAT(Apply("train:\n  C: 3\nsplit:\n"), IsOk());
  EXPECT_EQ(train_.max_iter, 100);
  EXPECT_EQ(split_.seed, 42);
  EXPECT_THAT(Apply(""), IsOk());
}

TEST_F(Config, OneIsACountAndOnePointZeroIsAShare) {
  ASSERT_THAT(Set("train.min_df=1"), IsOk());
  EXPECT_FALSE(train_.min_df.is_share);
  ASSERT_THAT(Set("train.min_df=1.0"), IsOk());
  EXPECT_TRUE(train_.min_df.is_share);
  EXPECT_THAT(Set("train.min_df=1.5"), IsError(ErrorCode::kInvalidArgument, HasSubstr("got '1.5'")));
  EXPECT_THAT(Set("train.min_df=0"), IsError(ErrorCode::kInvalidArgument, HasSubstr("got '0'")));
}

TEST_F(Config, ErrorsSayWhereWhatWasWantedAndWhatCame) {
  EXPECT_THAT(Apply("train:\n  C: abc\n"), IsInvalid("params.yaml:2: train.C: expected a number > 0, got 'abc'"));
  EXPECT_THAT(Apply("train:\n  C: 0\n"), IsInvalid("params.yaml:2: train.C: expected a number > 0, got '0'"));
  EXPECT_THAT(Apply("train:\n  C: .nan\n"), IsInvalid("params.yaml:2: train.C: expected a number > 0, got '.nan'"));
  EXPECT_THAT(Apply("train:\n  C:\n"), IsInvalid("params.yaml:2: train.C: expected a number > 0, got nothing"));
  EXPECT_THAT(Apply("train:\n  shuffle: yes\n"),
              IsInvalid("params.yaml:2: train.shuffle: expected true or false, got 'yes'"));
  EXPECT_THAT(Apply("train:\n\n  max_iter: 1001\n"),
              IsInvalid("params.yaml:3: train.max_iter: expected a whole number between 1 and 1000, got '1001'"));
  EXPECT_THAT(Apply("train: {max_iter: 5.0}\n"),
              IsInvalid("params.yaml:1: train.max_iter: expected a whole number between 1 and 1000, got '5.0'"));
  EXPECT_THAT(Apply("train: {solver: adam}\n"),
              IsInvalid("params.yaml:1: train.solver: expected one of lbfgs, newton, got 'adam'"));
  EXPECT_THAT(Apply("train: {steps: [lower, x]}\n"),
              IsInvalid("params.yaml:1: train.steps: expected a list, each one of lower, strip, digits, got "
                        "['lower', 'x']"));
  EXPECT_THAT(Apply("train: {ngram_range: [0, 1]}\n"),
              IsInvalid("params.yaml:1: train.ngram_range: expected a list of two whole numbers >= 1, got ['0', '1']"));
  EXPECT_THAT(Apply("train: {class_weight: {a: b}}\n"),
              IsInvalid("params.yaml:1: train.class_weight: expected a map from text to number, got a map"));
  EXPECT_THAT(Apply("train: 3\n"), IsInvalid("params.yaml:1: train: expected a map of keys, got '3'"));
  EXPECT_THAT(Apply("[]\n"), IsInvalid("params.yaml:1: expected a map of sections, got []"));
}

TEST_F(Config, UnknownNamesSuggestTheNearestKnownOne) {
  EXPECT_THAT(Apply("train:\n  max_itr: 5\n"),
              IsInvalid("params.yaml:2: train.max_itr: unknown key; did you mean 'max_iter'?"));
  EXPECT_THAT(Apply("train:\n  c: 5\n"), IsInvalid("params.yaml:2: train.c: unknown key; did you mean 'C'?"));
  EXPECT_THAT(Apply("\ntrian:\n  C: 5\n"), IsInvalid("params.yaml:2: unknown section 'trian'; did you mean 'train'?"));
  EXPECT_THAT(Apply("split:\n  ratio: 5\n"), IsInvalid("params.yaml:2: split.ratio: unknown key; known are: seed"));
}

TEST_F(Config, BrokenYamlIsDataCorrupt) {
  EXPECT_THAT(Apply("train: [\n"), IsError(ErrorCode::kDataCorrupt, HasSubstr("params.yaml:")));
}

TEST_F(Config, OverridesTakeYamlValues) {
  ASSERT_THAT(Set("train.C=1e-3"), IsOk());
  ASSERT_THAT(Set("train.steps=[strip]"), IsOk());
  ASSERT_THAT(Set("train.class_weight={a: 2}"), IsOk());
  ASSERT_THAT(Set("train.note=x=y"), IsOk());
  EXPECT_EQ(train_.c, 0.001);
  EXPECT_THAT(train_.steps, ElementsAre("strip"));
  EXPECT_THAT(train_.class_weight, ElementsAre(Pair("a", 2.0)));
  EXPECT_EQ(train_.note, "x=y");
  ASSERT_THAT(Set("train.note="), IsOk());
  EXPECT_EQ(train_.note, "");
}

TEST_F(Config, OverrideErrorsRepeatTheFlag) {
  EXPECT_THAT(Set("train.C=abc"), IsInvalid("--set train.C=abc: expected a number > 0, got 'abc'"));
  EXPECT_THAT(Set("train.max_itr=1"), IsInvalid("--set train.max_itr=1: unknown key; did you mean 'max_iter'?"));
  EXPECT_THAT(Set("tarin.C=1"), IsInvalid("--set tarin.C=1: unknown section 'tarin'; did you mean 'train'?"));
  EXPECT_THAT(Set("C=1"), IsInvalid("--set C=1: expected section.key=value, such as train.C=3"));
  EXPECT_THAT(Set("train.C"), IsInvalid("--set train.C: expected section.key=value, such as train.C=3"));
  EXPECT_THAT(Set("train.steps=[a"), IsError(ErrorCode::kInvalidArgument, HasSubstr("--set train.steps=[a: not YAML")));
}

TEST_F(Config, ToYamlDocumentsEachKey) {
  const std::string yaml = ToYaml(sections_, sections_);
  EXPECT_THAT(yaml, HasSubstr("# How the model is fitted.\ntrain:\n  # Whether to shuffle. (default true)\n"));
  EXPECT_THAT(yaml, HasSubstr("  # Inverse of the regularisation strength. (> 0, default 1.0)\n  C: 1.0\n"));
  EXPECT_THAT(yaml, HasSubstr("  # The method. (one of lbfgs, newton, default lbfgs)\n  solver: lbfgs\n"));
  EXPECT_THAT(yaml, HasSubstr("  max_df: 1.0\n"));
  EXPECT_THAT(yaml, HasSubstr("  min_df: 1\n"));
  EXPECT_THAT(yaml, HasSubstr("\n\n# Train and test.\nsplit:\n"));
}

TEST_F(Config, ToYamlReadsBackToTheSameValues) {
  train_.note = "tricky: \"quotes\", # hash\nand newline \\";
  train_.labels = {{"", "true"}, {"a: b", "1"}};
  train_.class_weight = {{"x", std::numeric_limits<double>::infinity()}, {"no", 0.1}};
  train_.c = 1.0 / 3.0;
  train_.steps = {};
  train_.min_df = {.is_share = true, .value = 0.25};
  const std::string written = ToYaml(sections_, sections_);
  train_ = TrainConfig();
  ASSERT_THAT(Apply(written), IsOk());
  EXPECT_EQ(train_.note, "tricky: \"quotes\", # hash\nand newline \\");
  EXPECT_EQ(ToYaml(sections_, sections_), written);
}

TEST(ConfigMap, ReadsAMapOfAnyShapeAndWritesItBack) {
  Yaml grid;
  grid.kind = Yaml::Kind::kMap;
  const std::vector<ConfigSection> sections{{"tune", "What to try.", [&](FieldVisitor& v) {
                                               v.Visit({"grid", "Values of each parameter."}, grid);
                                             }}};
  EXPECT_THAT(ToYaml(sections, sections), HasSubstr("  grid: {}\n"));
  ASSERT_THAT(ApplyOverride(sections, "tune.grid={train.C: [1, 0.5], \"a b\": [[1, 2], '1', no, ~, true]}"), IsOk());
  const std::string written = ToYaml(sections, sections);
  EXPECT_THAT(written, HasSubstr(R"(grid: {train.C: [1, 0.5], "a b": [[1, 2], "1", "no", null, true]})"));
  EXPECT_EQ(ToJson(sections[0]).Dump(), R"({"grid":{"train.C":[1,0.5],"a b":[[1,2],"1","no",null,true]}})");
  ASSERT_THAT(ApplyYamlFile(sections, written, "params.yaml"), IsOk());
  EXPECT_EQ(ToYaml(sections, sections), written);
  EXPECT_THAT(ApplyOverride(sections, "tune.grid=[1]"), IsInvalid("--set tune.grid=[1]: expected a map, got ['1']"));
}

TEST_F(Config, OverrideOfAKeyAndAValueNamesItsPlace) {
  Yaml value;
  value.kind = Yaml::Kind::kScalar;
  value.scalar = "0";
  EXPECT_THAT(ApplyOverride(sections_, "train.C", value, "tune.grid"),
              IsInvalid("tune.grid: expected a number > 0, got '0'"));
  EXPECT_THAT(ApplyOverride(sections_, "C", value, "tune.grid"),
              IsInvalid("tune.grid: expected section.key, such as train.C, got 'C'"));
}

TEST_F(Config, ToYamlNamesTheDefaultsBesideOtherValues) {
  TrainConfig defaults;
  const std::vector<ConfigSection> default_sections{{"train", "", [&](FieldVisitor& v) { defaults.Describe(v); }},
                                                    sections_[1]};
  ASSERT_THAT(Set("train.C=3"), IsOk());
  EXPECT_THAT(ToYaml(sections_, default_sections), HasSubstr("(> 0, default 1.0)\n  C: 3.0\n"));
}

TEST_F(Config, ToYamlWrapsLongComments) {
  std::string help;
  for (int i = 0; i < 60; ++i) help += "word ";
  sections_[1].help = help;
  const std::string yaml = ToYaml(sections_, sections_);
  for (std::size_t begin = 0; begin < yaml.size();) {
    const std::size_t end = yaml.find('\n', begin);
    EXPECT_LE(end - begin, 100u) << yaml.substr(begin, end - begin);
    begin = end + 1;
  }
  EXPECT_THAT(Apply(yaml), IsOk());
}

TEST_F(Config, ToMarkdownIsATablePerSection) {
  const std::string markdown = ToMarkdown(sections_);
  EXPECT_THAT(markdown, HasSubstr("## train\n\nHow the model is fitted.\n\n| field | default | range | meaning |\n"));
  EXPECT_THAT(markdown, HasSubstr("| `max_iter` | `100` | between 1 and 1000 | Most iterations. |\n"));
  EXPECT_THAT(markdown, HasSubstr("Anything \\| at all."));
}

TEST_F(Config, ToHelpNamesKeyDefaultAndMeaning) {
  EXPECT_EQ(ToHelp(sections_[1]), "split: Train and test.\n  split.seed (default 42)\n      Seed of the split.\n");
}

TEST_F(Config, ToJsonKeepsTypes) {
  EXPECT_EQ(ToJson(sections_[0]).Dump(),
            R"({"shuffle":true,"max_iter":100,"C":1.0,"solver":"lbfgs","note":"","steps":["lower","strip"],)"
            R"("ngram_range":[1,2],"labels":{"0":"neg","1":"pos"},"class_weight":{},"min_df":1,"max_df":1.0})");
}

}  // namespace
}  // namespace valence
