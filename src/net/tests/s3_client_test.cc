// SPDX-License-Identifier: Apache-2.0
#include "valence/net/s3_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>

#include "support/matchers.h"
#include "support/temp_dir.h"
#include "support/test_server.h"
#include "valence/base/digest.h"
#include "valence/base/files.h"

namespace valence::net {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

std::string ErrorXml(const std::string& code, const std::string& more = "") {
  return "<Error><Code>" + code + "</Code><Message>words of S3</Message>" + more + "</Error>";
}

/// A part of S3 that holds one object, and answers Range and If-Match.
struct OneObject {
  std::string body;
  std::string etag = "\"v1\"";
  std::string headers = {};

  Reply operator()(int, const std::string& request) const {
    const std::string common = "ETag: " + etag + "\r\n" + headers;
    if (request.compare(0, 5, "HEAD ") == 0) {
      return {"HTTP/1.1 200 OK\r\nContent-Length: " + std::to_string(body.size()) + "\r\n" + common + "\r\n", false,
              true};
    }
    const std::size_t at = request.find("Range: bytes=") + 13;
    const std::size_t begin = std::stoul(request.substr(at));
    const std::size_t end = std::stoul(request.substr(request.find('-', at) + 1));
    return MakeKeptReply("206 Partial Content", body.substr(begin, end - begin + 1), common);
  }
};

class S3ClientTest : public testing::Test {
 protected:
  S3ClientTest() {
    variables_ = {{"AWS_ACCESS_KEY_ID", "AKID"},
                  {"AWS_SECRET_ACCESS_KEY", "very-secret"},
                  {"AWS_REGION", "eu-west-1"},
                  {"AWS_MAX_ATTEMPTS", "3"},
                  {"AWS_EC2_METADATA_DISABLED", "true"}};
    options_.http.retry.first_pause = std::chrono::milliseconds(1);
    options_.part_bytes = 1000;
    options_.multipart_bytes = 3000;
    ::setenv("no_proxy", "127.0.0.1", 1);
  }
  S3Client Client(const TestServer& server) {
    variables_["AWS_ENDPOINT_URL"] = server.Url("");
    return *S3Client::FromEnvironment(
        [this](const std::string& name) {
          const auto found = variables_.find(name);
          return found == variables_.end() ? std::string() : found->second;
        },
        options_);
  }
  Result<S3ObjectInfo> Get(const TestServer& server) {
    return Client(server).Get({"bkt", "a/key"}, path(), Progress::None());
  }
  std::filesystem::path path() const { return folder_ / "file"; }

