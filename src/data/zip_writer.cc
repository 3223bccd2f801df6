// SPDX-License-Identifier: Apache-2.0
#include "zip_writer.h"

#include <zlib.h>

#include <algorithm>
#include <concepts>
#include <cstring>

namespace valence::data::internal {
namespace {

constexpr std::uint16_t kVersion45 = 45;  // zip64
constexpr std::uint16_t kUnix = 3;
constexpr std::uint16_t kDosDate1980 = 0x21;  // the earliest date there is: 1980-01-01
constexpr std::uint32_t kMode0600 = 0600u << 16;
constexpr std::uint16_t kZip64Field = 1;
constexpr std::uint16_t kMax16 = 0xFFFF;
constexpr std::uint32_t kMax32 = 0xFFFFFFFF;

template <std::unsigned_integral T>
void Put(T value, std::string* out) {
  char bytes[sizeof value];
  std::memcpy(bytes, &value, sizeof value);  // little-endian, as npy_format.cc asserts
  out->append(bytes, sizeof bytes);
}

std::uint32_t Crc32(const std::vector<std::string_view>& pieces) {
  uLong crc = ::crc32(0, nullptr, 0);
  for (const std::string_view piece : pieces) {
    if (piece.empty()) continue;  // a null pointer would start the sum anew
    crc = ::crc32_z(crc, reinterpret_cast<const Bytef*>(piece.data()), piece.size());
  }
  return static_cast<std::uint32_t>(crc);
}

/// Everything from "version needed" to "crc", common to local headers and the directory.
void PutCommon(std::uint32_t crc, std::string* out) {
  Put(kVersion45, out);
  Put(std::uint16_t{0}, out);  // flags
  Put(std::uint16_t{0}, out);  // stored
  Put(std::uint16_t{0}, out);  // time
  Put(kDosDate1980, out);
  Put(crc, out);
}

std::uint32_t Clamp32(std::uint64_t value, std::uint64_t limit) {
  return value > limit ? kMax32 : static_cast<std::uint32_t>(value);
}

}  // namespace

Status ZipWriter::Add(std::string_view name, const std::vector<std::string_view>& pieces) {
  Member member{std::string(name), 0, file_->size(), Crc32(pieces)};
  for (const std::string_view piece : pieces) member.size += piece.size();
  std::string header = "PK\x03\x04";
  PutCommon(member.crc, &header);
  Put(kMax32, &header);
  Put(kMax32, &header);
  Put(static_cast<std::uint16_t>(name.size()), &header);
  Put(std::uint16_t{20}, &header);
  header += name;
  Put(kZip64Field, &header);
  Put(std::uint16_t{16}, &header);
  Put(member.size, &header);
  Put(member.size, &header);
  VALENCE_RETURN_IF_ERROR(file_->Append(header));
  for (const std::string_view piece : pieces) VALENCE_RETURN_IF_ERROR(file_->Append(piece));
  members_.push_back(std::move(member));
  return Ok();
}

void ZipWriter::AppendDirectoryEntry(const Member& member, std::string* out) const {
  std::string extra;
  if (member.size > zip64_above_) {
    Put(member.size, &extra);
    Put(member.size, &extra);
  }
  if (member.offset > zip64_above_) Put(member.offset, &extra);
  *out += "PK\x01\x02";
  Put(static_cast<std::uint16_t>(kVersion45 | kUnix << 8), out);
  PutCommon(member.crc, out);
  Put(Clamp32(member.size, zip64_above_), out);
  Put(Clamp32(member.size, zip64_above_), out);
  Put(static_cast<std::uint16_t>(member.name.size()), out);
  Put(static_cast<std::uint16_t>(extra.empty() ? 0 : extra.size() + 4), out);
  out->append(6, '\0');  // comment, disk, internal attributes
  Put(kMode0600, out);
  Put(Clamp32(member.offset, zip64_above_), out);
  *out += member.name;
  if (extra.empty()) return;
  Put(kZip64Field, out);
  Put(static_cast<std::uint16_t>(extra.size()), out);
  *out += extra;
}

void ZipWriter::AppendZip64End(std::uint64_t directory_offset, std::uint64_t directory_size, std::string* out) const {
  const std::uint64_t end_offset = directory_offset + directory_size;
  *out += "PK\x06\x06";
  Put(std::uint64_t{44}, out);
  Put(kVersion45, out);
  Put(kVersion45, out);
  out->append(8, '\0');  // disks
  Put(std::uint64_t{members_.size()}, out);
  Put(std::uint64_t{members_.size()}, out);
  Put(directory_size, out);
  Put(directory_offset, out);
  *out += "PK\x06\x07";
  out->append(4, '\0');
  Put(end_offset, out);
  Put(std::uint32_t{1}, out);
}

Status ZipWriter::Finish() {
  const std::uint64_t offset = file_->size();
  std::string out;
  for (const Member& member : members_) AppendDirectoryEntry(member, &out);
  const std::uint64_t size = out.size();
  if (offset > zip64_above_ || size > zip64_above_) AppendZip64End(offset, size, &out);
  const auto count = static_cast<std::uint16_t>(std::min<std::size_t>(members_.size(), kMax16));
  out += "PK\x05\x06";
  out.append(4, '\0');
  Put(count, &out);
  Put(count, &out);
  Put(Clamp32(size, zip64_above_), &out);
  Put(Clamp32(offset, zip64_above_), &out);
  Put(std::uint16_t{0}, &out);
  return file_->Append(out);
}

}  // namespace valence::data::internal
