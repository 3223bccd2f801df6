// SPDX-License-Identifier: Apache-2.0
#include "archive_builder.h"

#include <archive.h>
#include <archive_entry.h>

#include "valence/base/check.h"

namespace valence::data {
namespace {

bool EndsWith(const std::string& text, const std::string& suffix) {
  return text.size() >= suffix.size() && text.compare(text.size() - suffix.size(), suffix.size(), suffix) == 0;
}

void SetKind(archive* writer, const std::string& name) {
  if (EndsWith(name, ".gz")) archive_write_add_filter_gzip(writer);
  if (EndsWith(name, ".xz")) archive_write_add_filter_xz(writer);
  if (EndsWith(name, ".zst")) archive_write_add_filter_zstd(writer);
  if (EndsWith(name, ".zip")) {
    archive_write_set_format_zip(writer);
  } else if (name.find(".tar") != std::string::npos) {
    archive_write_set_format_pax_restricted(writer);
  } else {
    archive_write_set_format_raw(writer);
  }
}

}  // namespace

void BuildArchive(const std::filesystem::path& path, const ArchiveMembers& members) {
  archive* writer = archive_write_new();
  SetKind(writer, path.filename().string());
  VALENCE_CHECK(archive_write_open_filename(writer, path.c_str()) == ARCHIVE_OK, "cannot write the test's archive");
  for (const auto& [name, bytes] : members) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_perm(entry, 0644);
    archive_entry_set_size(entry, static_cast<la_int64_t>(bytes.size()));
    VALENCE_CHECK(archive_write_header(writer, entry) == ARCHIVE_OK, "cannot write the test's archive");
    VALENCE_CHECK(archive_write_data(writer, bytes.data(), bytes.size()) == static_cast<la_ssize_t>(bytes.size()),
                  "cannot write the test's archive");
    archive_entry_free(entry);
  }
  archive_write_close(writer);
  archive_write_free(writer);
}

}  // namespace valence::data
