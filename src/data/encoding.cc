// SPDX-License-Identifier: Apache-2.0
#include "encoding.h"

#include <fmt/format.h>

#include <array>

#include "valence/base/utf8.h"

namespace valence::data::internal {
namespace {

/// Code points of 0x80 to 0x9F in Windows-1252 (unicode.org, CP1252.TXT, as Python's encodings/cp1252.py); 0:
/// undefined.
constexpr std::array<char16_t, 32> kCp1252 = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                                              0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                                              0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                                              0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

Result<std::string> FromUtf8(std::string_view bytes) {
  const auto bad = utf8::FindInvalid(bytes);
  if (!bad.has_value()) return std::string(bytes);
  return DataCorrupt(fmt::format("byte 0x{:02X} at offset {} is not UTF-8; is the encoding latin1 or cp1252?",
                                 static_cast<unsigned char>(bytes[*bad]), *bad));
}

Result<std::string> FromSingleBytes(std::string_view bytes, bool is_cp1252) {
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 16);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    const auto byte = static_cast<unsigned char>(bytes[i]);
    char32_t code_point = byte;
    if (is_cp1252 && byte >= 0x80 && byte < 0xA0) code_point = kCp1252[byte - 0x80u];
    if (code_point == 0 && byte != 0) {
      return DataCorrupt(fmt::format("byte 0x{:02X} at offset {} is undefined in cp1252", byte, i));
    }
    utf8::Append(code_point, &out);
  }
  return out;
}

}  // namespace

Result<Encoding> ParseEncoding(std::string_view name) {
  if (name == "utf-8") return Encoding::kUtf8;
  if (name == "latin1") return Encoding::kLatin1;
  if (name == "cp1252") return Encoding::kCp1252;
  return InvalidArgument(fmt::format("ingest.encoding: '{}' is none of utf-8, latin1, cp1252", name));
}

Result<std::string> ToUtf8(std::string_view bytes, Encoding encoding) {
  if (encoding == Encoding::kUtf8) return FromUtf8(bytes);
  return FromSingleBytes(bytes, encoding == Encoding::kCp1252);
}

}  // namespace valence::data::internal
