// SPDX-License-Identifier: Apache-2.0
#include "valence/data/contract.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "support/matchers.h"
#include "valence/base/files.h"

namespace valence::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

TEST(Contract, ReadsEverySection) {
  const auto contract = ParseContract(
      "applies_to: {sources: [a.csv]}\n"
      "columns: {types: {text: string, id: integer}, allow_others: false}\n"
      "labels: {allowed: [bad, good], min_share: 0.4}\n"
      "rows: {min_documents: 100, max_empty_share: 0.01}\n"
      "text: {min_bytes: {p05: 10}, max_bytes: {max: 5000}, min_english_share: 0.9}\n"
      "near_duplicates: {max_leakage_share: 0}\n"
      "drift: {baseline: old.json, max_label_psi: 0.2}\n",
      "c.yaml");
  ASSERT_THAT(contract, IsOk());
  EXPECT_THAT(contract->applies_to.sources, ElementsAre("a.csv"));
  EXPECT_EQ(contract->columns.types.at("id"), "integer");
  EXPECT_FALSE(contract->columns.allow_others);
  EXPECT_THAT(contract->labels.allowed, ElementsAre("bad", "good"));
  EXPECT_EQ(contract->rows.min_documents, 100);
  EXPECT_EQ(contract->text.min_bytes.at("p05"), 10);
  EXPECT_EQ(contract->near_duplicates.max_leakage_share, 0);
  EXPECT_TRUE(contract->drift.has_rules());
}

TEST(Contract, EmptyHasNoRules) {
  const auto contract = ParseContract("# nothing yet\n", "c.yaml");
  ASSERT_THAT(contract, IsOk());
  EXPECT_FALSE(contract->drift.has_rules());
}

struct BadCase {
  const char* text;
  const char* message;
};

class BadContract : public testing::TestWithParam<BadCase> {};

TEST_P(BadContract, NamesFileAndLine) {
  EXPECT_THAT(ParseContract(GetParam().text, "c.yaml"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr(GetParam().message)));
}

INSTANTIATE_TEST_SUITE_P(
    Cases, BadContract,
    testing::Values(
        BadCase{"rows:\n  max_empty_shar: 0.1\n",
                "c.yaml:2: rows.max_empty_shar: unknown key; did you mean "
                "'max_empty_share'?"},
        BadCase{"row: {}\n", "c.yaml:1: unknown section 'row'; did you mean 'rows'?"},
        BadCase{"rows: {max_empty_share: 10%}\n",
                "c.yaml:1: rows.max_empty_share: expected a number 0 to 1, got '10%'"},
        BadCase{"labels:\n  allowed: good\n", "c.yaml:2: labels.allowed: expected a list of texts"},
        BadCase{"columns:\n  types:\n    id: int\n",
                "c.yaml:3: columns.types.id: expected one of string, integer, "
                "number, boolean, got 'int'"},
        BadCase{"text:\n  min_bytes: {p5: 1}\n", "c.yaml:2: text.min_bytes.p5: unknown quantile; known are: min, p05"},
        BadCase{"text:\n  max_bytes: {p05: -1}\n", "c.yaml:2: text.max_bytes.p05: expected bytes >= 0, got -1"},
        BadCase{"text:\n  max_bytes: {p05: .nan}\n", "c.yaml:2: text.max_bytes.p05: expected bytes >= 0"},
        BadCase{"rows: [1, 2]\n", "c.yaml:1: rows: expected a map of keys"},
        BadCase{"rows: {max_empty_share: 0.1}\nrows: {}\n", "c.yaml:2: the key 'rows' is repeated"},
        BadCase{"rows: {\n", "c.yaml:2"}, BadCase{"\xFF", "c.yaml:1: not UTF-8"},
        BadCase{"a: &a [*a, *a]\nb: !!python/object:os.system x\n", "c.yaml:"}));

TEST(Contract, NoNameIsNoContract) {
  const auto none = LoadContract("");
  ASSERT_THAT(none, IsOk());
  EXPECT_FALSE(none->has_value());
  EXPECT_THAT(LoadContract("missing/contract.yaml"),
              IsError(ErrorCode::kNotFound, HasSubstr("ingest.contract: there is no file missing/contract.yaml")));
}

TEST(Contract, MessagesShowAllDigits) {
  EXPECT_EQ(Message({"rows.max_empty_share", 0.10001, 0.1, false, "", {}}),
            "rows.max_empty_share: 0.10001 is above the limit 0.1");
  EXPECT_EQ(Message({"rows.min_documents", 7, 10, true, "", {}}), "rows.min_documents: 7.0 is below the limit 10.0");
  EXPECT_EQ(Message({"drift.max_label_psi", 0, 0.1, false, "too few", {}}), "drift.max_label_psi: not judged: too few");
}

TEST(Contract, IsDocumented) {
  const auto page = ReadFile(std::string(VALENCE_SOURCE_DIR) + "/docs/data-contract.md");
  ASSERT_THAT(page, IsOk());
  DataContract defaults;
  EXPECT_THAT(*page, testing::EndsWith(ToMarkdown(defaults.Sections())));
}

}  // namespace
}  // namespace valence::data
