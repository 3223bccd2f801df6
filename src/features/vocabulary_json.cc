// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>
#include <simdjson.h>

#include "valence/base/json.h"
#include "valence/features/vectorizer.h"

namespace valence::features {
namespace {

Error NotAVocabulary(simdjson::error_code code) {
  return DataCorrupt(
      fmt::format("vocabulary: expected a JSON object of term -> column: {}", simdjson::error_message(code)));
}

// Terms as the file lists them, and the column each is for.
struct ListedTerms {
  std::string bytes;
  std::vector<std::uint64_t> offsets{0};
  std::vector<std::uint64_t> columns;
};

// simdjson's DOM picks the machine's instructions when it runs; its on-demand parser could not.
simdjson::error_code ReadMembers(std::string_view text, ListedTerms* listed) {
  simdjson::dom::parser parser;
  simdjson::dom::object object;
  if (const auto error = parser.parse(text.data(), text.size()).get_object().get(object)) return error;
  listed->bytes.reserve(text.size());
  for (const auto& [term, value] : object) {
    std::uint64_t column = 0;
    if (const auto error = value.get_uint64().get(column)) return error;
    listed->bytes += term;
    listed->offsets.push_back(listed->bytes.size());
    listed->columns.push_back(column);
  }
  return simdjson::SUCCESS;
}

// For each column, which of the listed terms it is.
Result<std::vector<std::size_t>> InvertColumns(const std::vector<std::uint64_t>& columns) {
  const std::size_t unset = columns.size();
  std::vector<std::size_t> at(columns.size(), unset);
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (columns[i] >= columns.size()) {
      return DataCorrupt(fmt::format("vocabulary: column {} is out of range; {} terms need columns 0 to {}", columns[i],
                                     columns.size(), columns.size() - 1));
    }
    if (at[columns[i]] != unset) return DataCorrupt(fmt::format("vocabulary: two terms have column {}", columns[i]));
    at[columns[i]] = i;
  }
  return at;
}

}  // namespace

std::string Vocabulary::ToJson() const {
  std::string json;
  json.reserve(bytes_.size() + offsets_.size() * 14);
  json += '{';
  for (std::int64_t column = 0; column < size(); ++column) {
    if (column > 0) json += ", ";
    AppendJsonString(Term(column), &json);
    json += ": ";
    const fmt::format_int number(column);
    json.append(number.data(), number.size());
  }
  json += "}\n";
  return json;
}

Result<Vocabulary> Vocabulary::FromJson(std::string_view text) {
  ListedTerms listed;
  if (const auto error = ReadMembers(text, &listed)) return NotAVocabulary(error);
  VALENCE_TRY(const std::vector<std::size_t> at, InvertColumns(listed.columns));

  std::string bytes;
  bytes.reserve(listed.bytes.size());
  std::vector<std::uint64_t> offsets{0};
  offsets.reserve(listed.offsets.size());
  for (const std::size_t i : at) {
    bytes.append(listed.bytes, listed.offsets[i], listed.offsets[i + 1] - listed.offsets[i]);
    offsets.push_back(bytes.size());
  }
  return Make(std::move(bytes), std::move(offsets));
}

}  // namespace valence::features
