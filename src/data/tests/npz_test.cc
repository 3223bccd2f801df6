// SPDX-License-Identifier: Apache-2.0
#include "valence/data/npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <limits>
#include <string>

#include "archive_reader.h"
#include "npy_format.h"
#include "support/matchers.h"
#include "support/temp_dir.h"
#include "valence/base/files.h"
#include "zip_writer.h"

namespace valence::data {
namespace {

using internal::NpyHeader;
using testing::ElementsAre;
using testing::HasSubstr;

/// [[0, 1.5], [2, 0], [0, 0]]
linalg::CsrMatrix Small() { return {3, 2, {0, 1, 2, 2}, {1, 0}, {1.5, 2.0}}; }

template <class T>
std::string Npy(std::string_view dtype, const std::vector<T>& values) {
  return NpyHeader(dtype, {values.size()}) +
         std::string(reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T));
}

class NpzTest : public testing::Test {
 protected:
  using Members = std::vector<std::pair<std::string, std::string>>;

  static Members SmallMembers() {
    return {{"indices.npy", Npy<std::int32_t>("<i4", {1, 0})},
            {"indptr.npy", Npy<std::int32_t>("<i4", {0, 1, 2, 2})},
            {"format.npy", NpyHeader("|S3", {}) + "csr"},
            {"shape.npy", Npy<std::int64_t>("<i8", {3, 2})},
            {"data.npy", Npy<double>("<f8", {1.5, 2.0})}};
  }
  /// Reads a zip of Small()'s members, with one replaced ("" leaves it out).
  Result<linalg::CsrMatrix> ReadWith(const std::string& name, const std::string& bytes) {
    Result<AtomicFile> file = AtomicFile::Create(path_);
    internal::ZipWriter zip(&*file);
    for (const auto& [member, content] : SmallMembers()) {
      const std::string& used = member == name ? bytes : content;
      if (used.empty()) continue;
      EXPECT_THAT(zip.Add(member, {used}), IsOk());
    }
    EXPECT_THAT(zip.Finish(), IsOk());
    EXPECT_THAT(file->Commit(), IsOk());
    return ReadNpz(path_);
  }
  TempDir folder_;
  std::filesystem::path path_ = folder_ / "m.npz";
};

TEST_F(NpzTest, ReadsBackWhatItWrote) {
  for (const linalg::CsrMatrix& m : {Small(), linalg::CsrMatrix{}, linalg::CsrMatrix{1, 5, {0, 0}, {}, {}}}) {
    ASSERT_THAT(WriteNpz(path_, m), IsOk());
    EXPECT_THAT(ReadNpz(path_), IsOkAndHolds(m));
  }
}

TEST_F(NpzTest, SameMatrixSameBytes) {
  ASSERT_THAT(WriteNpz(path_, Small()), IsOk());
  const std::string first = ReadFile(path_).value();
  ASSERT_THAT(WriteNpz(path_, Small()), IsOk());
  EXPECT_EQ(ReadFile(path_).value(), first);
}

TEST_F(NpzTest, TakesNarrowIndexTypes) { EXPECT_THAT(ReadWith("", ""), IsOkAndHolds(Small())); }

TEST_F(NpzTest, TakesWideIndicesThatFit) {
  EXPECT_THAT(ReadWith("indices.npy", Npy<std::int64_t>("<i8", {1, 0})), IsOkAndHolds(Small()));
  EXPECT_THAT(ReadWith("indices.npy", Npy<std::int64_t>("<i8", {1, std::int64_t{1} << 40})),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("m.npz(indices.npy): value 1099511627776 at 1 does not fit")));
}

