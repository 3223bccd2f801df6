// SPDX-License-Identifier: Apache-2.0
#include "valence/base/yaml.h"

#include <gmock/gmock.h>

#include <limits>

#include "support/matchers.h"
#include "yaml_scalars.h"

namespace valence {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Optional;
using ::testing::StartsWith;

TEST(Yaml, KeepsOrderLinesAndQuotes) {
  const auto yaml = Yaml::Parse("# comment\ntrain:\n  C: 1.5\n  name: \"2\"\n  list: [a, 'b']\nnothing:\n", "p.yaml");
  ASSERT_THAT(yaml, IsOk());
  ASSERT_EQ(yaml->members.size(), 2u);
  EXPECT_EQ(yaml->members[0].first, "train");
  const Yaml& train = *yaml->Find("train");
  EXPECT_EQ(train.line, 2);
  EXPECT_EQ(train.Find("C")->scalar, "1.5");
  EXPECT_EQ(train.Find("C")->line, 3);
  EXPECT_FALSE(train.Find("C")->quoted);
  EXPECT_TRUE(train.Find("name")->quoted);
  EXPECT_FALSE(train.Find("list")->items[0].quoted);
  EXPECT_TRUE(train.Find("list")->items[1].quoted);
  EXPECT_EQ(yaml->Find("nothing")->kind, Yaml::Kind::kNull);
  EXPECT_EQ(yaml->Find("absent"), nullptr);
}

TEST(Yaml, EmptyTextIsNull) {
  EXPECT_EQ(Yaml::Parse("", "p")->kind, Yaml::Kind::kNull);
  EXPECT_EQ(Yaml::Parse("# only a comment\n", "p")->kind, Yaml::Kind::kNull);
}

TEST(Yaml, ErrorsNameFileAndLine) {
  EXPECT_THAT(Yaml::Parse("a: 1\nb: [1, 2\nc: 3\n", "p.yaml"),
              IsError(ErrorCode::kDataCorrupt, StartsWith("p.yaml:3: ")));
  EXPECT_THAT(Yaml::Parse("a: 1\nb: 2\na: 3\n", "p.yaml"),
              IsError(ErrorCode::kDataCorrupt, "p.yaml:3: the key 'a' is repeated"));
  EXPECT_THAT(Yaml::Parse("a: 1\n\xff: 2\n", "p.yaml"), IsError(ErrorCode::kDataCorrupt, "p.yaml:2: not UTF-8"));
  EXPECT_THAT(Yaml::Parse("a: 1\n---\nb: 2\n", "p.yaml"),
              IsError(ErrorCode::kDataCorrupt, AllOf(StartsWith("p.yaml:3: "), HasSubstr("one document"))));
  EXPECT_THAT(Yaml::Parse("a: !!python/object x\n", "p.yaml"),
              IsError(ErrorCode::kDataCorrupt, AllOf(StartsWith("p.yaml:1: "), HasSubstr("python/object"))));
  EXPECT_THAT(Yaml::Parse("[a, b]: 1\n", "p.yaml"), IsError(ErrorCode::kDataCorrupt, HasSubstr("plain text")));
}

TEST(Yaml, AllowsDepth64AndNoMore) {
  const auto nested = [](std::size_t n) { return std::string(n, '[') + std::string(n, ']'); };
  EXPECT_THAT(Yaml::Parse(nested(64), "p"), IsOk());
  EXPECT_THAT(Yaml::Parse(nested(65), "p"), IsError(ErrorCode::kDataCorrupt, HasSubstr("nested more than 64 deep")));
  EXPECT_THAT(Yaml::Parse(nested(100'000), "p"), IsError(ErrorCode::kDataCorrupt, StartsWith("p:")));
}

TEST(Yaml, ResolvesAliases) {
  const auto yaml = Yaml::Parse("a: &x [1, 2]\nb: *x\n", "p");
  ASSERT_THAT(yaml, IsOk());
  EXPECT_EQ(yaml->Find("b")->items[1].scalar, "2");
  EXPECT_EQ(yaml->Find("b")->line, 2);
}

TEST(Yaml, AliasBombsAreRefused) {
  std::string bomb = "l0: &l0 [x, x, x, x, x, x, x, x, x, x]\n";
  for (int level = 1; level <= 9; ++level) {  // 10^10 values if all were copied
    const std::string below = "*l" + std::to_string(level - 1);
    bomb += "l" + std::to_string(level) + ": &l" + std::to_string(level) + " [" + below;
    for (int i = 1; i < 10; ++i) bomb += ", " + below;
    bomb += "]\n";
  }
  EXPECT_THAT(Yaml::Parse(bomb, "p"), IsError(ErrorCode::kDataCorrupt, HasSubstr("too many values")));

  std::string wide = "a: &a \"" + std::string(500'000, 'x') + "\"\nb: [*a";
  for (int i = 0; i < 100; ++i) wide += ", *a";
  EXPECT_THAT(Yaml::Parse(wide + "]\n", "p"), IsError(ErrorCode::kDataCorrupt, HasSubstr("too many values")));
}

TEST(Yaml, RefusesMoreThanOneMebibyte) {
  EXPECT_THAT(Yaml::Parse("a: " + std::string(1 << 20, 'x'), "p"),
              IsError(ErrorCode::kResourceExhausted, StartsWith("p:")));
}

Yaml Scalar(const std::string& text) { return *Yaml::Parse(text, "test"); }

TEST(YamlScalars, FollowTheCoreSchema) {
  using internal::ScalarAsBool, internal::ScalarAsDouble, internal::ScalarAsInt;
  EXPECT_THAT(ScalarAsBool(Scalar("True")), Optional(true));
  EXPECT_THAT(ScalarAsBool(Scalar("false")), Optional(false));
  EXPECT_EQ(ScalarAsBool(Scalar("yes")), std::nullopt);  // a bool in YAML 1.1 only
  EXPECT_EQ(ScalarAsBool(Scalar("'true'")), std::nullopt);
  EXPECT_THAT(ScalarAsInt(Scalar("-12")), Optional(-12));
  EXPECT_THAT(ScalarAsInt(Scalar("0x1F")), Optional(31));
  EXPECT_THAT(ScalarAsInt(Scalar("0o17")), Optional(15));
  EXPECT_EQ(ScalarAsInt(Scalar("1.0")), std::nullopt);
  EXPECT_EQ(ScalarAsInt(Scalar("0x-1")), std::nullopt);
  EXPECT_EQ(ScalarAsInt(Scalar("\"1\"")), std::nullopt);
  EXPECT_THAT(ScalarAsDouble(Scalar("3")), Optional(3.0));
  EXPECT_THAT(ScalarAsDouble(Scalar(".5e1")), Optional(5.0));
  EXPECT_THAT(ScalarAsDouble(Scalar("-.inf")), Optional(-std::numeric_limits<double>::infinity()));
  EXPECT_THAT(ScalarAsDouble(Scalar(".NaN")), Optional(::testing::IsNan()));
  EXPECT_EQ(ScalarAsDouble(Scalar("inf")), std::nullopt);
  EXPECT_EQ(ScalarAsDouble(Scalar("1e999")), std::nullopt);
}

TEST(YamlScalars, QuotedTextIsReadBackAsTheSameText) {
  for (const char* text :
       {"plain", "",     " lead", "1",  "1.5", "true", "no", "~", "null", "a: b", "a#b",  "- x",     "é",       "a\nb",
        "\"q\"", "\\d+", "*x",    "&x", "!t",  "%",    "@",  "`", "{",    "0x1",  ".inf", "a/b.csv", "\x01\x7f"}) {
    const Yaml yaml = Scalar("[" + internal::QuoteIfNeeded(text) + "]");
    ASSERT_EQ(yaml.items.size(), 1u) << text;
    EXPECT_EQ(yaml.items[0].scalar, text);
    EXPECT_EQ(yaml.items[0].kind, Yaml::Kind::kScalar) << text;
  }
  EXPECT_EQ(internal::QuoteIfNeeded("data/raw/train.csv"), "data/raw/train.csv");
  EXPECT_EQ(internal::QuoteIfNeeded("No"), "\"No\"");
}

}  // namespace
}  // namespace valence
