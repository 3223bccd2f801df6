// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "csv_scan.h"
#include "valence/base/files.h"
#include "valence/data/csv.h"

namespace valence::data {
namespace {

/// Writes `header` and one line for each item, made by append(item, &out).
template <class Items, class Append>
Status WriteRows(const std::filesystem::path& path, std::string_view header, const Items& items, Append append) {
  VALENCE_TRY(AtomicFile file, AtomicFile::Create(path));
  VALENCE_RETURN_IF_ERROR(file.Append(header));
  std::string line;
  for (const auto& item : items) {
    line.clear();
    append(item, &line);
    line += '\n';
    VALENCE_RETURN_IF_ERROR(file.Append(line));
  }
  return file.Commit();
}

}  // namespace

void AppendCsvField(std::string_view field, std::string* out, char separator) {
  const char* end = field.data() + field.size();
  if (internal::FindSpecial(field.data(), end, separator) == end) {
    out->append(field);
    return;
  }
  *out += '"';
  for (std::size_t quote = field.find('"'); quote != std::string_view::npos; quote = field.find('"')) {
    out->append(field.substr(0, quote + 1));
    *out += '"';
    field.remove_prefix(quote + 1);
  }
  out->append(field);
  *out += '"';
}

Status WriteDocuments(const std::filesystem::path& path, const std::vector<Document>& documents) {
  return WriteRows(path, "id,text,label\n", documents, [](const Document& document, std::string* out) {
    AppendCsvField(document.id, out);
    *out += ',';
    AppendCsvField(document.text, out);
    *out += ',';
    AppendCsvField(document.label, out);
  });
}

Status WriteRejected(const std::filesystem::path& path, const std::vector<RejectedRow>& rows) {
  return WriteRows(path, "source,row,reason,detail,text\n", rows, [](const RejectedRow& row, std::string* out) {
    AppendCsvField(row.source, out);
    *out += ',';
    *out += std::to_string(row.row);
    *out += ',';
    AppendCsvField(row.reason, out);
    *out += ',';
    AppendCsvField(row.detail, out);
    *out += ',';
    AppendCsvField(row.text, out);
  });
}

}  // namespace valence::data
