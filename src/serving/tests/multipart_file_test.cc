// SPDX-License-Identifier: Apache-2.0
#include "multipart_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace valence::serving {
namespace {

/// What comes out if `body` arrives in pieces of `size` bytes: "name|bytes", or "!" and the error.
std::string Read(std::string_view body, std::size_t size) {
  MultipartFile file("b");
  std::string bytes;
  while (!body.empty()) {
    const auto fault = file.Feed(body.substr(0, size), [&](std::string_view part) {
      bytes.append(part);
      return std::nullopt;
    });
    if (fault.has_value()) return "!" + fault->message;
    body.remove_prefix(std::min(size, body.size()));
  }
  if (const auto fault = file.Finish()) return "!" + fault->message;
  return file.file_name() + "|" + bytes;
}

constexpr std::string_view kBody =
    "--b\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\n\r\n"
    "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"r.jsonl\"\r\nContent-Type: x/y\r\n\r\n"
    "one\r\n--b"
    "ut not the end\r\r\n--\r\n"
    "\r\n--b--\r\nand more \r\n--b\r\n";

TEST(MultipartFile, IsTheSameHoweverItArrives) {
  const std::string whole = Read(kBody, kBody.size());
  EXPECT_EQ(whole, "r.jsonl|one");  // "--but" begins with the boundary, as RFC 2046 has it a delimiter
  for (std::size_t size = 1; size < 40; ++size) EXPECT_EQ(Read(kBody, size), whole) << size;
}

TEST(MultipartFile, KeepsLineEndsAndDashesThatAreNoDelimiter) {
  for (std::size_t size = 1; size < 20; ++size) {
    EXPECT_EQ(Read("--b\r\nX: filename=\"f\"\r\n\r\na\r\n--\r\n-b\r\n\r\n--b--", size), "f|a\r\n--\r\n-b\r\n");
  }
  EXPECT_EQ(Read("preamble\r\n--b\r\nX: filename=\"\"\r\n\r\n\r\n--b--", 100), "|");
}

TEST(MultipartFile, SaysWhatIsMissing) {
  EXPECT_EQ(Read("", 1), "!multipart/form-data: no part holds a file");
  EXPECT_EQ(Read("--b\r\nX: y\r\n\r\nz\r\n--b--", 5), "!multipart/form-data: no part holds a file");
  EXPECT_EQ(Read("--b\r\nX: filename=\"f\"\r\n\r\nz\r\n--", 5), "!multipart/form-data: the body ends within the file");
  EXPECT_EQ(Read("--b\r\n" + std::string(9000, 'x'), 100), "!multipart/form-data: the header of a part is too long");
}

TEST(MultipartBoundary, IsReadWithAndWithoutQuotes) {
  EXPECT_EQ(MultipartBoundary("multipart/form-data; boundary=abc; x=y"), "abc");
  EXPECT_EQ(MultipartBoundary("multipart/form-data; boundary=\"a b\""), "a b");
  EXPECT_EQ(MultipartBoundary("multipart/form-data"), "");
  EXPECT_EQ(MultipartBoundary("multipart/form-data; boundary=" + std::string(71, 'x')), "");
}

}  // namespace
}  // namespace valence::serving
