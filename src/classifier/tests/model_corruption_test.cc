// SPDX-License-Identifier: Apache-2.0
// A damaged model file is refused with the section named (R14 of our reliability list), and the structural checks hold
// even where no digest would have caught the damage first.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstring>
#include <random>

#include "model_codec.h"
#include "small_bundle.h"

namespace valence::classifier {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr safetensors::ReadOptions kNoDigests{.verify_digests = false};

std::string SmallModel() {
  ModelBundle bundle = SmallBundle();
  bundle.golden_texts = {{"good", {3.125}}, {"not good film", {-1.0}}};
  return SerializeModel(bundle);
}

std::size_t HeaderBytes(const std::string& model) {
  std::uint64_t length = 0;
  std::memcpy(&length, model.data(), 8);
  return 8 + static_cast<std::size_t>(length);
}

auto NamesASection() { return AnyOf(HasSubstr("m: header"), HasSubstr("m: tensor"), HasSubstr("m: metadata")); }

TEST(CorruptModel, EveryFlippedBitIsRefused) {
  const std::string model = SmallModel();
  for (std::size_t i = 0; i < model.size(); ++i) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = model;
      damaged[i] = static_cast<char>(damaged[i] ^ (1 << bit));
      const auto read = ParseModel(damaged, "m");
      ASSERT_FALSE(read.has_value()) << "byte " << i << " bit " << bit;
      ASSERT_EQ(read.error().code, ErrorCode::kDataCorrupt);
      ASSERT_THAT(read.error().message, NamesASection());
    }
  }
}

TEST(CorruptModel, EveryTruncationIsRefused) {
  const std::string model = SmallModel();
  for (std::size_t size = 0; size < model.size(); ++size) {
    const auto read = ParseModel(std::string_view(model).substr(0, size), "m");
    ASSERT_FALSE(read.has_value()) << size << " bytes";
    ASSERT_THAT(read.error().message, NamesASection());
    ASSERT_FALSE(DecodeModel(std::string_view(model).substr(0, size), kNoDigests).has_value());
  }
}

TEST(CorruptModel, AppendedBytesAreRefused) {
  const std::string model = SmallModel() + '\0';
  EXPECT_THAT(ParseModel(model, "m").error().message, HasSubstr("m: tensor block: expected"));
}

// Without digests a flip may give another valid model (a weight's bit), but never a crash or a wild allocation.
TEST(CorruptModel, StructuralChecksStandWithoutDigests) {
  const std::string model = SmallModel();
  std::size_t refused = 0;
  for (std::size_t i = 0; i < model.size(); ++i) {
    for (const char mask : {'\x01', '\x10', '\x20', '\x40', '\x7f', '\x80', '\xff'}) {
      std::string damaged = model;
      damaged[i] = static_cast<char>(damaged[i] ^ mask);
      if (!DecodeModel(damaged, kNoDigests).has_value()) ++refused;
    }
  }
  EXPECT_GT(refused, model.size());
}

TEST(CorruptModel, RandomDamageWithoutDigestsNeverCrashes) {
  const std::string model = SmallModel();
  std::mt19937 random(20240601);
  for (int round = 0; round < 20000; ++round) {
    std::string damaged = model;
    for (int edits = 1 + static_cast<int>(random() % 4); edits > 0; --edits) {
      const std::size_t at = random() % damaged.size();
      if (random() % 4 == 0) {
        damaged.erase(at, random() % 9);
      } else {
        damaged[at] = static_cast<char>(random());
      }
      if (damaged.empty()) damaged.push_back('x');
    }
    (void)DecodeModel(damaged, kNoDigests);
  }
}

TEST(CorruptModel, HeaderOfTheLargestSizeIsStillRefusedWithoutParsing) {
  std::string bytes(8 + safetensors::kMaxHeaderBytes, '[');
  const std::uint64_t length = safetensors::kMaxHeaderBytes;
  std::memcpy(bytes.data(), &length, 8);
  EXPECT_THAT(ParseModel(bytes, "m").error().message, HasSubstr("m: header: expected to begin with"));
  EXPECT_FALSE(DecodeModel(bytes, kNoDigests).has_value());
}

TEST(CorruptModel, DamageInTheBlockNamesTheBlock) {
  std::string model = SmallModel();
  const std::size_t header = HeaderBytes(model);
  model[header] = static_cast<char>(model[header] ^ 1);
  EXPECT_THAT(ParseModel(model, "m").error().message, HasSubstr("m: tensor block: does not have the SHA-256"));
}

}  // namespace
}  // namespace valence::classifier
