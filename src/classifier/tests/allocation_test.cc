// SPDX-License-Identifier: Apache-2.0
// Replaces this test binary's operator new to count: a warm Predict or Explain must not allocate.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <random>

#include "fitted_bundle.h"
#include "valence/classifier/classifier.h"
#include "valence/text/preprocess_config.h"

namespace {
std::atomic<std::size_t> allocations{0};

void* CountedAllocate(std::size_t size) {
  ++allocations;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc();
}
}  // namespace

void* operator new(std::size_t size) { return CountedAllocate(size); }
void* operator new[](std::size_t size) { return CountedAllocate(size); }
// The sanitizers have their own of these, which must not meet our delete.
void* operator new(std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept { return std::malloc(size == 0 ? 1 : size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, std::size_t) noexcept { std::free(memory); }

namespace valence::classifier {
namespace {

// Reviews as people write them. The tokeniser may allocate for rarer things (a capital sigma, a URL inside a tag).
std::vector<std::string> Reviews() {
  static constexpr const char* kPieces[] = {
      "good",         "films", "the ",      "not ", "It's", " caf\xC3\xA9 ",
      "<br /><br />", "1999 ", "best-ever", "!",    ", ",   " a much longer word: unbelievability "};
  std::mt19937 random(5);
  std::vector<std::string> reviews(300);
  for (std::string& review : reviews) {
    for (std::size_t pieces = random() % 200; pieces > 0; --pieces) {
      review += kPieces[random() % std::size(kPieces)];
      review += ' ';
    }
  }
  return reviews;
}

class WarmScoring : public testing::TestWithParam<const char*> {};

TEST_P(WarmScoring, DoesNotAllocate) {
  text::PreprocessConfig preset;
  preset.preset = GetParam();
  const auto texts = Reviews();
  const auto classifier = Classifier::Make(FittedBundle(texts, text::ResolveSteps(preset).value(), {})).value();
  ASSERT_TRUE(classifier->compiled());
  Classifier::Scratch scratch;
  Prediction prediction;
  const auto score_all = [&] {
    for (const std::string& text : texts) {
      classifier->Predict(text, &scratch, &prediction);
      classifier->Explain(text, &scratch, &prediction);
    }
  };
  score_all();
  const std::size_t before = allocations;
  score_all();
  EXPECT_EQ(allocations - before, 0u);
}

INSTANTIATE_TEST_SUITE_P(Presets, WarmScoring, testing::Values("none", "best", "seed"),
                         [](const auto& test) { return std::string(test.param); });

}  // namespace
}  // namespace valence::classifier
