// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/oip_call.h"

#include <gmock/gmock.h>

#include <cstring>
#include <functional>

#include "guarded.h"

namespace valence::serving {
namespace {

using oip::Answer;
using oip::Query;
using testing::HasSubstr;

constexpr std::string_view kInfer = "/inference.GRPCInferenceService/ModelInfer";

/// The smallest transport: the query is given, and the answer is kept.
class PlainCall final : public oip::Call {
 public:
  explicit PlainCall(Query query) : query_(std::move(query)) {}

  Status Read(Query* query) override {
    *query = query_;
    return Ok();
  }
  void Write(const Answer& answer, std::string* body) override {
    for (const oip::OutputTensor& tensor : answer.outputs) {
      names.emplace_back(tensor.name);
      shapes.push_back(tensor.shape);
      numbers.insert(numbers.end(), tensor.numbers.begin(), tensor.numbers.end());
      strings.insert(strings.end(), tensor.strings.begin(), tensor.strings.end());
    }
    *body = "written";
  }

  std::vector<std::string> names;
  std::vector<std::vector<std::int64_t>> shapes;
  std::vector<double> numbers;
  std::vector<std::string> strings;

 private:
  const Query query_;
};

oip::InputTensor Texts(std::vector<std::string_view> texts) {
  return {.datatype = "BYTES",
          .shape = {static_cast<std::int64_t>(texts.size())},
          .elements = std::move(texts),
          .elements_field = "contents"};
}

net::HttpResponse Ask(
    Guarded& guarded, std::string_view path, oip::Call* call,
    std::function<std::string_view(std::string_view)> header = [](auto) { return std::string_view(); }) {
  net::HttpRequest request;
  request.method = "POST";
  request.path = path;
  request.header = std::move(header);
  net::HttpResponse response;
  guarded.guard().Handle(1, request, &response, call);
  return response;
}

std::string ErrorOf(const net::HttpResponse& response) {
  return Json::Parse(response.body).value().Find("error")->string();
}

TEST(OipCall, AnswersInference) {
  Guarded guarded({});
  PlainCall call({.id = "7", .inputs = {Texts({"bad", "good good"})}});
  const net::HttpResponse response = Ask(guarded, kInfer, &call);
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body, "written");
  EXPECT_EQ(call.names, (std::vector<std::string>{"label", "probability", "logit"}));
  EXPECT_EQ(call.shapes, (std::vector<std::vector<std::int64_t>>{{2}, {2, 2}, {2}}));
  EXPECT_EQ(call.strings, (std::vector<std::string>{"negative", "positive"}));
  EXPECT_EQ(call.numbers[4], 0.25 - 2);
  EXPECT_EQ(call.numbers[5], 0.25 + 2 * 1.5);
}

TEST(OipCall, HeaderFieldsAreThoseThatNoBrowserReads) {
  Guarded guarded({});
  PlainCall call({.inputs = {Texts({"bad"})}});
  const net::HttpResponse response = Ask(guarded, kInfer, &call, [](std::string_view name) {
    return name == "X-Request-Id" ? std::string_view("r-1") : std::string_view();
  });
  EXPECT_THAT(response.extra_headers, HasSubstr("X-Request-Id: r-1\r\n"));
  EXPECT_THAT(response.extra_headers, HasSubstr("Valence-Model-Version: "));
  EXPECT_THAT(response.extra_headers, testing::Not(HasSubstr("Content-Security-Policy")));
}

TEST(OipCall, SaysWhatIsWrongWithATensor) {
  Guarded guarded({});
  const auto error = [&guarded](const std::function<void(oip::InputTensor&)>& change) {
    oip::InputTensor tensor = Texts({"a"});
    change(tensor);
    PlainCall call({.inputs = {tensor}});
    const net::HttpResponse response = Ask(guarded, kInfer, &call);
    EXPECT_TRUE(response.status == 400 || response.status == 413) << response.status;
    return ErrorOf(response);
  };
  EXPECT_EQ(error([](auto& t) { t.datatype = "FP32"; }),
            "'inputs[0].datatype': the input is of datatype 'FP32', this model takes BYTES");
  EXPECT_EQ(error([](auto& t) { t.shape = {2}; }), "'inputs[0]': the shape has 2 elements, the data 1");
  EXPECT_EQ(error([](auto& t) { t.shape = {-1}; }), "'inputs[0].shape': expected sizes of at least 0, found -1");
  EXPECT_EQ(error([](auto& t) { t.shape = {1, 1, 1}; }), "'inputs[0].shape': expected [n] or [n, 1]");
  EXPECT_EQ(error([](auto& t) { t.shape = {}; }), "'inputs[0].shape': expected [n] or [n, 1]");
  EXPECT_EQ(error([](auto& t) { t.elements = {"ab\xff"}; }), "'inputs[0].contents[0]': a text is not UTF-8 at byte 2");
  EXPECT_THAT(error([](auto& t) { t.elements = {std::string_view("a\0b", 3)}; }), HasSubstr("U+0000"));
  EXPECT_THAT(error([](auto& t) { t.content_type = "np"; }), HasSubstr("expected str or base64, found 'np'"));
  EXPECT_EQ(error([](auto& t) { t.raw = "\1\0"; }), "'inputs[0]': an element at byte 0 goes beyond the tensor");
  const std::string raw("\2\0\0\0a\xc3", 6);
  EXPECT_EQ(error([&raw](auto& t) { t.raw = raw; }), "'inputs[0]': a text is not UTF-8 at byte 5");
  EXPECT_THAT(error([](auto& t) {
                t.shape = {4};
                t.elements = {"a", "b", "c", "d"};
              }),
              HasSubstr("texts"));
}

TEST(OipCall, RefusesOutputsThatThereAreNot) {
  Guarded guarded({});
  const auto error = [&guarded](std::vector<oip::WantedOutput> outputs) {
    PlainCall call({.inputs = {Texts({"a"})}, .outputs = std::move(outputs)});
    return ErrorOf(Ask(guarded, kInfer, &call));
  };
  EXPECT_THAT(error({{"nothing"}}), HasSubstr("the model has no output 'nothing'"));
  EXPECT_THAT(error({{"label", 2}}), HasSubstr("'label' has no classes to rank"));
  EXPECT_THAT(error({{"logit", -2}}), HasSubstr("expected a number of classes, found -2"));
  EXPECT_THAT(error({{"logit"}, {"logit"}}), HasSubstr("'logit' is asked for twice"));
}

TEST(OipCall, RestAnswersWhatIsAskedAboutModels) {
  Guarded guarded({});
  PlainCall call({.model = "small", .version = "1"});
  const net::HttpResponse config = Ask(guarded, "/inference.GRPCInferenceService/ModelConfig", &call);
  EXPECT_EQ(config.body, guarded.Get("/v2/models/small/versions/1/config").body);
  PlainCall unknown({.model = "nobody"});
  EXPECT_EQ(Ask(guarded, "/inference.GRPCInferenceService/ModelConfig", &unknown).status, 404);
  EXPECT_EQ(Ask(guarded, kInfer, &unknown).status, 404);
}

TEST(OipCall, ByHttpThereIsNone) {
  Guarded guarded({});
  const net::HttpResponse response = guarded.Ask("POST", kInfer);
  EXPECT_EQ(response.status, 415);
  EXPECT_THAT(ErrorOf(response), HasSubstr("--grpc-port"));
}

}  // namespace
}  // namespace valence::serving