  TempDir folder_;
  std::map<std::string, std::string> variables_;
  S3Options options_;
};

std::string Numbers(std::size_t size) {
  std::string text;
  for (int i = 0; text.size() < size; ++i) text += std::to_string(i) + ",";
  return text.substr(0, size);
}

TEST(ParseS3Uri, TakesTheKeyByteForByte) {
  const auto uri = ParseS3Uri("s3://my-bucket/a b/%20?x=1#é//..");
  ASSERT_THAT(uri, IsOk());
  EXPECT_EQ(uri->bucket, "my-bucket");
  EXPECT_EQ(uri->key, "a b/%20?x=1#é//..");
  EXPECT_EQ(uri->ToString(), "s3://my-bucket/a b/%20?x=1#é//..");
  EXPECT_EQ(ParseS3Uri("s3://my-bucket")->key, "");
}

TEST(ParseS3Uri, RefusesOtherAddressesAndBuckets) {
  for (const char* text : {"http://b/k", "s3:/bkt/k", "s3://", "s3:///k", "s3://ab/k", "s3://a..b/k", "s3://-ab/k",
                           "s3://a:b@c/k", "s3://arn:aws:s3:x/k", "s3://b%20k/k"}) {
    EXPECT_FALSE(ParseS3Uri(text).has_value()) << text;
  }
  EXPECT_FALSE(ParseS3Uri("s3://bkt/" + std::string(1025, 'k')).has_value());
}

TEST_F(S3ClientTest, GetsRangesOfOneVersion) {
  const OneObject object{Numbers(4321)};
  TestServer server(object);
  const auto got = Get(server);
  ASSERT_THAT(got, IsOk());
  EXPECT_EQ(got->size, 4321u);
  EXPECT_THAT(ReadFile(path()), IsOkAndHolds(object.body));
  std::vector<std::string> requests = server.requests();
  ASSERT_EQ(requests.size(), 5u);  // HEAD and four ranges of 1081 bytes
  EXPECT_THAT(requests[0], AllOf(StartsWith("HEAD /bkt/a/key HTTP/1.1\r\n"),
                                 HasSubstr("Authorization: AWS4-HMAC-SHA256 Credential=AKID/"),
                                 HasSubstr("/eu-west-1/s3/aws4_request"), Not(HasSubstr("very-secret"))));
  for (std::size_t i = 1; i < requests.size(); ++i) EXPECT_THAT(requests[i], HasSubstr("If-Match: \"v1\"\r\n"));
  EXPECT_THAT(requests, testing::Contains(HasSubstr("Range: bytes=3243-4320\r\n")));
  EXPECT_LE(server.connections(), 5);
}

TEST_F(S3ClientTest, GetsAnEmptyObject) {
  TestServer server(OneObject{""});
  ASSERT_THAT(Get(server), IsOk());
  EXPECT_THAT(ReadFile(path()), IsOkAndHolds(""));
}

TEST_F(S3ClientTest, ChecksTheWholeObjectsChecksum) {
  OneObject object{"123456789", "\"v1\"", "x-amz-checksum-crc32: y/Q5Jg==\r\n"};  // its CRC-32 is CBF43926
  options_.part_bytes = 4;
  TestServer good(object);
  EXPECT_EQ(Get(good)->checksum_algorithm, "crc32");
  object.body = "123456780";
  TestServer bad(object);
  ASSERT_THAT(WriteFile(path(), "old"), IsOk());
  EXPECT_THAT(Get(bad), IsError(ErrorCode::kDataCorrupt, StartsWith("s3://bkt/a/key: expected crc32 y/Q5Jg==, got ")));
  EXPECT_THAT(ReadFile(path()), IsOkAndHolds("old"));
}

TEST_F(S3ClientTest, ChecksTheDigestThatPutStored) {
  OneObject object{"123456789", "\"v1-2\"", "x-amz-meta-sha256: " + Sha256Hex("123456789") + "\r\n"};
  TestServer good(object);
  EXPECT_EQ(Get(good)->sha256, Sha256Hex("123456789"));
  object.body = "x23456789";
  TestServer bad(object);
  EXPECT_THAT(Get(bad), IsError(ErrorCode::kDataCorrupt, HasSubstr("expected sha256 15e2b0d3")));
}

TEST_F(S3ClientTest, AChecksumOfChecksumsIsNoneOfTheBytes) {
  for (const char* headers : {"x-amz-checksum-crc32: AAAAAA==-3\r\nx-amz-checksum-type: COMPOSITE\r\n",
                              "x-amz-checksum-crc32: AAAAAA==\r\n"}) {
    TestServer server(OneObject{"data", "\"v-3\"", headers});
    const auto got = Get(server);
    ASSERT_THAT(got, IsOk());
    EXPECT_EQ(got->checksum_algorithm, "");
  }
}

TEST_F(S3ClientTest, RepeatsADroppedRange) {
  const OneObject object{Numbers(900)};
  TestServer server([&](int n, const std::string& request) {
    Reply reply = object(n, request);
    if (n == 1) reply = {reply.bytes.substr(0, reply.bytes.size() - 100), false, false};
    return reply;
  });
  ASSERT_THAT(Get(server), IsOk());
  EXPECT_THAT(ReadFile(path()), IsOkAndHolds(object.body));
  EXPECT_EQ(server.requests().size(), 3u);
}

TEST_F(S3ClientTest, FindsATruncatedObject) {
  const OneObject object{Numbers(900)};
  TestServer server([&](int n, const std::string& request) {
    return n == 0 ? object(n, request) : MakeKeptReply("206 Partial", object.body.substr(0, 700), "ETag: \"v1\"\r\n");
  });
  EXPECT_THAT(Get(server),
              IsError(ErrorCode::kDataCorrupt, "s3://bkt/a/key: 700 bytes in place of 900: the object is truncated"));
  EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(S3ClientTest, FindsAnotherVersion) {
  const OneObject object{Numbers(900)};
  TestServer changed([&](int n, const std::string& request) {
    return OneObject{object.body, n == 0 ? "\"v1\"" : "\"v2\""}(n, request);
  });
  EXPECT_THAT(Get(changed), IsError(ErrorCode::kConflict, HasSubstr("changed while it was read (ETag \"v1\" became")));
  TestServer refused([&](int n, const std::string& request) {
    return n == 0 ? object(n, request) : MakeKeptReply("412 No", ErrorXml("PreconditionFailed"));
  });
  EXPECT_THAT(Get(refused), IsError(ErrorCode::kConflict, HasSubstr("(PreconditionFailed, HTTP 412)")));
}

TEST_F(S3ClientTest, FindsAServerThatKnowsNoRanges) {
  TestServer server([&](int n, const std::string& request) {
    const OneObject object{Numbers(2500)};
    return n == 0 ? object(n, request) : MakeKeptReply("200 OK", object.body, "ETag: \"v1\"\r\n");
  });
  EXPECT_THAT(Get(server), IsError(ErrorCode::kDataCorrupt, HasSubstr("more than the ")));
}

struct Refusal {
  const char* status;
  const char* code;
  ErrorCode kind;
  const char* message;
};

TEST_F(S3ClientTest, SaysWhatARefusalMeans) {
  const Refusal cases[] = {
      {"404 N", "NoSuchKey", ErrorCode::kNotFound, "there is no such object (NoSuchKey, HTTP 404)"},
      {"404 N", "NoSuchBucket", ErrorCode::kNotFound, "there is no such bucket"},
      {"404 N", "", ErrorCode::kNotFound, "there is no such object"},
      {"403 F", "AccessDenied", ErrorCode::kUnavailable, "access denied; the credentials in use need"},
      {"403 F", "", ErrorCode::kUnavailable, "access denied"},
      {"400 B", "ExpiredToken", ErrorCode::kUnavailable, "the credentials have expired; sign in again"},
      {"403 F", "InvalidAccessKeyId", ErrorCode::kUnavailable, "check AWS_ACCESS_KEY_ID"},
      {"403 F", "SignatureDoesNotMatch", ErrorCode::kUnavailable, "check AWS_SECRET_ACCESS_KEY"},
      {"403 F", "RequestTimeTooSkewed", ErrorCode::kUnavailable, "set this machine's clock"},
      {"301 M", "PermanentRedirect", ErrorCode::kUnavailable, "the bucket is in another region; set AWS_REGION"},
      {"418 T", "Teapot", ErrorCode::kUnavailable, "words of S3 (Teapot, HTTP 418)"},
      {"503 S", "SlowDown", ErrorCode::kUnavailable, "words of S3 (SlowDown, HTTP 503)"}};
  for (const Refusal& c : cases) {
    TestServer server([&](int, const std::string& request) {
      const bool has_body = request.compare(0, 4, "HEAD") != 0 && *c.code != '\0';
      return Reply{MakeReply(c.status, has_body ? ErrorXml(c.code) : "")};
    });
    const auto got = Get(server);
    EXPECT_THAT(got, IsError(c.kind, AllOf(StartsWith("s3://bkt/a/key: "), HasSubstr(c.message))));
    EXPECT_THAT(got.error().message, Not(HasSubstr("very-secret")));
  }
}

TEST_F(S3ClientTest, FollowsABucketToItsRegionOnce) {
  const OneObject object{"data"};
  TestServer server([&](int n, const std::string& request) {
    if (request.find("/us-west-2/s3/") != std::string::npos) return object(n, request);
    return Reply{MakeReply("400 Bad", "", "x-amz-bucket-region: us-west-2\r\n")};
  });
  S3Client client = Client(server);
  ASSERT_THAT(client.Get({"bkt", "k"}, path(), Progress::None()), IsOk());
  ASSERT_THAT(client.Head({"bkt", "k"}), IsOk());
  EXPECT_EQ(server.requests().size(), 4u);  // one wrong HEAD, then HEAD, GET, HEAD
}

TEST_F(S3ClientTest, LearnsTheRegionFromABodyThatAHeadDoesNotHave) {
  const OneObject object{"data"};
  TestServer server([&](int n, const std::string& request) {
    if (request.find("/us-west-2/s3/") != std::string::npos) return object(n, request);
    const std::string xml = ErrorXml("AuthorizationHeaderMalformed", "<Region>us-west-2</Region>");
    return Reply{MakeReply("400 Bad", request.compare(0, 4, "HEAD") == 0 ? "" : xml)};
  });
  EXPECT_THAT(Get(server), IsOk());
}

TEST_F(S3ClientTest, RenewsExpiredCredentialsOnce) {
  variables_.erase("AWS_ACCESS_KEY_ID");
  variables_.erase("AWS_SECRET_ACCESS_KEY");
  TestServer agent([](int n, const std::string&) {
    return Reply{MakeReply(
        "200 OK", "{\"AccessKeyId\":\"K" + std::to_string(n) + "\",\"SecretAccessKey\":\"S\",\"Token\":\"T\"}")};
  });
  variables_["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = agent.Url("/");
  TestServer server([&](int, const std::string& request) {
    const bool is_new = request.find("Credential=K1/") != std::string::npos;
    return Reply{is_new ? MakeReply("204 No Content", "") : MakeReply("400 Bad", ErrorXml("ExpiredToken"))};
  });
  EXPECT_THAT(Client(server).Delete({"bkt", "k"}), IsOk());
  EXPECT_EQ(server.requests().size(), 2u);
}

TEST_F(S3ClientTest, SaysThatThereAreNoCredentials) {
  variables_.erase("AWS_ACCESS_KEY_ID");
  variables_.erase("AWS_SECRET_ACCESS_KEY");
  TestServer server(OneObject{"data"});
  EXPECT_THAT(Get(server), IsError(ErrorCode::kNotFound, StartsWith("s3://bkt/a/key: no AWS credentials: neither ")));
}

TEST_F(S3ClientTest, AddressesByVirtualHost) {
  variables_["AWS_S3_ADDRESSING_STYLE"] = "virtual";
  variables_["http_proxy"] = "";
  TestServer server(OneObject{"data"});
  // "bkt.127.0.0.1" is no host that resolves: the error tells where it went.
  variables_["AWS_MAX_ATTEMPTS"] = "1";
  EXPECT_THAT(Get(server), IsError(ErrorCode::kUnavailable, HasSubstr("http://bkt.127.0.0.1:")));
}

TEST_F(S3ClientTest, ListsPageByPage) {
  TestServer server([](int n, const std::string&) {
    const std::string next = "<IsTruncated>true</IsTruncated><NextContinuationToken>a/b=</NextContinuationToken>";
    return MakeKeptReply("200 OK", "<ListBucketResult>" + (n == 0 ? next : "") + "<Contents><Key>k" +
                                       std::to_string(n) + "</Key><Size>7</Size></Contents></ListBucketResult>");
  });
  const auto listed = Client(server).List({"bkt", "a b/"});
  ASSERT_THAT(listed, IsOk());
  ASSERT_EQ(listed->size(), 2u);
  EXPECT_EQ((*listed)[1].key, "k1");
  EXPECT_THAT(server.requests()[0], StartsWith("GET /bkt/?list-type=2&encoding-type=url&prefix=a%20b%2F HTTP"));
  EXPECT_THAT(server.requests()[1], HasSubstr("&continuation-token=a%2Fb%3D HTTP"));
}

TEST_F(S3ClientTest, EndsAListingThatDoesNotEnd) {
  TestServer server([](int, const std::string&) {
    return MakeKeptReply("200 OK",
                         "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t"
                         "</NextContinuationToken><Contents><Key>k</Key><Size>7</Size></Contents></ListBucketResult>");
  });
  EXPECT_THAT(Client(server).List({"bkt", ""}), IsError(ErrorCode::kDataCorrupt, HasSubstr("does not get on")));
}

TEST_F(S3ClientTest, PutsASmallFileWithItsDigest) {
  ASSERT_THAT(WriteFile(path(), "abc"), IsOk());
  TestServer server([](int, const std::string&) { return Reply{MakeReply("200 OK", "", "ETag: \"e\"\r\n")}; });
  const auto put = Client(server).Put(path(), {"bkt", "a b"}, {.if_absent = true}, Progress::None());
  ASSERT_THAT(put, IsOk());
  EXPECT_EQ(put->etag, "\"e\"");
  EXPECT_EQ(put->sha256, Sha256Hex("abc"));
  EXPECT_THAT(server.requests()[0],
              AllOf(StartsWith("PUT /bkt/a%20b HTTP/1.1\r\n"), HasSubstr("x-amz-content-sha256: " + Sha256Hex("abc")),
                    HasSubstr("x-amz-checksum-sha256: ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=\r\n"),
                    HasSubstr("x-amz-meta-sha256: " + Sha256Hex("abc")), HasSubstr("If-None-Match: *"),
                    testing::EndsWith("\r\n\r\nabc")));
}

/// Answers the requests of a multipart upload; parts of the number `bad` fail with `status`.
TestServer::Script Multipart(int bad, const std::string& status) {
  return [=](int, const std::string& request) {
    if (request.find("?uploads=") != std::string::npos) {
      return MakeKeptReply("200 OK",
                           "<InitiateMultipartUploadResult><UploadId>id+1</UploadId></InitiateMultipartUploadResult>");
    }
    const bool is_bad = request.find("?partNumber=" + std::to_string(bad) + "&") != std::string::npos;
    if (is_bad) return MakeKeptReply(status, ErrorXml("InternalError"));
    if (request.compare(0, 5, "POST ") == 0) {
      return MakeKeptReply("200 OK",
                           "<CompleteMultipartUploadResult><ETag>\"all-5\"</ETag></CompleteMultipartUploadResult>");
    }
    return MakeKeptReply("200 OK", "", "ETag: \"part\"\r\n");
  };
}

std::size_t CountOf(const std::vector<std::string>& requests, const std::string& text) {
  return static_cast<std::size_t>(std::count_if(requests.begin(), requests.end(), [&](const std::string& request) {
    return request.find(text) != std::string::npos;
  }));
}

TEST_F(S3ClientTest, PutsALargeFileInParts) {
  ASSERT_THAT(WriteFile(path(), Numbers(4321)), IsOk());
  TestServer server(Multipart(0, ""));
  const auto put = Client(server).Put(path(), {"bkt", "k"}, {}, Progress::None());
  ASSERT_THAT(put, IsOk());
  EXPECT_EQ(put->etag, "\"all-5\"");
  const auto requests = server.requests();
  EXPECT_EQ(requests.size(), 7u);  // create, five parts, complete
  EXPECT_THAT(requests, testing::Contains(AllOf(StartsWith("PUT /bkt/k?partNumber=5&uploadId=id%2B1 "),
                                                testing::EndsWith("\r\n\r\n" + Numbers(4321).substr(4000)))));
  EXPECT_THAT(requests.back(), AllOf(StartsWith("POST /bkt/k?uploadId=id%2B1 "),
                                     HasSubstr("<PartNumber>5</PartNumber><ETag>&quot;part&quot;</ETag>"
                                               "<ChecksumSHA256>")));
}

TEST_F(S3ClientTest, AbortsAnUploadOfWhichAPartFails) {
  ASSERT_THAT(WriteFile(path(), Numbers(4321)), IsOk());
  TestServer server(Multipart(3, "500 Oops"));
  EXPECT_THAT(Client(server).Put(path(), {"bkt", "k"}, {}, Progress::None()),
              IsError(ErrorCode::kUnavailable, "s3://bkt/k: words of S3 (InternalError, HTTP 500)"));
  const auto requests = server.requests();
  EXPECT_EQ(CountOf(requests, "?partNumber=3&"), 3u);  // AWS_MAX_ATTEMPTS
  EXPECT_THAT(requests.back(), StartsWith("DELETE /bkt/k?uploadId=id%2B1 "));
}

TEST_F(S3ClientTest, CompletesAgainAfterAnErrorInASuccess) {
  ASSERT_THAT(WriteFile(path(), Numbers(4321)), IsOk());
  bool failed = false;
  const auto usual = Multipart(0, "");
  TestServer server([&](int n, const std::string& request) {
    const bool completes = request.compare(0, 5, "POST ") == 0 && request.find("?uploads=") == std::string::npos;
    if (!completes || std::exchange(failed, true)) return usual(n, request);
    return MakeKeptReply("200 OK", ErrorXml("InternalError"));
  });
  EXPECT_THAT(Client(server).Put(path(), {"bkt", "k"}, {}, Progress::None()), IsOk());
}

}  // namespace
}  // namespace valence::net
