// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "valence/base/config.h"
#include "valence/data/ingest.h"

namespace valence::data {
namespace {

using testing::HasSubstr;

std::vector<ConfigSection> Bind(IngestConfig* config) {
  return {{"ingest", "Where the data comes from.", [config](FieldVisitor& v) { config->Describe(v); }}};
}

TEST(IngestConfig, ReadsBackWhatItWritesAsYaml) {
  IngestConfig written;
  written.source = "reviews.csv";
  written.labels = {{"0", "negative"}, {"1", "positive"}};
  written.test_share = 0.25;
  written.max_text_bytes = 1000;
  IngestConfig read;
  ASSERT_THAT(ApplyYamlFile(Bind(&read), ToYaml(Bind(&written), Bind(&written)), "params.yaml"), IsOk());
  EXPECT_EQ(read, written);
}

TEST(IngestConfig, DefaultsAreWithinTheirRanges) {
  IngestConfig defaults;
  IngestConfig read;
  ASSERT_THAT(ApplyYamlFile(Bind(&read), ToYaml(Bind(&defaults), Bind(&defaults)), "params.yaml"), IsOk());
  EXPECT_EQ(read, defaults);
}

TEST(IngestConfig, RefusesWhatCannotWork) {
  for (const char* wrong : {"ingest.test_share=0", "ingest.test_share=0.95", "ingest.seed=-1", "ingest.encoding=utf-16",
                            "ingest.format=parquet", "ingest.max_rejected_share=1.5", "ingest.max_text_bytes=0"}) {
    IngestConfig config;
    EXPECT_THAT(ApplyOverride(Bind(&config), wrong), IsError(ErrorCode::kInvalidArgument, HasSubstr("ingest")))
        << wrong;
  }
}

}  // namespace
}  // namespace valence::data
