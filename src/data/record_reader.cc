// SPDX-License-Identifier: Apache-2.0
#include "record_reader.h"

#include <array>
#include <string>
#include <utility>

namespace valence::data::internal {
namespace {

std::string Lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  return out;
}

bool EndsWith(std::string_view text, std::string_view suffix) {
  return text.size() >= suffix.size() && text.substr(text.size() - suffix.size()) == suffix;
}

/// JSON tells itself by its first character; a table by the separator of its first line.
TableFormat FormatOfContent(std::string_view head) {
  const std::size_t first = head.find_first_not_of(" \t\r\n\xEF\xBB\xBF");
  if (first != std::string_view::npos && head[first] == '[') return TableFormat::kJsonArray;
  if (first != std::string_view::npos && head[first] == '{') return TableFormat::kJsonLines;
  const std::string_view line = head.substr(0, head.find('\n'));
  const bool has_tabs = line.find('\t') != std::string_view::npos && line.find(',') == std::string_view::npos;
  return has_tabs ? TableFormat::kTsv : TableFormat::kCsv;
}

/// Decides with the first bytes at hand.
class DetectingReader : public RecordReader {
 public:
  DetectingReader(TableFormat format, const RecordOptions& options, RowCollector* rows)
      : format_(format), options_(options), rows_(rows) {}

  Status Feed(std::string_view bytes) override {
    if (bytes.empty()) return Ok();
    if (reader_ == nullptr) {
      if (bytes.substr(0, 2) == "\xFF\xFE" || bytes.substr(0, 2) == "\xFE\xFF") {
        return DataCorrupt("the file is UTF-16; convert it to UTF-8");
      }
      reader_ = MakeReader(Decide(bytes));
    }
    return reader_->Feed(bytes);
  }

  Status Finish() override { return reader_ == nullptr ? DataCorrupt("the file is empty") : reader_->Finish(); }

 private:
  TableFormat Decide(std::string_view bytes) const {
    const TableFormat seen = FormatOfContent(bytes);
    if (format_ == TableFormat::kAuto) return seen;
    // Many files named .json hold JSON Lines.
    const bool is_lines = format_ == TableFormat::kJsonArray && seen == TableFormat::kJsonLines;
    return is_lines ? seen : format_;
  }

  std::unique_ptr<RecordReader> MakeReader(TableFormat format) const {
    switch (format) {
      case TableFormat::kJsonLines:
        return MakeJsonLinesReader(options_, rows_);
      case TableFormat::kJsonArray:
        return MakeJsonArrayReader(options_, rows_);
      case TableFormat::kTsv:
        return MakeCsvReader(options_, '\t', rows_);
      case TableFormat::kCsv:
      case TableFormat::kAuto:
        return MakeCsvReader(options_, ',', rows_);
    }
    return nullptr;
  }

  TableFormat format_;
  RecordOptions options_;
  RowCollector* rows_;
  std::unique_ptr<RecordReader> reader_;
};

}  // namespace

TableFormat FormatOfName(std::string_view file_name) {
  std::string name = Lower(file_name);
  for (const std::string_view packed : {".gz", ".xz", ".zst", ".bz2"}) {
    if (!EndsWith(name, packed)) continue;
    name.resize(name.size() - packed.size());
    break;
  }
  constexpr std::array<std::pair<std::string_view, TableFormat>, 5> kSuffixes = {{{".csv", TableFormat::kCsv},
                                                                                  {".tsv", TableFormat::kTsv},
                                                                                  {".jsonl", TableFormat::kJsonLines},
                                                                                  {".ndjson", TableFormat::kJsonLines},
                                                                                  {".json", TableFormat::kJsonArray}}};
  for (const auto& [suffix, format] : kSuffixes) {
    if (EndsWith(name, suffix)) return format;
  }
  return TableFormat::kAuto;
}

std::unique_ptr<RecordReader> MakeRecordReader(TableFormat format, std::string_view file_name,
                                               const RecordOptions& options, RowCollector* rows) {
  const TableFormat named = format == TableFormat::kAuto ? FormatOfName(file_name) : format;
  return std::make_unique<DetectingReader>(named, options, rows);
}

}  // namespace valence::data::internal
