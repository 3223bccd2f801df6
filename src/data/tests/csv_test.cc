// SPDX-License-Identifier: Apache-2.0
#include "valence/data/csv.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "support/matchers.h"

namespace valence::data {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

using Rows = std::vector<std::vector<std::string>>;

/// Reads `text`, fed in pieces of `piece` bytes; 0 feeds all at once.
Result<Rows> Read(std::string_view text, CsvReader::Options options = {}, std::size_t piece = 0) {
  Rows rows;
  CsvReader reader(options, [&](std::uint64_t row, const std::vector<std::string_view>& fields) -> Status {
    rows.emplace_back(fields.begin(), fields.end());
    EXPECT_EQ(row, rows.size());
    return Ok();
  });
  if (piece == 0) piece = text.size() + 1;
  for (std::size_t at = 0; at < text.size(); at += piece) VALENCE_RETURN_IF_ERROR(reader.Feed(text.substr(at, piece)));
  VALENCE_RETURN_IF_ERROR(reader.Finish());
  return rows;
}

struct Case {
  const char* name;
  std::string text;
  Rows rows;
};
void PrintTo(const Case& c, std::ostream* os) { *os << c.name; }

class CsvReaderCases : public testing::TestWithParam<Case> {};

TEST_P(CsvReaderCases, GivesTheSameRowsAtAnyPieceSize) {
  for (const std::size_t piece : {0u, 1u, 2u, 3u, 7u}) {
    EXPECT_THAT(Read(GetParam().text, {}, piece), IsOkAndHolds(GetParam().rows)) << "piece " << piece;
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rfc4180, CsvReaderCases,
    testing::Values(
        Case{"Plain", "a,b\nc,d\n", {{"a", "b"}, {"c", "d"}}},
        Case{"NoNewlineAtTheEnd", "a,b\nc,d", {{"a", "b"}, {"c", "d"}}},
        Case{"CrLf", "a,b\r\nc,d\r\n", {{"a", "b"}, {"c", "d"}}},
        Case{"MixedLineEnds", "a\r\nb\nc\rd\r", {{"a"}, {"b"}, {"c"}, {"d"}}},
        Case{"QuotedSeparatorQuoteAndNewlines", "\"a,\"\"b\"\"\",\"x\r\ny\nz\"\n", {{"a,\"b\"", "x\r\ny\nz"}}},
        Case{"EmptyFields", ",\n\"\",\"\"\n", {{"", ""}, {"", ""}}}, Case{"SeparatorAtTheEnd", "a,", {{"a", ""}}},
        Case{"EmptyLinesAreNoRows", "\n\r\na\n\n\nb\n\n", {{"a"}, {"b"}}},
        Case{"QuotedEmptyFieldIsARow", "\"\"\n", {{""}}}, Case{"Bom", "\xEF\xBB\xBF\"a\",b\n", {{"a", "b"}}},
        Case{"BomOnly", "\xEF\xBB\xBF", {}}, Case{"HalfABomIsData", "\xEF\xBB", {{"\xEF\xBB"}}},
        Case{"AlmostABomIsData", "\xEF\xBBx,\n", {{"\xEF\xBBx", ""}}},
        Case{"BomLaterIsData",
             "a\n\xEF\xBB\xBF"
             "b\n",
             {{"a"},
              {"\xEF\xBB\xBF"
               "b"}}},
        Case{"NulIsAByte", std::string("a\0b,\"\0\"\n", 8), {{std::string("a\0b", 3), std::string("\0", 1)}}},
        Case{"Empty", "", {}},
        Case{"LongPlainField",
             std::string(1000, 'x') + "," + std::string(17, 'y'),
             {{std::string(1000, 'x'), std::string(17, 'y')}}}),
    [](const auto& c) { return std::string(c.param.name); });

TEST(CsvReader, TakesAnotherSeparator) {
  EXPECT_THAT(Read("a,b\tc\n", {.separator = '\t'}), IsOkAndHolds(ElementsAre(ElementsAre("a,b", "c"))));
}

TEST(CsvReader, NamesWhereAnUnclosedQuoteOpened) {
  // Row 2 begins at byte 4; the quote is its third byte.
  EXPECT_THAT(Read("a,b\nc,\"d\n\nrest", {}, 3),
              IsError(ErrorCode::kDataCorrupt, "row 2, byte 6: a quoted field opens here and is never closed"));
}

TEST(CsvReader, RefusesAQuoteInsideAnUnquotedField) {
  EXPECT_THAT(Read("a,b\nx,5\" long\n", {}, 1),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("row 2, byte 7: a quote inside an unquoted field")));
}

TEST(CsvReader, RefusesTextAfterAClosingQuote) {
  EXPECT_THAT(Read("\"a\"b\n", {}, 1),
              IsError(ErrorCode::kDataCorrupt, "row 1, byte 3: text after the closing quote of a field"));
}

TEST(CsvReader, CountsTheBomInByteOffsets) {
  EXPECT_THAT(Read("\xEF\xBB\xBF\"a\"b\n"), IsError(ErrorCode::kDataCorrupt, HasSubstr("byte 6")));
}

TEST(CsvReader, LimitsAField) {
  const std::string huge(100u << 20, 'x');
  EXPECT_THAT(Read("a\n" + huge), IsError(ErrorCode::kDataCorrupt, HasSubstr("row 2, byte 2: a field of more than")));
  EXPECT_THAT(Read("\"" + huge, {}, 1 << 20), IsError(ErrorCode::kDataCorrupt, HasSubstr("is a quote not closed?")));
  EXPECT_THAT(Read("12345,1", {.max_field_bytes = 5}), IsOk());
  EXPECT_THAT(Read("\"1234\"\"6\"", {.max_field_bytes = 5}), IsError(ErrorCode::kDataCorrupt, HasSubstr("byte 0")));
}

TEST(CsvReader, LimitsTheFieldsOfARow) {
  EXPECT_THAT(Read("a\n" + std::string(1000000, ',')),
              IsError(ErrorCode::kDataCorrupt, "row 2: more than 4096 fields"));
  EXPECT_THAT(Read("a,b,c", {.max_fields = 3}), IsOk());
  EXPECT_THAT(Read("ab,c\nab,c", {.max_row_bytes = 3}), IsOk());
  EXPECT_THAT(Read("a\nab,cd", {.max_row_bytes = 3}),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("row 2: more than 3 bytes")));
}

