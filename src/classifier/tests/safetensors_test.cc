// SPDX-License-Identifier: Apache-2.0
#include "safetensors.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>

#include "valence/base/digest.h"
#include "valence/base/json.h"

namespace valence::classifier::safetensors {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr ReadOptions kNoDigests{.verify_digests = false};

std::string WithHeader(std::string_view json, std::string_view block) {
  std::string bytes(8, '\0');
  const std::uint64_t length = json.size();
  std::memcpy(bytes.data(), &length, 8);
  return bytes.append(json).append(block);
}

std::string ErrorOf(std::string_view json, std::string_view block) {
  const auto container = Read(WithHeader(json, block), kNoDigests);
  return container ? "" : container.error().message;
}

std::string Write(const Metadata& metadata, const std::vector<Tensor>& tensors) {
  std::string bytes = WriteHeader(metadata, tensors, BlockDigest(tensors));
  for (const Tensor& tensor : tensors) bytes += tensor.bytes;
  return bytes;
}

TEST(Safetensors, HeaderIsLengthThenJsonPaddedToSixtyFourBytes) {
  const std::string bytes = Write({{"format", "x"}}, {{"a", Dtype::kU8, {2, 1}, "hi"}});
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), 8);
  EXPECT_EQ((8 + length) % 64, 0u);
  EXPECT_EQ(bytes.substr(8 + length), "hi");
  const Json json = Json::Parse(bytes.substr(8, length)).value();
  EXPECT_EQ(json.Find("a")->Dump(), R"({"dtype":"U8","shape":[2,1],"data_offsets":[0,2]})");
  EXPECT_EQ(json.Find("__metadata__")->Find("sha256")->string(), Sha256Hex("hi"));
}

TEST(Safetensors, HeaderDigestTakesItsOwnDigitsAsZeros) {
  std::string header = WriteHeader({}, {}, BlockDigest({}));
  constexpr std::size_t kDigits = 8 + sizeof(R"({"__metadata__":{"header_sha256":")") - 1;
  const std::string digits = header.substr(kDigits, 64);
  header.replace(kDigits, 64, std::string(64, '0'));
  EXPECT_EQ(digits, Sha256Hex(header));
}

TEST(Safetensors, ReadsBackWhatItWrote) {
  const std::string bytes =
      Write({{"b", "2"}, {"a", "\"\n"}}, {{"x", Dtype::kU64, {1}, "12345678"}, {"y", Dtype::kU8, {0}, ""}});
  const Container container = Read(bytes).value();
  EXPECT_EQ(container.metadata.at("a"), "\"\n");
  EXPECT_EQ(container.metadata.at("b"), "2");
  ASSERT_EQ(container.tensors.size(), 2u);
  EXPECT_EQ(container.tensors[0].bytes, "12345678");
  EXPECT_THAT(container.tensors[0].shape, ElementsAre(1u));
  EXPECT_EQ(container.tensors[1].bytes, "");
}

TEST(Safetensors, RefusesATensorThatLeavesAHole) {
  EXPECT_THAT(ErrorOf(R"({"__metadata__":{},"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]}})", "xy"),
              HasSubstr("tensor a: begins at byte 1 of the block, expected 0"));
}

TEST(Safetensors, RefusesATensorPastTheEnd) {
  EXPECT_THAT(ErrorOf(R"({"__metadata__":{},"a":{"dtype":"U8","shape":[3],"data_offsets":[0,3]}})", "xy"),
              HasSubstr("tensor a: ends at byte 3 of a block of 2"));
}

TEST(Safetensors, RefusesBytesAfterTheLastTensor) {
  EXPECT_THAT(ErrorOf(R"({"__metadata__":{},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", "xy"),
              HasSubstr("tensor block: expected 1 bytes, found 2"));
}

TEST(Safetensors, RefusesAShapeWhoseSizeOverflows) {
  EXPECT_THAT(
      ErrorOf(R"({"__metadata__":{},"a":{"dtype":"F64","shape":[4611686018427387904,8],"data_offsets":[0,0]}})", ""),
      HasSubstr("tensor a: shape and data_offsets disagree"));
}

TEST(Safetensors, RefusesNegativeOffsets) {
  EXPECT_THAT(ErrorOf(R"({"__metadata__":{},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,-1]}})", "x"),
              HasSubstr("tensor a: data_offsets: expected whole numbers from 0"));
}

TEST(Safetensors, RefusesAHeaderLengthBeyondTheFileOrTheLimit) {
  EXPECT_THAT(Read(std::string("\x05\0\0\0\0\0\0\0abc", 11)).error().message,
              HasSubstr("header: expected 5 bytes, found 3"));
  EXPECT_THAT(Read(std::string(8, '\xff')).error().message, HasSubstr("header length: 18446744073709551615 bytes"));
}

TEST(Safetensors, RefusesAnotherProgramsFile) {
  EXPECT_THAT(Read(WithHeader(R"({"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}})", "")).error().message,
              HasSubstr("header: expected to begin with"));
}

}  // namespace
}  // namespace valence::classifier::safetensors
