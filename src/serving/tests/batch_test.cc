// SPDX-License-Identifier: Apache-2.0
// POST /v1/batch, as a whole body and as a stream.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "asker.h"

namespace valence::serving {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

net::HttpResponse Upload(std::string_view body, std::string_view type = "text/csv", std::string_view query = "") {
  return Asker().Ask("POST", "/v1/batch" + std::string(query), body, type);
}

/// good: 0.25 + 1.5 = 1.75, 1 / (1 + e^-1.75) = 0.8519528; bad: 0.25 - 2 = -1.75
TEST(Batch, CsvComesBackWithOurColumns) {
  const auto answer = Upload("id,text\r\n7,good\r\n\"a,b\",\"bad\n\"\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.content_type, "text/csv; charset=utf-8");
  EXPECT_THAT(answer.extra_headers, HasSubstr("Valence-Model-Version: sha256:"));
  EXPECT_THAT(answer.body, StartsWith("id,text,label,score,probability_negative,probability_positive,error\n"
                                      "7,good,positive,1.75,0.148"));
  EXPECT_THAT(answer.body, HasSubstr(",\n\"a,b\",\"bad\n\",negative,-1.75,0.85"));
}

TEST(Batch, ABadRowKeepsItsPlaceAndSaysWhy) {
  const auto answer = Upload("text,x\ngood,1\nbad\n\xff,3\n" + std::string(1001, 'a') + ",4\nfine,5,6\nnot,7\n");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.body, HasSubstr("\nbad,,,,,,\"row 3: 1 fields, the header has 2\"\n"));
  EXPECT_THAT(answer.body, HasSubstr("\n\xEF\xBF\xBD,3,,,,,row 4: byte 0 of the text is not UTF-8\n"));
  EXPECT_THAT(answer.body, HasSubstr(",4,,,,,row 5: 'text': a text has at most 1000 bytes\n"));
  EXPECT_THAT(answer.body, HasSubstr("\nfine,5,,,,,\"row 6: 3 fields, the header has 2\"\n"));
  EXPECT_THAT(answer.body, HasSubstr("\nnot,7,negative,-0.25,"));
}

TEST(Batch, ColumnsThatAreCalledAsOursAreRenamed) {
  EXPECT_THAT(
      Upload("label,review\nx,good\n", "text/csv", "?text_column=review").body,
      StartsWith("input_label,review,label,score,probability_negative,probability_positive,error\nx,good,positive,"));
}

TEST(Batch, JsonLinesComeBackWithOurMembers) {
  const auto answer = Upload("{\"id\":1.50,\"text\":\"good\",\"label\":null}\n\n{\"text\":3}\n{bad\n{\"text\":\"bad\"}",
                             "application/x-ndjson");
  EXPECT_EQ(answer.content_type, "application/x-ndjson");
  std::vector<Json> rows;
  std::istringstream lines(answer.body);
  for (std::string line; std::getline(lines, line);) rows.push_back(Json::Parse(line).value());
  ASSERT_EQ(rows.size(), 4u);
  EXPECT_TRUE(rows[0].Find("input_label")->is_null());
  EXPECT_EQ(rows[0].Find("label")->string(), "positive");
  EXPECT_DOUBLE_EQ(rows[0].Find("score")->number(), 1.75);
  EXPECT_THAT(rows[1].Find("error")->string(), StartsWith("row 3: expected an object with a text"));
  EXPECT_THAT(rows[2].Find("error")->string(), StartsWith("row 4: "));
  EXPECT_EQ(rows[3].Find("label")->string(), "negative");
}

TEST(Batch, AFileOfAFormIsADownload) {
  const auto answer = Upload(
      "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\n1\r\n--b\r\nContent-Disposition: form-data; "
      "name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\ntext\ngood\n\r\n--b--\r\n",
      "multipart/form-data; boundary=b");
  EXPECT_EQ(answer.status, 200);
  EXPECT_THAT(answer.extra_headers, HasSubstr("Content-Disposition: attachment; filename=\"scored.csv\""));
  EXPECT_THAT(answer.body, HasSubstr("\ngood,positive,1.75,"));
}

struct BadUpload {
  const char* name;
  std::string body;
  std::string type;
  std::string query;
  int status;
  std::string message;
};
class BatchErrors : public ::testing::TestWithParam<BadUpload> {};

TEST_P(BatchErrors, BeforeAnythingWentOutAreOrdinary) {
  const auto answer = Upload(GetParam().body, GetParam().type, GetParam().query);
  EXPECT_EQ(answer.status, GetParam().status);
  EXPECT_THAT(ErrorPart(answer, "message"), HasSubstr(GetParam().message));
  EXPECT_EQ(answer.extra_headers, "");
}

INSTANTIATE_TEST_SUITE_P(
    Batch, BatchErrors,
    ::testing::Values(BadUpload{"empty", "", "text/csv", "", 400, "the upload is empty"},
                      BadUpload{"column", "a,b\n1,2\n", "text/csv", "", 400, "no column 'text'; the columns are: a, b"},
                      BadUpload{"quote", "text\ngood\n\"bad", "text/csv", "", 400, "row 3"},
                      BadUpload{"type", "text\n", "application/json", "", 415, "expected text/csv"},
                      BadUpload{"parameter", "text\n", "text/csv", "?column=x", 400, "unknown parameter 'column'"},
                      BadUpload{"model", "text\n", "text/csv", "?model=x", 404, "no such model"},
                      BadUpload{"boundary", "x", "multipart/form-data", "", 400, "boundary"},
                      BadUpload{"no_file", "--b--\r\n", "multipart/form-data; boundary=b", "", 400,
                                "no part holds a file"},
                      BadUpload{"cut_file", "--b\r\nContent-Disposition: x; filename=\"f\"\r\n\r\ntext\n",
                                "multipart/form-data; boundary=b", "", 400, "ends within the file"}),
    [](const auto& test) { return test.param.name; });

class BatchStreamTest : public ::testing::Test {
 protected:
  std::unique_ptr<net::HttpStream> Open(std::string_view method = "POST", std::string_view path = "/v1/batch") {
    net::HttpRequest request;
    request.method = method;
    request.path = path;
    request.header = [](std::string_view name) { return name == "Content-Type" ? "text/csv" : ""; };
    return asker_.service().Open(0, request);
  }

