// SPDX-License-Identifier: Apache-2.0
#include "json_reader.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>

namespace valence::serving {
namespace {

TEST(JsonReader, ReadsWholeNumbersOfAnySize) {
  JsonReader reader;
  simdjson::dom::element root;
  ASSERT_FALSE(
      reader.Parse(R"({"wide":11936000000000000000000,"low":-9223372036854775809,"least":-9223372036854775808,)"
                   R"("text":"12345678901234567890123\""})",
                   &root));
  EXPECT_EQ(root["wide"].get_double().value(), 11936000000000000000000.0);
  EXPECT_EQ(root["text"].get_string().value(), "12345678901234567890123\"");
  std::int64_t integer = 0;
  EXPECT_TRUE(GetInteger(root["least"].value(), &integer));
  EXPECT_EQ(integer, std::numeric_limits<std::int64_t>::min());
  EXPECT_FALSE(GetInteger(root["low"].value(), &integer));
  EXPECT_FALSE(GetInteger(root["wide"].value(), &integer));
}

TEST(JsonReader, SaysWhereTextIsNoJsonBesideAWideNumber) {
  JsonReader reader;
  simdjson::dom::element root;
  const auto error = reader.Parse("[11936000000000000000000, 01]", &root);
  ASSERT_TRUE(error);
  EXPECT_EQ(error->message, "the body is not JSON: a number may not start with 0 at byte 27");
}

}  // namespace
}  // namespace valence::serving
