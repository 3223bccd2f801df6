// SPDX-License-Identifier: Apache-2.0
#include "library_asset.h"

#include <zlib.h>

#include <cstring>

// Embedded by valence_embed.
extern "C" const char valence_library_gz_begin[];
extern "C" const char valence_library_gz_end[];
extern "C" const char valence_loader_py_begin[];
extern "C" const char valence_loader_py_end[];

namespace valence::registry {
namespace {

// The last four bytes of a gzip file: the size of the content, little-endian.
std::size_t ContentSize(std::string_view gz) {
  std::size_t size = 0;
  for (std::size_t i = 1; i <= 4; ++i) size = size << 8 | static_cast<unsigned char>(gz[gz.size() - i]);
  return size;
}

}  // namespace

Result<std::string> LibraryBytes() {
  const std::string_view gz(valence_library_gz_begin,
                            static_cast<std::size_t>(valence_library_gz_end - valence_library_gz_begin));
  std::string bytes(ContentSize(gz), '\0');
  z_stream stream{};
  constexpr int kGzip = 16 + MAX_WBITS;
  if (inflateInit2(&stream, kGzip) != Z_OK) return Internal("zlib cannot start");
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(gz.data()));  // zlib only reads there
  stream.avail_in = static_cast<uInt>(gz.size());
  stream.next_out = reinterpret_cast<Bytef*>(bytes.data());
  stream.avail_out = static_cast<uInt>(bytes.size());
  const int status = inflate(&stream, Z_FINISH);  // checks gzip's CRC-32 and size
  inflateEnd(&stream);
  if (status != Z_STREAM_END) return Internal("the libvalence.so inside this program is damaged");
  return bytes;
}

std::string_view LoaderSource() {
  return {valence_loader_py_begin, static_cast<std::size_t>(valence_loader_py_end - valence_loader_py_begin)};
}

}  // namespace valence::registry