  Asker asker_;
  net::HttpResponse response_;
};

TEST_F(BatchStreamTest, TakesNoOtherRequest) {
  EXPECT_EQ(Open("GET"), nullptr);
  EXPECT_EQ(Open("POST", "/v1/predict"), nullptr);
}

TEST_F(BatchStreamTest, AnswersWhatIsCompleteAndCountsAtTheEnd) {
  auto stream = Open();
  EXPECT_TRUE(stream->Feed("text\ngo", &response_));
  EXPECT_EQ(std::exchange(response_.body, ""), "text,label,score,probability_negative,probability_positive,error\n");
  EXPECT_TRUE(stream->Feed("od\nbad", &response_));
  EXPECT_THAT(std::exchange(response_.body, ""), StartsWith("good,positive,"));
  EXPECT_TRUE(stream->Finish(&response_));
  EXPECT_THAT(response_.body, StartsWith("bad,negative,"));
  stream.reset();
  const std::string metrics = asker_.Get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr(R"(valence_http_requests_total{method="POST",route="/v1/batch",code="200"} 1)"));
  EXPECT_THAT(metrics, HasSubstr("valence_requests_in_flight 1\n"));
}

TEST_F(BatchStreamTest, WhatCannotBeReadOnIsTheLastRow) {
  auto stream = Open();
  EXPECT_TRUE(stream->Feed("id,text\n1,good\n", &response_));
  response_.body.clear();
  EXPECT_FALSE(stream->Feed("2,fi\"ne\n", &response_));
  EXPECT_EQ(response_.status, 200);
  EXPECT_THAT(response_.body, StartsWith(",,,,,,\"row 3, byte "));
  EXPECT_THAT(response_.body, EndsWith("\n"));
}

TEST_F(BatchStreamTest, ALongRowEndsIt) {
  auto stream = Open();
  EXPECT_TRUE(stream->Feed("text\ngood\n\"", &response_));
  const std::string part(1u << 14, 'x');
  int taken = 0;
  while (taken < 100 && stream->Feed(part, &response_)) ++taken;
  EXPECT_LT(taken, 6);  // 1,000 bytes and 64 KiB
}

}  // namespace
}  // namespace valence::serving
