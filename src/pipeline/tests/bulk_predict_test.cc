// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/bulk_predict.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <cstring>

#include "small_model.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/numbers.h"
#include "valence/data/csv.h"

namespace valence::pipeline {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

class BulkPredict : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    const TempDir dir;
    const Params params = SmallParams(dir.path());
    const Layout layout = LayoutIn(dir.path());
    const auto ingested = Ingest(params, layout, Progress::None());
    const auto preprocessed = Preprocess(params, layout, ingested->get(), Progress::None());
    const auto featurized = Featurize(params, layout, preprocessed->get(), Progress::None());
    model_ = Train(params, layout, ingested->get(), featurized->get(), Progress::None()).value().classifier;
  }
  static void TearDownTestSuite() { model_.reset(); }

  /// Feeds `input` in pieces of `piece` bytes; what was written before an error is in out_.
  Result<BulkResult> Run(std::string_view input, BulkOptions options = {}, std::size_t piece = 1 << 20) {
    out_.clear();
    const auto source = [&](char* buffer, std::size_t capacity) -> Result<std::size_t> {
      const std::size_t n = std::min({piece, capacity, input.size()});
      std::memcpy(buffer, input.data(), n);
      input.remove_prefix(n);
      return n;
    };
    const auto sink = [&](std::string_view bytes) {
      out_ += bytes;
      return Ok();
    };
    return PredictRows(*model_, options, source, sink, Progress::None());
  }

  static std::shared_ptr<const classifier::Classifier> model_;
  std::string out_;
};
std::shared_ptr<const classifier::Classifier> BulkPredict::model_;

TEST_F(BulkPredict, WritesTheInputsColumnsThenOurs) {
  const auto result = Run("n,text\n1,\"a good, lovely film\"\n2,dull\n");
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->rows, 2u);
  EXPECT_EQ(result->text_bytes, 23u);  // 19 + 4
  EXPECT_THAT(out_, StartsWith("n,text,label,score,probability_negative,probability_positive\n"
                               "1,\"a good, lovely film\",positive,"));
  EXPECT_THAT(out_, HasSubstr("\n2,dull,negative,-"));
}

TEST_F(BulkPredict, GivesTheSameBytesHoweverTheInputIsCut) {
  const std::string input = "text,n\n\"good\r\nand \"\"lovely\"\"\",1\r\nbad,2\r\n";
  ASSERT_THAT(Run(input), IsOk());
  const std::string whole = out_;
  for (const std::size_t piece : {1u, 2u, 3u, 7u}) {
    ASSERT_THAT(Run(input, {.input = RowFormat::kCsv}, piece), IsOk());
    EXPECT_EQ(out_, whole) << piece;
  }
}

TEST_F(BulkPredict, ScoresATextTheSameHoweverItIsQuoted) {
  const std::string texts[] = {"a good film", "a dull, lovely film", "good \"lovely\" dull, yes", ""};
  ASSERT_THAT(Run("text\na good film\n\"a dull, lovely film\"\n\"good \"\"lovely\"\" dull, yes\"\n\"\"\n"), IsOk());
  std::string_view out = out_;
  classifier::Classifier::Scratch scratch;
  classifier::Prediction prediction;
  for (const std::string& text : texts) {
    out.remove_prefix(out.find('\n') + 1);
    model_->Predict(text, &scratch, &prediction);
    std::string row;
    data::AppendCsvField(text, &row);
    row +=
        "," + model_->labels()[static_cast<std::size_t>(prediction.label)] + "," + FormatDouble(prediction.scores[0]);
    EXPECT_THAT(std::string(out), StartsWith(row));
  }
}

TEST_F(BulkPredict, DetectsTheFormat) {
  ASSERT_THAT(Run("{\"text\":\"good\"}\n"), IsOk());
  EXPECT_THAT(out_, HasSubstr("\ngood,positive,"));
  ASSERT_THAT(Run("just a dull line\nand a good one"), IsOk());
  EXPECT_THAT(out_, HasSubstr("\nand a good one,positive,"));
  ASSERT_THAT(Run("n\ttext\n1\tgood\n"), IsOk());
  EXPECT_THAT(out_, HasSubstr("\n1,good,positive,"));
}

TEST_F(BulkPredict, WritesJsonLinesWithTypesKept) {
  ASSERT_THAT(Run(R"({"id":7,"text":"dull","label":null})", {.output = RowFormat::kJsonl}), IsOk());
  EXPECT_THAT(out_, StartsWith(R"({"id":7,"text":"dull","input_label":null,"label":"negative","score":-)"));
  EXPECT_THAT(Json::Parse(out_), IsOk());
}

TEST_F(BulkPredict, StopsAtABadRowAfterWritingTheRowsBefore) {
  EXPECT_THAT(Run("text\ngood\nbad \xFF\n"),
              IsError(ErrorCode::kDataCorrupt, AllOf(HasSubstr("row 3"), HasSubstr("byte 4"))));
  EXPECT_THAT(out_, HasSubstr("\ngood,positive,"));
  EXPECT_THAT(Run("{\"text\":\"good\"}\n{\"text\":1}\n"), IsError(ErrorCode::kDataCorrupt, HasSubstr("row 2")));
  EXPECT_THAT(Run("text,n\ngood,1\nbad\n"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("row 3: 1 fields, the header has 2")));
  EXPECT_THAT(Run("a,b\n", {.input = RowFormat::kCsv}), IsError(ErrorCode::kDataCorrupt, HasSubstr("a, b")));
}

TEST_F(BulkPredict, AnEmptyInputHasNoRows) {
  const auto result = Run("");
  ASSERT_THAT(result, IsOk());
  EXPECT_EQ(result->rows, 0u);
}

}  // namespace
}  // namespace valence::pipeline
