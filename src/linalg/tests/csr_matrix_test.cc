// SPDX-License-Identifier: Apache-2.0
#include "valence/linalg/csr_matrix.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "valence/linalg/parallel.h"
#include "valence/linalg/rng.h"

namespace valence::linalg {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// [1 0 2]
// [0 0 0]
// [0 3 4]
CsrMatrix Small() {
  CsrMatrix m;
  m.rows = 3;
  m.cols = 3;
  m.indptr = {0, 2, 2, 4};
  m.indices = {0, 2, 1, 2};
  m.values = {1, 2, 3, 4};
  return m;
}

CsrMatrix Random(std::int64_t rows, std::int64_t cols, std::uint32_t one_in) {
  RandomState random(11);
  CsrMatrix m;
  m.rows = rows;
  m.cols = cols;
  for (std::int64_t i = 0; i < rows; ++i) {
    for (std::int64_t j = 0; j < cols; ++j) {
      if (random.NextUint32() % one_in != 0) continue;
      m.indices.push_back(static_cast<std::int32_t>(j));
      m.values.push_back(random.NextDouble());
    }
    m.indptr.push_back(m.nnz());
  }
  return m;
}

void ExpectCorrupt(const CsrMatrix& m, const char* what) {
  const Status status = m.Validate();
  ASSERT_FALSE(status.has_value()) << what;
  EXPECT_EQ(status.error().code, ErrorCode::kDataCorrupt);
  EXPECT_THAT(status.error().message, HasSubstr(what));
}

TEST(CsrMatrix, AcceptsAValidAndAnEmptyMatrix) {
  EXPECT_TRUE(Small().Validate().has_value());
  EXPECT_TRUE(CsrMatrix{}.Validate().has_value());
}

TEST(CsrMatrix, GivesARowsColumnsAndValues) {
  const CsrMatrix m = Small();
  EXPECT_THAT(m.RowIndices(2), ElementsAre(1, 2));
  EXPECT_THAT(m.RowValues(2), ElementsAre(3, 4));
  EXPECT_TRUE(m.RowIndices(1).empty());
}

TEST(CsrMatrix, RefusesABrokenShape) {
  CsrMatrix m = Small();
  m.rows = 4;
  ExpectCorrupt(m, "indptr has 4 entries");
  m = Small();
  m.values.pop_back();
  ExpectCorrupt(m, "3 values for 4 column indices");
  m = Small();
  m.indptr.back() = 5;
  ExpectCorrupt(m, "indptr goes from 0 to 5");
  m = Small();
  m.cols = -1;
  ExpectCorrupt(m, "negative shape");
}

TEST(CsrMatrix, RefusesABrokenRowAndNamesIt) {
  CsrMatrix m = Small();
  m.indices = {2, 0, 1, 2};
  ExpectCorrupt(m, "row 0: column 0 after column 2");
  m.indices = {0, 2, 2, 2};
  ExpectCorrupt(m, "row 2: column 2 after column 2");
  m.indices = {0, 2, 1, 3};
  ExpectCorrupt(m, "row 2: column 3 is outside 0..2");
  m.indices = {-1, 2, 1, 2};
  ExpectCorrupt(m, "row 0: column -1 is outside");
  m = Small();
  m.indices = {0, 1, 2, 2};
  m.indptr = {0, 3, 2, 4};
  ExpectCorrupt(m, "row 1: indptr goes from 3 to 2");
  m.indptr = {0, 9, 9, 4};
  ExpectCorrupt(m, "row 0: indptr goes from 0 to 9");
}

TEST(Transpose, TurnsRowsIntoColumns) {
  const CsrMatrix t = Transpose(Small());
  EXPECT_EQ(t.rows, 3);
  EXPECT_THAT(t.indptr, ElementsAre(0, 1, 2, 4));
  EXPECT_THAT(t.indices, ElementsAre(0, 2, 0, 2));
  EXPECT_THAT(t.values, ElementsAre(1, 3, 2, 4));
}

TEST(Transpose, RenumbersItsRows) {
  const std::vector<std::int32_t> new_row{2, 0, 1};
  const CsrMatrix t = Transpose(Small(), new_row);
  EXPECT_THAT(t.indptr, ElementsAre(0, 1, 3, 4));  // columns 1, 2, 0
  EXPECT_THAT(t.indices, ElementsAre(2, 0, 2, 0));
  EXPECT_THAT(t.values, ElementsAre(3, 2, 4, 1));
}

TEST(Transpose, KeepsEmptyShapes) {
  CsrMatrix m;
  m.cols = 4;
  const CsrMatrix t = Transpose(m);
  EXPECT_TRUE(t.Validate().has_value());
  EXPECT_EQ(t.rows, 4);
  EXPECT_EQ(t.cols, 0);
  EXPECT_EQ(Transpose(t), m);
}

TEST(Transpose, TwiceGivesTheMatrixBackAtAnyThreadCount) {
  const CsrMatrix m = Random(2000, 500, 4);  // 250,000 entries: several pieces
  SetThreads(1);
  const CsrMatrix serial = Transpose(m);
  EXPECT_TRUE(serial.Validate().has_value());
  EXPECT_EQ(Transpose(serial), m);
  for (const int threads : {2, 5}) {
    SetThreads(threads);
    EXPECT_EQ(Transpose(m), serial);
  }
  SetThreads(0);
}

}  // namespace
}  // namespace valence::linalg