TEST_F(NpzTest, ChecksTheMatrix) {
  EXPECT_THAT(ReadWith("indices.npy", Npy<std::int32_t>("<i4", {7, 0})),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("m.npz")));
  EXPECT_THAT(ReadWith("indices.npy", Npy<std::int32_t>("<i4", {-1, 0})),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("m.npz")));
  EXPECT_THAT(ReadWith("indptr.npy", Npy<std::int32_t>("<i4", {0, 9, 1, 2})),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("m.npz")));
  EXPECT_THAT(ReadWith("shape.npy", Npy<std::int64_t>("<i8", {std::int64_t{1} << 60, 2})),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("m.npz")));
  EXPECT_THAT(ReadWith("shape.npy", Npy<std::int64_t>("<i8", {-3, 2})),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("m.npz")));
}

TEST_F(NpzTest, RefusesOtherFormatsAndDtypes) {
  EXPECT_THAT(ReadWith("format.npy", NpyHeader("|S3", {}) + "csc"),
              IsError(ErrorCode::kUnimplemented, HasSubstr("'csc'")));
  EXPECT_THAT(ReadWith("data.npy", NpyHeader("<c8", {2}) + std::string(16, 'x')),
              IsError(ErrorCode::kUnimplemented, HasSubstr("m.npz(data.npy): dtype <c8")));
  EXPECT_THAT(ReadWith("data.npy", NpyHeader("|O", {2})), IsError(ErrorCode::kUnimplemented, HasSubstr("dtype |O")));
}

TEST_F(NpzTest, NamesAMissingMember) {
  EXPECT_THAT(ReadWith("data.npy", ""), IsError(ErrorCode::kDataCorrupt, HasSubstr("m.npz: no member data.npy")));
}

TEST_F(NpzTest, RefusesAShapeLargerThanTheBytes) {
  const std::string lie = NpyHeader("<f8", {std::uint64_t{1} << 61}) + std::string(16, '\0');
  EXPECT_THAT(ReadWith("data.npy", lie), IsError(ErrorCode::kDataCorrupt, HasSubstr("m.npz(data.npy)")));
  const std::string cut = NpyHeader("<f8", {2}) + std::string(15, '\0');
  EXPECT_THAT(ReadWith("data.npy", cut), IsError(ErrorCode::kDataCorrupt, HasSubstr("do not make the 15 bytes")));
}

/// Without WriteFile's fsync: there are hundreds of them.
void WriteQuickly(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream(path, std::ios::binary) << bytes;
}

TEST_F(NpzTest, RefusesTruncations) {
  ASSERT_THAT(WriteNpz(path_, Small()), IsOk());
  const std::string good = ReadFile(path_).value();
  for (std::size_t size = 0; size < good.size(); size += 7) {
    WriteQuickly(path_, good.substr(0, size));
    EXPECT_FALSE(ReadNpz(path_).has_value()) << "cut to " << size;
  }
}

TEST_F(NpzTest, GivesTheMatrixOrAnErrorForFlippedBits) {
  ASSERT_THAT(WriteNpz(path_, Small()), IsOk());
  const std::string good = ReadFile(path_).value();
  for (std::size_t at = 0; at < good.size(); at += 3) {
    std::string bad = good;
    bad[at] = static_cast<char>(bad[at] ^ (1 << at % 8));
    WriteQuickly(path_, bad);
    const auto got = ReadNpz(path_);
    // Dates and attributes carry no meaning; everything else must be noticed.
    EXPECT_TRUE(!got.has_value() || *got == Small()) << "byte " << at;
  }
}

TEST_F(NpzTest, NoticesAFlippedValueByItsCrc) {
  ASSERT_THAT(WriteNpz(path_, Small()), IsOk());
  std::string bytes = ReadFile(path_).value();
  const double wanted = 1.5;
  const std::size_t at = bytes.find(std::string(reinterpret_cast<const char*>(&wanted), 8));
  ASSERT_NE(at, std::string::npos);
  bytes[at] ^= 1;
  ASSERT_THAT(WriteFile(path_, bytes), IsOk());
  EXPECT_THAT(ReadNpz(path_), IsError(ErrorCode::kDataCorrupt, HasSubstr("CRC")));
}

