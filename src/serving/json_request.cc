// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <simdjson.h>

#include <cstring>

#include "json_syntax.h"
#include "predict_request.h"
#include "valence/base/utf8.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

constexpr std::size_t kFirstCapacity = 16u << 10;
constexpr std::int64_t kMaxAttributions = 100000;

std::string_view TypeName(dom::element_type type) {
  switch (type) {
    case dom::element_type::ARRAY:
      return "an array";
    case dom::element_type::OBJECT:
      return "an object";
    case dom::element_type::STRING:
      return "a string";
    case dom::element_type::BOOL:
      return "true or false";
    case dom::element_type::NULL_VALUE:
      return "null";
    default:
      return "a number";
  }
}

HttpError WrongType(std::string_view field, std::string_view wanted, dom::element value) {
  return {400, fmt::format("'{}': expected {}, found {}", field, wanted, TypeName(value.type())), field};
}

HttpError NotJson(std::string_view body, simdjson::error_code code) {
  if (code == simdjson::UTF8_ERROR) {
    const std::size_t byte = utf8::FindInvalid(body).value_or(0);
    return {400, fmt::format("the body is not UTF-8 at byte {}", byte), "", byte};
  }
  if (const auto fault = FindJsonFault(body); fault.has_value()) {
    return {400, fmt::format("the body is not JSON: {} at byte {}", fault->what, fault->byte), "", fault->byte};
  }
  return {400, fmt::format("the body is not JSON: {}", simdjson::error_message(code))};
}

std::optional<HttpError> ReadTexts(dom::element value, std::size_t max_texts, PredictRequest* request) {
  dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return WrongType("texts", "an array of strings", value);
  for (const dom::element item : array) {
    if (request->texts.size() == max_texts) {
      return HttpError{413, fmt::format("'texts': at most {} texts in one request", max_texts), "texts"};
    }
    std::string_view text;
    if (item.get(text) != simdjson::SUCCESS) return WrongType("texts", "an array of strings", item);
    if (auto error = CheckText(text, "texts")) return error;
    request->texts.push_back(text);
  }
  request->batch = true;
  return std::nullopt;
}

std::optional<HttpError> ReadText(dom::element value, PredictRequest* request) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return WrongType("text", "a string", value);
  if (auto error = CheckText(text, "text")) return error;
  request->texts.push_back(text);
  return std::nullopt;
}

std::optional<HttpError> ReadExplain(dom::element value, PredictRequest* request) {
  if (value.get(request->explain) == simdjson::SUCCESS) return std::nullopt;
  std::int64_t count = 0;
  if (value.get(count) != simdjson::SUCCESS || count < 0 || count > kMaxAttributions) {
    return WrongType("explain", "true, false or a number of attributions", value);
  }
  request->explain = count > 0;
  request->max_attributions = static_cast<std::size_t>(count);
  return std::nullopt;
}

enum Member : unsigned { kText = 1, kTexts = 2, kExplain = 4 };

std::optional<Member> FindMember(std::string_view key) {
  if (key == "text") return kText;
  if (key == "texts") return kTexts;
  if (key == "explain") return kExplain;
  return std::nullopt;
}

}  // namespace

struct JsonRequestReader::Impl {
  explicit Impl(std::size_t max) : max_texts(max) {
    if (parser.allocate(kFirstCapacity, kMaxJsonDepth) != simdjson::SUCCESS) throw std::bad_alloc();
  }

  /// simdjson reads some bytes past the end, so it gets a copy that has them.
  simdjson::simdjson_result<dom::element> Parse(std::string_view body) {
    const std::size_t needed = body.size() + simdjson::SIMDJSON_PADDING;
    if (padded.size() < needed) padded.resize(needed);
    std::memcpy(padded.data(), body.data(), body.size());
    std::memset(padded.data() + body.size(), 0, simdjson::SIMDJSON_PADDING);
    return parser.parse(padded.data(), body.size(), false);
  }

  std::size_t max_texts;
  dom::parser parser;
  std::string padded;
};

JsonRequestReader::JsonRequestReader(std::size_t max_texts) : impl_(std::make_unique<Impl>(max_texts)) {}
JsonRequestReader::~JsonRequestReader() = default;

std::optional<HttpError> JsonRequestReader::Read(std::string_view body, PredictRequest* request) {
  request->texts.clear();
  request->batch = request->explain = false;
  request->max_attributions = 0;
  dom::element root;
  if (const auto code = impl_->Parse(body).get(root); code != simdjson::SUCCESS) return NotJson(body, code);
  dom::object members;
  if (root.get(members) != simdjson::SUCCESS) {
    return HttpError{400, fmt::format("expected an object with 'text' or 'texts', found {}", TypeName(root.type()))};
  }
  unsigned seen = 0;
  for (const auto [key, value] : members) {
    const auto member = FindMember(key);
    if (!member.has_value()) {
      return HttpError{400, fmt::format("unknown member '{}': expected text, texts or explain", key)};
    }
    if ((seen & *member) != 0) return HttpError{400, fmt::format("'{}' is given twice", key)};
    seen |= *member;
    auto error = *member == kText    ? ReadText(value, request)
                 : *member == kTexts ? ReadTexts(value, impl_->max_texts, request)
                                     : ReadExplain(value, request);
    if (error.has_value()) return error;
  }
  if ((seen & (kText | kTexts)) == 0) return HttpError{400, "expected 'text' (a string) or 'texts' (strings)", "text"};
  if ((seen & kText) != 0 && (seen & kTexts) != 0) return HttpError{400, "expected 'text' or 'texts', found both"};
  return std::nullopt;
}

std::optional<HttpError> CheckText(std::string_view text, std::string_view field) {
  if (text.find('\0') == std::string_view::npos) return std::nullopt;
  return HttpError{400, fmt::format("'{}' contains the character U+0000", field), field};
}

}  // namespace valence::serving
