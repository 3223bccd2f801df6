// SPDX-License-Identifier: Apache-2.0
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "echo_server.h"
#include "raw_client.h"

namespace valence::net {
namespace {

using ::testing::HasSubstr;

int Ask(const ServerOptions& options, const std::string& request) {
  EchoServer server(options);
  RawClient client(server.port());
  client.Send(request);
  return StatusOf(client.ReadAnswer());
}

std::string PostWith(std::string_view headers, std::string_view body = "") {
  return "POST / HTTP/1.1\r\nHost: x\r\n" + std::string(headers) + "\r\n\r\n" + std::string(body);
}

const std::string kChunked = PostWith("Transfer-Encoding: chunked");

std::string HeaderBlock(std::size_t size) {
  const std::string start = "GET / HTTP/1.1\r\nHost: x\r\nA: ";
  return start + std::string(size - start.size() - 4, 'a') + "\r\n\r\n";
}

TEST(HttpServerLimits, HeaderBlockToTheByte) {
  ServerOptions options;
  options.max_header_bytes = 2000;
  EXPECT_EQ(Ask(options, HeaderBlock(2000)), 200);
  EXPECT_EQ(Ask(options, HeaderBlock(2001)), 431);
  EXPECT_EQ(Ask(options, HeaderBlock(100000)), 431);
}

TEST(HttpServerLimits, HeaderBlockBeforeItsEndArrives) {
  ServerOptions options;
  options.max_header_bytes = 2000;
  EXPECT_EQ(Ask(options, HeaderBlock(5000).substr(0, 2000)), 431);
}

TEST(HttpServerLimits, OneHundredHeaderFields) {
  std::string request = "GET / HTTP/1.1\r\nHost: x\r\n";
  for (int i = 0; i < 99; ++i) request += "A: b\r\n";
  EXPECT_EQ(Ask({}, request + "\r\n"), 200);
  EXPECT_EQ(Ask({}, request + "A: b\r\n\r\n"), 431);
}

TEST(HttpServerLimits, TargetToTheByte) {
  ServerOptions options;
  options.max_target_bytes = 300;
  const auto get = [](std::size_t size) {
    return "GET /" + std::string(size - 1, 't') + " HTTP/1.1\r\nHost: x\r\n\r\n";
  };
  EXPECT_EQ(Ask(options, get(300)), 200);
  EXPECT_EQ(Ask(options, get(301)), 414);
  EXPECT_EQ(Ask(options, get(100000)), 414);
}

TEST(HttpServerLimits, BodyToTheByte) {
  ServerOptions options;
  options.max_body_bytes = 5000;
  const auto post = [](std::size_t size) {
    return PostWith("Content-Length: " + std::to_string(size), std::string(size, 'b'));
  };
  EXPECT_EQ(Ask(options, post(5000)), 200);
  EXPECT_EQ(Ask(options, post(5001)), 413);
}

TEST(HttpServerLimits, BodyIsRefusedBeforeItIsRead) {
  ServerOptions options;
  options.max_body_bytes = 5000;
  EXPECT_EQ(Ask(options, PostWith("Content-Length: 18446744073709551615")), 413);
  EXPECT_EQ(Ask(options, PostWith("Expect: 100-continue\r\nContent-Length: 5001")), 413);
}

TEST(HttpServerLimits, ChunkedBodyAsItAddsUp) {
  ServerOptions options;
  options.max_body_bytes = 10;
  EXPECT_EQ(Ask(options, kChunked + "5\r\nabcde\r\n5\r\nabcde\r\n0\r\n\r\n"), 200);
  EXPECT_EQ(Ask(options, kChunked + "5\r\nabcde\r\n6\r\n"), 413);
  EXPECT_EQ(Ask(options, kChunked + "7fffffffffffffff\r\n"), 413);
}

TEST(HttpServerLimits, ChunkExtensionsAreBounded) {
  EXPECT_EQ(Ask({}, kChunked + "5;" + std::string(40000, 'e')), 431);
}

TEST(HttpServerLimits, RefusalIsReadableWhileTheClientStillSends) {
  ServerOptions options;
  options.max_body_bytes = 1000;
  EchoServer server(options);
  RawClient client(server.port());
  client.Send(PostWith("Content-Length: 5000000"));
  client.Send(std::string(1000000, 'x'));
  EXPECT_EQ(StatusOf(client.ReadAnswer()), 413);
}

TEST(HttpServerLimits, UnknownExpectationIs417) { EXPECT_EQ(Ask({}, PostWith("Expect: 200-ok")), 417); }

struct Malformed {
  const char* name;
  std::string request;
};

class HttpServerMalformed : public ::testing::TestWithParam<Malformed> {};

// One 400 and an end, never two answers: what follows must not be taken for a request.
TEST_P(HttpServerMalformed, GetsOne400AndIsClosed) {
  EchoServer server({});
  RawClient client(server.port());
  client.Send(GetParam().request + "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n");
  const std::string bytes = client.ReadAll();
  EXPECT_EQ(StatusOf(bytes), 400) << bytes;
  EXPECT_EQ(CountAnswers(bytes), 1) << bytes;
  EXPECT_THAT(bytes, HasSubstr("Connection: close\r\n"));
}

const Malformed kMalformed[] = {
    {"TwoEqualLengths", PostWith("Content-Length: 3\r\nContent-Length: 3", "abc")},
    {"TwoLengths", PostWith("Content-Length: 3\r\nContent-Length: 4", "abc")},
    {"LengthList", PostWith("Content-Length: 3, 3", "abc")},
    {"LengthWithPlus", PostWith("Content-Length: +3", "abc")},
    {"LengthMinus", PostWith("Content-Length: -3", "abc")},
    {"LengthHex", PostWith("Content-Length: 0x3", "abc")},
    {"LengthEmpty", PostWith("Content-Length:", "abc")},
    {"LengthOverflow", PostWith("Content-Length: 18446744073709551616", "abc")},
    {"LengthThenChunked", PostWith("Content-Length: 3\r\nTransfer-Encoding: chunked", "0\r\n\r\n")},
    {"ChunkedThenLength", PostWith("Transfer-Encoding: chunked\r\nContent-Length: 3", "0\r\n\r\n")},
    {"TwoChunked", PostWith("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked", "0\r\n\r\n")},
    {"ChunkedTwiceInOne", PostWith("Transfer-Encoding: chunked, chunked", "0\r\n\r\n")},
    {"ChunkedNotLast", PostWith("Transfer-Encoding: chunked, gzip", "0\r\n\r\n")},
    {"Gzip", PostWith("Transfer-Encoding: gzip, chunked", "0\r\n\r\n")},
    {"Identity", PostWith("Transfer-Encoding: identity", "abc")},
    {"XChunked", PostWith("Transfer-Encoding: xchunked", "0\r\n\r\n")},
    {"QuotedChunked", PostWith("Transfer-Encoding: \"chunked\"", "0\r\n\r\n")},
    {"VerticalTabChunked", PostWith("Transfer-Encoding: \vchunked", "0\r\n\r\n")},
    {"SpaceBeforeColon", PostWith("Transfer-Encoding : chunked", "0\r\n\r\n")},
    {"FoldedLine", PostWith("Transfer-Encoding:\r\n chunked", "0\r\n\r\n")},
    {"FoldedValue", PostWith("A: b\r\n c")},
    {"BareLineFeed", "GET / HTTP/1.1\nHost: x\n\n"},
    {"BareLineFeedInHeader", "GET / HTTP/1.1\r\nHost: x\nA: b\r\n\r\n"},
    {"BareCarriageReturn", "GET / HTTP/1.1\r\nHost: x\rA: b\r\n\r\n"},
    {"NulInValue", "GET / HTTP/1.1\r\nHost: x\r\nA: " + std::string("b\0c", 3) + "\r\n\r\n"},
    {"NulInName", "GET / HTTP/1.1\r\nHost: x\r\nA" + std::string("\0", 1) + ": b\r\n\r\n"},
    {"NulInTarget", "GET /" + std::string("\0", 1) + " HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"NoColon", "GET / HTTP/1.1\r\nHost: x\r\nabc\r\n\r\n"},
    {"EmptyName", "GET / HTTP/1.1\r\nHost: x\r\n: b\r\n\r\n"},
    {"NoHost", "GET / HTTP/1.1\r\nA: b\r\n\r\n"},
    {"TwoHosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n"},
    {"BadVersion", "GET / HTTP/2.0\r\nHost: x\r\n\r\n"},
    {"LowerCaseVersion", "GET / http/1.1\r\nHost: x\r\n\r\n"},
    {"NoVersion", "GET /\r\nHost: x\r\n\r\n"},
    {"TwoSpaces", "GET  / HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"SpaceInTarget", "GET /a b HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"LeadingSpace", " GET / HTTP/1.1\r\nHost: x\r\n\r\n"},
    {"TlsHello", std::string("\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11)},
    {"Http2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"},
    {"Http10Chunked", "POST / HTTP/1.0\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"},
    {"ChunkSizeNotHex", kChunked + "g\r\nabc\r\n0\r\n\r\n"},
    {"ChunkSizeEmpty", kChunked + "\r\nabc\r\n0\r\n\r\n"},
    {"ChunkSizeMinus", kChunked + "-1\r\nabc\r\n0\r\n\r\n"},
    {"ChunkSizeOverflow", kChunked + "10000000000000003\r\nabc\r\n0\r\n\r\n"},
    {"ChunkTooLong", kChunked + "2\r\nabc\r\n0\r\n\r\n"},
    {"ChunkBareLineFeed", kChunked + "3\nabc\r\n0\r\n\r\n"},
    {"LengthInTrailer", kChunked + "0\r\nContent-Length: 5\r\n\r\n"},
    {"BadTrailer", kChunked + "0\r\nno colon\r\n\r\n"},
};

INSTANTIATE_TEST_SUITE_P(List, HttpServerMalformed, ::testing::ValuesIn(kMalformed),
                         [](const auto& test) { return test.param.name; });

}  // namespace
}  // namespace valence::net