TEST_F(NpzTest, Zip64DirectoriesReadBack) {
  Result<AtomicFile> file = AtomicFile::Create(path_);
  internal::ZipWriter zip(&*file, 10);  // as if 2 GiB were 10 bytes
  for (const auto& [member, content] : SmallMembers()) ASSERT_THAT(zip.Add(member, {content}), IsOk());
  ASSERT_THAT(zip.Finish(), IsOk());
  ASSERT_THAT(file->Commit(), IsOk());
  EXPECT_THAT(ReadNpz(path_), IsOkAndHolds(Small()));
}

TEST_F(NpzTest, ErrorsNameTheFile) {
  EXPECT_THAT(ReadNpz(folder_ / "none.npz"), IsError(ErrorCode::kNotFound, HasSubstr("none.npz")));
  ASSERT_THAT(WriteFile(path_, ""), IsOk());
  EXPECT_THAT(ReadNpz(path_), IsError(ErrorCode::kDataCorrupt, HasSubstr("m.npz")));
  ASSERT_THAT(WriteFile(path_, "hello, I am no zip"), IsOk());
  EXPECT_THAT(ReadNpz(path_), IsError(ErrorCode::kDataCorrupt, HasSubstr("m.npz")));
}

TEST_F(NpzTest, NpyReadsBackWhatItWrote) {
  const std::vector<std::int32_t> ints{1, -2, std::numeric_limits<std::int32_t>::max()};
  ASSERT_THAT(WriteNpy(path_, ints), IsOk());
  EXPECT_THAT(ReadNpyInt32(path_), IsOkAndHolds(ints));
  EXPECT_THAT(ReadNpyDouble(path_), IsOkAndHolds(ElementsAre(1.0, -2.0, 2147483647.0)));
  const std::vector<double> doubles{0.1, -1e300};
  ASSERT_THAT(WriteNpy(path_, doubles), IsOk());
  EXPECT_THAT(ReadNpyDouble(path_), IsOkAndHolds(doubles));
  EXPECT_THAT(ReadNpyInt32(path_), IsError(ErrorCode::kUnimplemented, HasSubstr("m.npz: dtype <f8")));
}

TEST(NpyHeader, IsAlignedAndLeavesRoomToGrow) {
  // 10 bytes before the dict, "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), }" (57), 20 spaces for growth;
  // with padding and newline 128.
  const std::string header = NpyHeader("<i4", {2});
  EXPECT_EQ(header.size(), 128u);
  EXPECT_EQ(header.substr(0, 10), std::string("\x93NUMPY\x01\x00v\x00", 10));
  EXPECT_EQ(header.substr(10, 58), "{'descr': '<i4', 'fortran_order': False, 'shape': (2,), } ");
  EXPECT_EQ(header.back(), '\n');
}

TEST(ParseNpy, RefusesWhatIsNoNpy) {
  EXPECT_THAT(internal::ParseNpy(""), IsError(ErrorCode::kDataCorrupt, "not a .npy file"));
  EXPECT_THAT(internal::ParseNpy(std::string("\x93NUMPY\x01\x00\xFF\xFF{}", 12)),
              IsError(ErrorCode::kDataCorrupt, "cut short in the header"));
  EXPECT_THAT(internal::ParseNpy(std::string("\x93NUMPY\x09\x00\x02\x00{}", 12)),
              IsError(ErrorCode::kUnimplemented, ".npy version 9"));
  EXPECT_THAT(internal::ParseNpy(std::string("\x93NUMPY\x01\x00\x02\x00{}", 12)),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("dtype")));
  EXPECT_THAT(internal::ParseNpy(NpyHeader("<f8", {1}).replace(15, 8, "'shape':") + "12345678"),
              IsError(ErrorCode::kDataCorrupt, HasSubstr("dtype")));
}

}  // namespace
}  // namespace valence::data
