// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>

#include "data_profile.h"

namespace valence::data::internal {
namespace {

constexpr std::string_view kFormat = "valence-data-profile/1";
constexpr std::size_t kHexDigits = 8;
constexpr std::size_t kMostEdges = 1000;

/// Reads members one by one and keeps the first thing that is wrong.
class Reader {
 public:
  Reader(const Json& json, std::string_view where) : json_(json), where_(where) {}

  const Json* Member(std::string_view key, bool (Json::*is_kind)() const, std::string_view kind) {
    const Json* const value = json_.Find(key);
    if (value != nullptr && (value->*is_kind)()) return value;
    Fail(fmt::format("'{}' should be {}", key, kind));
    return nullptr;
  }

  void Text(std::string_view key, std::string* out) {
    if (const Json* const value = Member(key, &Json::is_string, "text")) *out = value->string();
  }
  void Number(std::string_view key, double* out) {
    if (const Json* const value = Member(key, &Json::is_number, "a number")) *out = value->number();
  }
  void Count(const Json& value, std::string_view key, std::uint64_t* out) {
    if (!value.is_int() || value.integer() < 0) return Fail(fmt::format("'{}' should hold counts", key));
    *out = static_cast<std::uint64_t>(value.integer());
  }

  void Fail(std::string_view what) {
    if (error_.empty()) error_ = fmt::format("{}: {}; renew it with 'valence ingest --write-baseline'", where_, what);
  }
  const std::string& error() const { return error_; }

 private:
  const Json& json_;
  std::string_view where_;
  std::string error_;
};

std::string ToHex(const std::vector<WordId>& words) {
  std::string hex;
  hex.reserve(words.size() * kHexDigits);
  for (const WordId word : words) fmt::format_to(std::back_inserter(hex), "{:08x}", word);
  return hex;
}

void ReadVocabulary(Reader* reader, std::vector<WordId>* words) {
  const Json* const member = reader->Member("vocabulary", &Json::is_string, "hexadecimal text");
  if (member == nullptr) return;
  const std::string& hex = member->string();
  if (hex.size() % kHexDigits != 0) return reader->Fail("'vocabulary' is cut short");
  words->resize(hex.size() / kHexDigits);
  for (std::size_t i = 0; i < words->size(); ++i) {
    const char* const begin = hex.data() + i * kHexDigits;
    const auto [end, error] = std::from_chars(begin, begin + kHexDigits, (*words)[i], 16);
    if (error != std::errc() || end != begin + kHexDigits) return reader->Fail("'vocabulary' is not hexadecimal");
  }
  const bool is_ascending = std::adjacent_find(words->begin(), words->end(), std::greater_equal<>()) == words->end();
  if (!is_ascending) reader->Fail("'vocabulary' is not in order");
}

void ReadLengths(Reader* reader, DataProfile* profile) {
  const Json* const edges = reader->Member("length_edges", &Json::is_array, "a list");
  const Json* const counts = reader->Member("length_counts", &Json::is_array, "a list");
  if (edges == nullptr || counts == nullptr) return;
  for (const Json& edge : edges->array()) {
    const bool is_next = edge.is_number() && std::isfinite(edge.number()) &&
                         (profile->length_edges.empty() || edge.number() > profile->length_edges.back());
    if (!is_next) return reader->Fail("'length_edges' should ascend");
    profile->length_edges.push_back(edge.number());
  }
  profile->length_counts.resize(counts->array().size());
  for (std::size_t i = 0; i < profile->length_counts.size(); ++i) {
    reader->Count(counts->array()[i], "length_counts", &profile->length_counts[i]);
  }
  if (profile->length_counts.size() != profile->length_edges.size() + 1 || profile->length_edges.size() > kMostEdges) {
    reader->Fail("'length_counts' should have one count more than there are edges");
  }
}

void ReadLabels(Reader* reader, DataProfile* profile) {
  if (const Json* const labels = reader->Member("labels", &Json::is_object, "a map of counts")) {
    for (const auto& [label, count] : labels->object()) reader->Count(count, "labels", &profile->labels[label]);
  }
}

/// Whether every document is counted once among the labels and once among the lengths.
void CheckSums(const DataProfile& profile, Reader* reader) {
  std::uint64_t by_label = 0;
  for (const auto& [label, count] : profile.labels) by_label += count;
  const auto& lengths = profile.length_counts;
  const std::uint64_t by_length = std::accumulate(lengths.begin(), lengths.end(), std::uint64_t{0});
  if (by_label == profile.documents && by_length == profile.documents && profile.documents > 0) return;
  reader->Fail(fmt::format("counts {} documents, {} by label, {} by length", profile.documents, by_label, by_length));
}

}  // namespace

std::string DataProfile::ToText() const {
  Json label_counts = Json::MakeObject();
  for (const auto& [label, count] : labels) label_counts.Set(label, count);
  return Json::MakeObject({{"format", kFormat},
                           {"source", source},
                           {"source_sha256", source_sha256},
                           {"documents", documents},
                           {"labels", std::move(label_counts)},
                           {"median_bytes", median_bytes},
                           {"length_edges", Json::ArrayOf(length_edges)},
                           {"length_counts", Json::ArrayOf(length_counts)},
                           {"vocabulary", ToHex(vocabulary)}})
             .Dump(2) +
         "\n";
}

Result<DataProfile> ParseProfile(std::string_view text, std::string_view where) {
  auto json = Json::Parse(text);
  if (!json.has_value()) return std::move(json).error().With(where);
  Reader reader(*json, where);
  DataProfile profile;
  std::string format;
  reader.Text("format", &format);
  if (reader.error().empty() && format != kFormat) reader.Fail(fmt::format("the format is not {}", kFormat));
  reader.Text("source", &profile.source);
  reader.Text("source_sha256", &profile.source_sha256);
  if (const Json* const documents = reader.Member("documents", &Json::is_int, "a count")) {
    reader.Count(*documents, "documents", &profile.documents);
  }
  reader.Number("median_bytes", &profile.median_bytes);
  ReadLabels(&reader, &profile);
  ReadLengths(&reader, &profile);
  ReadVocabulary(&reader, &profile.vocabulary);
  CheckSums(profile, &reader);
  if (!reader.error().empty()) return DataCorrupt(reader.error());
  return profile;
}

}  // namespace valence::data::internal
