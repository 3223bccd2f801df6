// SPDX-License-Identifier: Apache-2.0
#include "source_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <system_error>
#include <utility>
#include <vector>

#include "archive_reader.h"
#include "file_blocks.h"

namespace valence::data::internal {
namespace {

namespace fs = std::filesystem;

/// Gives the bytes of one file or member, piece by piece, to a sink.
using BlockSource = std::function<Status(const std::function<Status(std::string_view)>& sink)>;

TableFormat TableFormatOf(std::string_view format) {
  if (format == "csv") return TableFormat::kCsv;
  if (format == "tsv") return TableFormat::kTsv;
  if (format == "jsonl") return TableFormat::kJsonLines;
  return format == "json" ? TableFormat::kJsonArray : TableFormat::kAuto;
}

/// Reads the members of one source, whatever holds them.
class MemberReader {
 public:
  MemberReader(const RecordOptions& options, RowCollector* rows, const std::function<bool(std::string_view)>& wants)
      : options_(options), rows_(rows), wants_(wants), format_(options.config.format) {}

  /// Reads the member if its name says that it holds reviews; else it is left alone.
  Status Take(const std::string& name, const std::string& where, const BlockSource& blocks) {
    const std::optional<AclImdbName> review = IsAclImdbWanted() ? ParseAclImdbName(name) : std::nullopt;
    if (review.has_value()) return TakeReview(name, *review, blocks);
    if (!IsTable(name)) return Ok();
    return TakeTable(name, where, blocks);
  }

  Status TakeTable(const std::string& name, const std::string& where, const BlockSource& blocks) {
    if (format_ == "aclimdb") return DataCorrupt(fmt::format("{}: neither a folder nor an archive of reviews", where));
    ++tables_;
    rows_->BeginSource(name, PartOfName(name));
    const auto reader = MakeRecordReader(TableFormatOf(format_), name, options_, rows_);
    Status fed = Ok();
    Status read = blocks([&](std::string_view block) { return fed = reader->Feed(block); });
    if (fed.has_value()) {
      VALENCE_RETURN_IF_ERROR(std::move(read));
      fed = reader->Finish();
    }
    return fed.has_value() ? Ok() : Status(std::move(fed).error().With(where));
  }

  /// Whether a file of this name in a folder or archive is a table to read.
  bool IsTable(std::string_view name) const {
    if (wants_ != nullptr) return wants_(name);
    if (format_ == "aclimdb" || fs::path(name).filename().string().front() == '.') return false;
    const TableFormat named = FormatOfName(name);
    return format_ == "auto" ? named != TableFormat::kAuto : named == TableFormatOf(format_);
  }

  /// Errors if nothing was found, or both layouts.
  Status Finish(const fs::path& path) const {
    if (reviews_ > 0 && tables_ > 0) {
      return DataCorrupt(
          fmt::format("{} holds both {} review files (train/pos/*.txt ...) and {} tables; set "
                      "ingest.format to aclimdb, csv, tsv, jsonl or json",
                      path.string(), reviews_, tables_));
    }
    if (reviews_ + tables_ > 0) return Ok();
    return DataCorrupt(fmt::format("{} holds no reviews: expected {}", path.string(), Expected()));
  }

 private:
  bool IsAclImdbWanted() const { return wants_ == nullptr && (format_ == "auto" || format_ == "aclimdb"); }

  std::string Expected() const {
    const std::string reviews = "train/{pos,neg}/*.txt";
    if (format_ == "aclimdb") return reviews;
    if (format_ != "auto") return "." + format_ + " files";
    return reviews + " or .csv, .tsv, .jsonl, .json files";
  }

  Status TakeReview(const std::string& name, const AclImdbName& review, const BlockSource& blocks) {
    ++reviews_;
    text_.clear();
    // One byte more than allowed is enough to know that it is too long.
    const std::size_t limit = static_cast<std::size_t>(options_.config.max_text_bytes) + 1;
    VALENCE_RETURN_IF_ERROR(blocks([&](std::string_view block) -> Status {
      text_.append(block.substr(0, limit - text_.size()));
      return Ok();
    }));
    rows_->BeginSource(name, review.part);
    rows_->Add({0, text_, review.label, review.id}, options_.encoding);
    return Ok();
  }

