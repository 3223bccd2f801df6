// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include "scored_samples.h"

namespace valence::evaluation {
namespace {

TEST(Slices, CutTextLengthIntoQuarters) {
  const std::vector<Slice> slices = SlicesByLength(FourDocuments());  // 10 20 30 40 bytes
  ASSERT_EQ(slices.size(), 4u);
  EXPECT_EQ(slices[0].name, "text_bytes < 20");
  EXPECT_EQ(slices[1].name, "20 <= text_bytes < 30");
  EXPECT_EQ(slices[2].name, "30 <= text_bytes < 40");
  EXPECT_EQ(slices[3].name, "text_bytes >= 40");
  EXPECT_EQ(slices[2].metrics.documents, 1u);
  EXPECT_EQ(slices[2].metrics.accuracy, 0.0);  // the third document is the wrong one
  EXPECT_EQ(slices[3].metrics.accuracy, 1.0);
}

TEST(Slices, HoldEveryDocumentOnce) {
  const Scored scored = ManyDocuments(1003);
  std::uint64_t documents = 0;
  for (const Slice& slice : SlicesByLength(scored)) documents += slice.metrics.documents;
  EXPECT_EQ(documents, 1003u);
}

TEST(Slices, LeaveOutEmptyQuarters) {
  Scored scored = FourDocuments();
  scored.text_bytes = {5, 5, 5, 5};
  const std::vector<Slice> slices = SlicesByLength(scored);
  ASSERT_EQ(slices.size(), 1u);
  EXPECT_EQ(slices[0].name, "text_bytes >= 5");
  EXPECT_EQ(slices[0].metrics.documents, 4u);
}

TEST(Slices, NeedLengths) {
  Scored scored = FourDocuments();
  scored.text_bytes.clear();
  EXPECT_TRUE(SlicesByLength(scored).empty());
}

}  // namespace
}  // namespace valence::evaluation
