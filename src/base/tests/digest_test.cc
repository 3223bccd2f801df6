// SPDX-License-Identifier: Apache-2.0
#include "valence/base/digest.h"

#include <gtest/gtest.h>

namespace valence {
namespace {

// Test vectors of FIPS 180-4 (SHA) and RFC 4648, section 10 (base64).
constexpr std::string_view kSha256OfAbc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kSha512OfAbc =
    "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f";

TEST(Sha256Hex, MatchesTheStandardsVectors) {
  EXPECT_EQ(Sha256Hex("abc"), kSha256OfAbc);
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

TEST(Digest, PiecesGiveTheSameAsTheWhole) {
  Digest digest(Digest::Algorithm::kSha512);
  digest.Update("a");
  digest.Update("");
  digest.Update("bc");
  EXPECT_EQ(ToHex(digest.Finish()), kSha512OfAbc);
}

TEST(HmacSha256, MatchesRfc4231) {
  EXPECT_EQ(ToHex(HmacSha256(std::string(20, '\x0b'), "Hi There")),
            "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
  EXPECT_EQ(ToHex(HmacSha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(ToHex(HmacSha256(std::string(131, '\xaa'), "Test Using Larger Than Block-Size Key - Hash Key First")),
            "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST(ToHex, KeepsHighAndZeroBytes) { EXPECT_EQ(ToHex(std::string_view("\x00\xff\x0a", 3)), "00ff0a"); }

TEST(ToBase64, MatchesTheStandardsVectors) {
  EXPECT_EQ(ToBase64(""), "");
  EXPECT_EQ(ToBase64("f"), "Zg==");
  EXPECT_EQ(ToBase64("fo"), "Zm8=");
  EXPECT_EQ(ToBase64("foo"), "Zm9v");
  EXPECT_EQ(ToBase64("foobar"), "Zm9vYmFy");
}

TEST(ToBase64, LongInputHasNoPaddingInside) {
  const std::string text = ToBase64(std::string(1'000'000, '\xFF'));  // 1,000,000 = 3 * 333,333 + 1
  EXPECT_EQ(text.size(), 4u * 333'334u);
  EXPECT_EQ(text.find('='), text.size() - 2);
  EXPECT_EQ(text.substr(text.size() - 4), "/w==");
}

}  // namespace
}  // namespace valence