TEST(CsvReader, StopsWithTheHandlersError) {
  int calls = 0;
  CsvReader reader({}, [&](std::uint64_t, const auto&) -> Status {
    ++calls;
    return NotFound("enough");
  });
  EXPECT_THAT(reader.Feed("a\nb\n"), IsError(ErrorCode::kNotFound, "enough"));
  EXPECT_EQ(calls, 1);
}

TEST(AppendCsvField, QuotesOnlyWhatMustBe) {
  const auto field = [](std::string_view text, char separator = ',') {
    std::string out;
    AppendCsvField(text, &out, separator);
    return out;
  };
  EXPECT_EQ(field("plain text; ok"), "plain text; ok");
  EXPECT_EQ(field(""), "");
  EXPECT_EQ(field("a,b"), "\"a,b\"");
  EXPECT_EQ(field("a,b", '\t'), "a,b");
  EXPECT_EQ(field("say \"hi\""), "\"say \"\"hi\"\"\"");
  EXPECT_EQ(field("a\nb"), "\"a\nb\"");
  EXPECT_EQ(field("a\rb"), "\"a\rb\"");
  EXPECT_EQ(field("sixteen bytes.. \""), "\"sixteen bytes.. \"\"\"");
}

TEST(Csv, ReadsBackWhateverItWrites) {
  std::mt19937 random(7);
  constexpr std::string_view kAlphabet("ab,\"\r\n\t \0\xC3\xA9", 11);
  for (int round = 0; round < 300; ++round) {
    Rows rows(1 + random() % 5);
    const std::size_t width = 2 + random() % 3;
    std::string text;
    for (auto& row : rows) {
      row.resize(width);
      for (std::string& field : row) {
        for (std::size_t n = random() % 40; n > 0; --n) field += kAlphabet[random() % kAlphabet.size()];
        if (&field != row.data()) text += ',';
        AppendCsvField(field, &text);
      }
      text += round % 2 == 0 ? "\n" : "\r\n";
    }
    ASSERT_THAT(Read(text, {}, 1 + random() % 50), IsOkAndHolds(rows)) << "round " << round;
  }
}

}  // namespace
}  // namespace valence::data