  RecordOptions options_;
  RowCollector* rows_;
  const std::function<bool(std::string_view)>& wants_;
  std::string format_;
  std::string text_;
  std::uint64_t reviews_ = 0;
  std::uint64_t tables_ = 0;
};

bool IsArchive(const std::string& head, const fs::path& path) {
  constexpr std::string_view kMagics[] = {"\x1F\x8B",
                                          "\xFD"
                                          "7zXZ",
                                          "\x28\xB5\x2F\xFD",
                                          "BZh",
                                          "PK\x03\x04",
                                          "PK\x05\x06"};
  for (const std::string_view magic : kMagics) {
    if (head.compare(0, magic.size(), magic) == 0) return true;
  }
  constexpr std::size_t kTarMagicAt = 257;
  return (head.size() > kTarMagicAt + 5 && head.compare(kTarMagicAt, 5, "ustar") == 0) || path.extension() == ".tar";
}

Status ReadArchive(const fs::path& path, const std::string& name, MemberReader* members) {
  VALENCE_TRY(ArchiveReader archive, ArchiveReader::Open(path));
  const BlockSource blocks = [&archive](const auto& sink) -> Status {
    for (;;) {
      VALENCE_TRY(const std::string_view block, archive.ReadBlock());
      if (block.empty()) return Ok();
      VALENCE_RETURN_IF_ERROR(sink(block));
    }
  };
  for (;;) {
    VALENCE_TRY(const bool more, archive.Next());
    if (!more) return Ok();
    if (archive.name().empty()) {
      VALENCE_RETURN_IF_ERROR(members->TakeTable(name, path.string(), blocks));
    } else {
      const std::string where = fmt::format("{}({})", path.string(), archive.name());
      VALENCE_RETURN_IF_ERROR(members->Take(archive.name(), where, blocks));
    }
  }
}

Status ReadTableFile(const fs::path& path, const std::string& name, MemberReader* members) {
  const Result<std::string> head = ReadHead(path, 512);
  if (!head.has_value()) return head.error();
  if (IsArchive(*head, path)) return ReadArchive(path, name, members);
  return members->TakeTable(name, path.string(), [&path](const auto& sink) { return ForEachBlock(path, sink); });
}

Result<std::vector<std::string>> ListFiles(const fs::path& folder) {
  std::vector<std::string> names;
  std::error_code error;
  fs::recursive_directory_iterator end;
  for (fs::recursive_directory_iterator it(folder, error); !error && it != end; it.increment(error)) {
    std::error_code unreadable;
    if (it->is_regular_file(unreadable)) names.push_back(it->path().lexically_relative(folder).generic_string());
  }
  if (error) return Unavailable(fmt::format("cannot read folder {}: {}", folder.string(), error.message()));
  std::sort(names.begin(), names.end());
  return names;
}

Status ReadFolder(const fs::path& folder, MemberReader* members) {
  VALENCE_TRY(const std::vector<std::string> names, ListFiles(folder));
  for (const std::string& name : names) {
    const fs::path path = folder / name;
    if (members->IsTable(name)) {
      VALENCE_RETURN_IF_ERROR(ReadTableFile(path, name, members));
    } else {
      VALENCE_RETURN_IF_ERROR(
          members->Take(name, path.string(), [&path](const auto& sink) { return ForEachBlock(path, sink); }));
    }
  }
  return Ok();
}

}  // namespace

Status ReadSource(const fs::path& path, const RecordOptions& options, RowCollector* rows,
                  const std::function<bool(std::string_view member)>& wants) {
  MemberReader members(options, rows, wants);
  std::error_code error;
  if (fs::is_directory(path, error)) {
    VALENCE_RETURN_IF_ERROR(ReadFolder(path, &members));
  } else if (fs::is_regular_file(path, error)) {
    VALENCE_RETURN_IF_ERROR(ReadTableFile(path, path.filename().string(), &members));
  } else {
    return NotFound(fmt::format("cannot read {}: no such file or folder", path.string()));
  }
  return members.Finish(path);
}

}  // namespace valence::data::internal
