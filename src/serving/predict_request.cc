// SPDX-License-Identifier: Apache-2.0
#include "predict_request.h"

#include <fmt/format.h>

#include <array>

#include "json_reader.h"
#include "valence/base/utf8.h"
#include "valence/classifier/classifier.h"

namespace valence::serving {
namespace dom = simdjson::dom;
namespace {

constexpr std::int64_t kMaxAttributions = 100000;
constexpr std::size_t kMaxIdCharacters = 256;

using Fault = std::optional<HttpError>;

Fault ReadId(dom::element value, DocumentId* id) {
  if (value.get(id->text) == simdjson::SUCCESS) {
    id->kind = DocumentId::Kind::kString;
    if (utf8::Length(id->text) <= kMaxIdCharacters) return std::nullopt;
    return HttpError{400, fmt::format("'id': at most {} characters", kMaxIdCharacters), "id"};
  }
  if (!GetInteger(value, &id->integer)) return WrongType("id", "a string or an integer", value);
  id->kind = DocumentId::Kind::kInteger;
  return std::nullopt;
}

/// One of `texts` given as `{"text":.., "id":..}`.
Fault ReadDocument(dom::object members, const TextLimits& limits, PredictRequest* request) {
  bool has_text = false;
  for (const auto [key, value] : members) {
    if (key == "id") {
      if (auto fault = ReadId(value, &request->ids.back())) return fault;
    } else if (key == "text" && !has_text) {
      std::string_view text;
      if (value.get(text) != simdjson::SUCCESS) return WrongType("text", "a string", value);
      if (auto fault = CheckText(text, "text", limits)) return fault;
      request->texts.push_back(text);
      has_text = true;
    } else {
      return HttpError{400, fmt::format("'texts': a text has the members text and id, found '{}'", key), "texts"};
    }
  }
  if (!has_text) return HttpError{400, "'texts': a text given as an object has the member 'text'", "texts"};
  return std::nullopt;
}

Fault ReadTexts(dom::element value, const TextLimits& limits, PredictRequest* request) {
  constexpr std::string_view kWanted = "an array of strings";
  dom::array array;
  if (value.get(array) != simdjson::SUCCESS) return WrongType("texts", kWanted, value);
  request->batch = true;
  for (const dom::element item : array) {
    if (auto fault = CheckCount(request->texts.size() + 1, "texts", limits)) return fault;
    request->ids.emplace_back();
    std::string_view text;
    dom::object document;
    if (item.get(document) == simdjson::SUCCESS) {
      if (auto fault = ReadDocument(document, limits, request)) return fault;
      continue;
    }
    if (item.get(text) != simdjson::SUCCESS) return WrongType("texts", kWanted, item);
    if (auto fault = CheckText(text, "texts", limits)) return fault;
    request->texts.push_back(text);
  }
  return std::nullopt;
}

Fault ReadText(dom::element value, const TextLimits& limits, PredictRequest* request) {
  std::string_view text;
  if (value.get(text) != simdjson::SUCCESS) return WrongType("text", "a string", value);
  if (auto fault = CheckText(text, "text", limits)) return fault;
  request->texts.push_back(text);
  return std::nullopt;
}

Fault ReadExplain(dom::element value, PredictRequest* request) {
  if (bool all = false; value.get(all) == simdjson::SUCCESS) {
    request->attributions = all ? classifier::kAllAttributions : 0;
    return std::nullopt;
  }
  std::int64_t count = 0;
  if (!GetInteger(value, &count) || count < 0 || count > kMaxAttributions) {
    return WrongType("explain", "true, false or a number of attributions", value);
  }
  request->attributions = static_cast<std::size_t>(count);
  return std::nullopt;
}

Fault ReadThreshold(dom::element value, PredictRequest* request) {
  double threshold = 0;
  if (value.get(threshold) != simdjson::SUCCESS) return WrongType("threshold", "a number", value);
  if (threshold < 0 || threshold > 1) return HttpError{400, "'threshold': expected 0 to 1", "threshold"};
  request->threshold = threshold;
  return std::nullopt;
}

Fault ReadModel(dom::element value, PredictRequest* request) {
  if (value.get(request->model) != simdjson::SUCCESS) return WrongType("model", "a string", value);
  return std::nullopt;
}

Fault ReadVersion(dom::element value, PredictRequest* request) {
  std::string_view text;
  std::uint64_t number = 0;
  if (value.get(text) == simdjson::SUCCESS) {
    request->version.assign(text);
  } else if (GetCount(value, &number)) {
    request->version = std::to_string(number);
  } else {
    return WrongType("version", "a string or a number", value);
  }
  return std::nullopt;
}

enum class Member { kText, kTexts, kId, kExplain, kThreshold, kModel, kVersion };
constexpr std::array<std::string_view, 7> kMembers = {"text",      "texts", "id",     "explain",
                                                      "threshold", "model", "version"};

std::optional<Member> FindMember(std::string_view key) {
  for (std::size_t i = 0; i < kMembers.size(); ++i) {
    if (kMembers[i] == key) return static_cast<Member>(i);
  }
  return std::nullopt;
}

Fault ReadMember(Member member, dom::element value, const TextLimits& limits, DocumentId* id, PredictRequest* request) {
  switch (member) {
    case Member::kText:
      return ReadText(value, limits, request);
    case Member::kTexts:
      return ReadTexts(value, limits, request);
    case Member::kId:
      return ReadId(value, id);
    case Member::kExplain:
      return ReadExplain(value, request);
    case Member::kThreshold:
      return ReadThreshold(value, request);
    case Member::kModel:
      return ReadModel(value, request);
    case Member::kVersion:
      return ReadVersion(value, request);
  }
  return std::nullopt;
}

constexpr unsigned Bit(Member member) { return 1u << static_cast<unsigned>(member); }

Fault CheckMembers(unsigned seen) {
  const bool text = (seen & Bit(Member::kText)) != 0;
  const bool texts = (seen & Bit(Member::kTexts)) != 0;
  if (!text && !texts) return HttpError{400, "expected 'text' (a string) or 'texts' (strings)", "text"};
  if (text && texts) return HttpError{400, "expected 'text' or 'texts', found both"};
  if (texts && (seen & Bit(Member::kId)) != 0) {
    return HttpError{400, "'id' goes with 'text'; each of 'texts' may be {\"text\": ..., \"id\": ...}", "id"};
  }
  return std::nullopt;
}

}  // namespace

void PredictRequest::Clear() {
  texts.clear();
  ids.clear();
  batch = false;
  attributions = 0;
  threshold.reset();
  model = {};
  version.clear();
}

std::optional<HttpError> ReadPredictRequest(dom::element root, const TextLimits& limits, PredictRequest* request) {
  request->Clear();
  dom::object members;
  if (root.get(members) != simdjson::SUCCESS) {
    return HttpError{400, fmt::format("expected an object with 'text' or 'texts', found {}", TypeName(root))};
  }
  unsigned seen = 0;
  DocumentId id;
  for (const auto [key, value] : members) {
    const auto member = FindMember(key);
    if (!member.has_value()) {
      return HttpError{400, fmt::format("unknown member '{}': expected {}", key, fmt::join(kMembers, ", "))};
    }
    if ((seen & Bit(*member)) != 0) return HttpError{400, fmt::format("'{}' is given twice", key)};
    seen |= Bit(*member);
    if (auto fault = ReadMember(*member, value, limits, &id, request)) return fault;
  }
  if (!request->batch) request->ids.push_back(id);
  return CheckMembers(seen);
}

std::optional<HttpError> CheckText(std::string_view text, std::string_view field, const TextLimits& limits) {
  if (text.size() > limits.max_text_bytes) {
    return HttpError{413, fmt::format("'{}': a text has at most {} bytes", field, limits.max_text_bytes),
                     std::string(field)};
  }
  if (text.find('\0') == std::string_view::npos) return std::nullopt;
  return HttpError{400, fmt::format("'{}' contains the character U+0000", field), std::string(field)};
}

std::optional<HttpError> CheckCount(std::size_t texts, std::string_view field, const TextLimits& limits) {
  if (texts <= limits.max_texts) return std::nullopt;
  return HttpError{413, fmt::format("'{}': at most {} texts in one request", field, limits.max_texts),
                   std::string(field)};
}

}  // namespace valence::serving
