// SPDX-License-Identifier: Apache-2.0
#include "../content_coding.h"

#include <gtest/gtest.h>

#include "../base64.h"
#include "../media_type.h"

namespace valence::serving {
namespace {

TEST(ContentCoding, UnpacksWhatItPacked) {
  for (const auto& [coding, name] : {std::pair{ContentCoding::kGzip, "gzip"}, {ContentCoding::kDeflate, "deflate"}}) {
    const std::string text(5000, 'a');
    std::string packed = text;
    EXPECT_NE(Pack(coding, &packed), "");
    EXPECT_LT(packed.size(), 100u);
    std::string unpacked;
    EXPECT_FALSE(Unpack(name, packed, text.size(), &unpacked).has_value());
    EXPECT_EQ(unpacked, text);
    EXPECT_EQ(Unpack(name, packed, text.size() - 1, &unpacked)->status, 413);
    EXPECT_EQ(Unpack(name, packed.substr(0, packed.size() - 1), text.size(), &unpacked)->status, 400);
    EXPECT_EQ(Unpack(name, packed + "x", text.size(), &unpacked)->status, 400);
    EXPECT_EQ(Unpack(name, "", text.size(), &unpacked)->status, 400);
  }
}

TEST(ContentCoding, UnknownOnesAre415) {
  std::string out;
  EXPECT_EQ(Unpack("br", "x", 10, &out)->status, 415);
  EXPECT_EQ(Unpack("gzip, gzip", "x", 10, &out)->status, 415);
}

TEST(ContentCoding, AMuchPackedBodyIsNotHeldWhole) {
  std::string bomb(8u << 20, '\0');
  Pack(ContentCoding::kGzip, &bomb);
  std::string out;
  EXPECT_EQ(Unpack("gzip", bomb, 1000, &out)->status, 413);
  EXPECT_LT(out.size(), 20000u);
}

TEST(ContentCoding, IsChosenByAcceptEncoding) {
  EXPECT_EQ(ChooseCoding(""), ContentCoding::kIdentity);
  EXPECT_EQ(ChooseCoding("br, gzip"), ContentCoding::kGzip);
  EXPECT_EQ(ChooseCoding("deflate;q=0.5 ,gzip;q=0"), ContentCoding::kDeflate);
  EXPECT_EQ(ChooseCoding("gzip; q=0.001"), ContentCoding::kGzip);
  EXPECT_EQ(ChooseCoding("gzip;q=0.000"), ContentCoding::kIdentity);
  EXPECT_EQ(ChooseCoding("identity"), ContentCoding::kIdentity);
}

TEST(Base64, DecodesPaddedTextOnly) {
  EXPECT_EQ(DecodeBase64(""), "");
  EXPECT_EQ(DecodeBase64("Z29vZA=="), "good");
  EXPECT_EQ(DecodeBase64("Z29vZCE="), "good!");
  EXPECT_EQ(DecodeBase64("Zm9v"), "foo");
  for (const char* bad : {"Z", "Z29v=", "Z2=9", "Z29vZB==", "Z29-", "===="}) EXPECT_FALSE(DecodeBase64(bad)) << bad;
}

TEST(MediaType, ParametersOtherThanCharsetAreSeen) {
  EXPECT_TRUE(HasOnlyCharset("text/csv"));
  EXPECT_TRUE(HasOnlyCharset("text/csv; Charset=UTF-8"));
  EXPECT_FALSE(HasOnlyCharset("text/csv; charset=utf-8; header=present"));
  EXPECT_EQ(ParseMediaType("Text/CSV; charset=utf-8"), MediaType::kCsv);
  EXPECT_EQ(ParseMediaType("application/jsonlines"), MediaType::kJsonLines);
}

}  // namespace
}  // namespace valence::serving
