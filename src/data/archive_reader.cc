// SPDX-License-Identifier: Apache-2.0
#include "archive_reader.h"

#include <archive.h>
#include <archive_entry.h>
#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "file_blocks.h"

namespace valence::data::internal {
namespace {

constexpr std::size_t kBlockBytes = 1u << 20;

/// Only what the documentation promises: each further format is a further parser that meets hostile bytes. A zip is
/// read by its directory only: without one, libarchive would take what is left of a truncated file for the whole.
void EnableFormats(archive* reader, bool is_zip) {
  if (is_zip) {
    archive_read_support_format_zip_seekable(reader);
    return;
  }
  archive_read_support_filter_gzip(reader);
  archive_read_support_filter_xz(reader);
  archive_read_support_filter_zstd(reader);
  archive_read_support_filter_bzip2(reader);
  archive_read_support_format_tar(reader);
  archive_read_support_format_gnutar(reader);
  archive_read_support_format_raw(reader);
  archive_read_support_format_empty(reader);
}

std::string NameOf(archive_entry* entry) {
  // The first is NULL for a UTF-8 name in the C locale, the second for a name in no known encoding.
  if (const char* name = archive_entry_pathname(entry); name != nullptr) return name;
  if (const char* name = archive_entry_pathname_utf8(entry); name != nullptr) return name;
  return "(unreadable name)";
}

}  // namespace

struct ArchiveReader::Impl {
  std::filesystem::path path;
  ArchiveLimits limits;
  std::unique_ptr<archive, decltype(&archive_read_free)> reader{archive_read_new(), &archive_read_free};
  std::string name;
  std::uint64_t member_bytes = 0;
  std::uint64_t total_bytes = 0;

  std::string Where() const { return name.empty() ? path.string() : fmt::format("{}({})", path.string(), name); }

  Error Corrupt() const {
    const char* text = archive_error_string(reader.get());
    return DataCorrupt(fmt::format("{}: {}", Where(), text == nullptr ? "unreadable archive" : text));
  }

  Status Count(std::uint64_t bytes) {
    member_bytes += bytes;
    total_bytes += bytes;
    const auto packed = static_cast<std::uint64_t>(std::max<la_int64_t>(1, archive_filter_bytes(reader.get(), -1)));
    const bool is_bomb = total_bytes > limits.ratio_from_bytes && total_bytes / packed > limits.max_ratio;
    if (total_bytes <= limits.max_total_bytes && !is_bomb) return Ok();
    return ResourceExhausted(fmt::format("{}: {} bytes unpacked from {}: more than the allowed {} bytes or {} to 1",
                                         Where(), total_bytes, packed, limits.max_total_bytes, limits.max_ratio));
  }
};

ArchiveReader::ArchiveReader(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;
ArchiveReader& ArchiveReader::operator=(ArchiveReader&&) noexcept = default;
ArchiveReader::~ArchiveReader() = default;

Result<ArchiveReader> ArchiveReader::Open(const std::filesystem::path& path, ArchiveLimits limits) {
  auto impl = std::make_unique<Impl>();
  impl->path = path;
  impl->limits = limits;
  if (impl->reader == nullptr) return ResourceExhausted("no memory for an archive reader");
  const Result<std::string> head = ReadHead(path, 2);
  if (!head.has_value()) return head.error();
  EnableFormats(impl->reader.get(), *head == "PK");
  if (archive_read_open_filename(impl->reader.get(), path.c_str(), kBlockBytes) != ARCHIVE_OK) return impl->Corrupt();
  return ArchiveReader(std::move(impl));
}

Result<bool> ArchiveReader::Next() {
  for (;;) {
    archive_entry* entry = nullptr;
    impl_->member_bytes = 0;
    const int code = archive_read_next_header(impl_->reader.get(), &entry);
    if (code == ARCHIVE_EOF) return false;
    if (code != ARCHIVE_OK && code != ARCHIVE_WARN) return impl_->Corrupt();
    if (archive_format(impl_->reader.get()) == ARCHIVE_FORMAT_RAW) {
      impl_->name.clear();
      return true;
    }
    impl_->name = NameOf(entry);
    if (archive_entry_filetype(entry) == AE_IFREG && archive_entry_hardlink(entry) == nullptr) return true;
  }
}

const std::string& ArchiveReader::name() const { return impl_->name; }

Result<std::string_view> ArchiveReader::ReadBlock() {
  const void* bytes = nullptr;
  std::size_t size = 0;
  la_int64_t offset = 0;
  const int code = archive_read_data_block(impl_->reader.get(), &bytes, &size, &offset);
  if (code == ARCHIVE_EOF) return std::string_view{};
  if (code != ARCHIVE_OK) return impl_->Corrupt();
  if (static_cast<std::uint64_t>(offset) != impl_->member_bytes) {
    return DataCorrupt(fmt::format("{}: a sparse member, which no data set has", impl_->Where()));
  }
  VALENCE_RETURN_IF_ERROR(impl_->Count(size));
  if (size == 0) return ReadBlock();
  return std::string_view(static_cast<const char*>(bytes), size);
}

Result<std::string> ArchiveReader::ReadRest(std::uint64_t limit, bool* cut) {
  std::string out;
  *cut = false;
  for (;;) {
    VALENCE_TRY(const std::string_view block, ReadBlock());
    if (block.empty()) return out;
    const std::uint64_t room = limit - out.size();
    *cut = *cut || block.size() > room;
    out.append(block.substr(0, room));
  }
}

}  // namespace valence::data::internal
