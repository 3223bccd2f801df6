// SPDX-License-Identifier: Apache-2.0
#include "content_coding.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <new>

#include "valence/base/check.h"

namespace valence::serving {
namespace {

constexpr int kGzipWindow = 15 + 16;  // zlib: 16 more for gzip's header
constexpr int kZlibWindow = 15;
constexpr int kFastest = 1;

Bytef* Bytes(std::string_view text) {
  // zlib does not write to its input, but says so only if ZLIB_CONST is defined.
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(text.data()));
}

class Inflater {
 public:
  explicit Inflater(int window) {
    if (::inflateInit2(&stream_, window) != Z_OK) throw std::bad_alloc();
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { ::inflateEnd(&stream_); }

  enum class Outcome { kDone, kDamaged, kTooLarge };
  Outcome Run(std::string_view packed, std::size_t max_bytes, std::string* out) {
    stream_.next_in = Bytes(packed);
    stream_.avail_in = static_cast<uInt>(packed.size());
    std::array<char, 16384> block;
    for (;;) {
      stream_.next_out = reinterpret_cast<Bytef*>(block.data());
      stream_.avail_out = static_cast<uInt>(block.size());
      const int code = ::inflate(&stream_, Z_NO_FLUSH);
      out->append(block.data(), block.size() - stream_.avail_out);
      if (out->size() > max_bytes) return Outcome::kTooLarge;
      if (code == Z_STREAM_END) return stream_.avail_in == 0 ? Outcome::kDone : Outcome::kDamaged;
      if (code != Z_OK) return Outcome::kDamaged;
    }
  }

 private:
  z_stream stream_{};
};

std::string_view Trim(std::string_view text) {
  const std::size_t begin = std::min(text.find_first_not_of(" \t"), text.size());
  return text.substr(begin, text.find_last_not_of(" \t") + 1 - begin);
}

/// Whether a list item such as "gzip;q=0.5" asks for `name`.
bool AsksFor(std::string_view item, std::string_view name) {
  const std::size_t semicolon = item.find(';');
  if (Trim(item.substr(0, semicolon)) != name) return false;
  if (semicolon == std::string_view::npos) return true;
  const std::string_view weight = Trim(item.substr(semicolon + 1));
  return !weight.starts_with("q=0") || weight.find_first_of("123456789") != std::string_view::npos;
}

bool ListAsksFor(std::string_view list, std::string_view name) {
  while (!list.empty()) {
    const std::size_t comma = std::min(list.find(','), list.size());
    if (AsksFor(list.substr(0, comma), name)) return true;
    list.remove_prefix(std::min(comma + 1, list.size()));
  }
  return false;
}

}  // namespace

std::optional<HttpError> Unpack(std::string_view coding, std::string_view body, std::size_t max_bytes,
                                std::string* out) {
  out->clear();
  const bool gzip = coding == "gzip" || coding == "x-gzip";
  if (!gzip && coding != "deflate") {
    return HttpError{415, fmt::format("Content-Encoding: expected gzip or deflate, found '{}'", coding)};
  }
  switch (Inflater(gzip ? kGzipWindow : kZlibWindow).Run(body, max_bytes, out)) {
    case Inflater::Outcome::kDone:
      return std::nullopt;
    case Inflater::Outcome::kTooLarge:
      return HttpError{413, fmt::format("the unpacked body has more than {} bytes", max_bytes)};
    case Inflater::Outcome::kDamaged:
      break;
  }
  return HttpError{400, fmt::format("Content-Encoding: the body is not {} data", gzip ? "gzip" : "deflate")};
}

ContentCoding ChooseCoding(std::string_view accept_encoding) {
  if (ListAsksFor(accept_encoding, "gzip")) return ContentCoding::kGzip;
  if (ListAsksFor(accept_encoding, "deflate")) return ContentCoding::kDeflate;
  return ContentCoding::kIdentity;
}

std::string_view Pack(ContentCoding coding, std::string* body) {
  if (coding == ContentCoding::kIdentity) return {};
  const bool gzip = coding == ContentCoding::kGzip;
  z_stream stream{};
  if (::deflateInit2(&stream, kFastest, Z_DEFLATED, gzip ? kGzipWindow : kZlibWindow, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    throw std::bad_alloc();
  }
  std::string packed(::deflateBound(&stream, static_cast<uLong>(body->size())), '\0');
  stream.next_in = Bytes(*body);
  stream.avail_in = static_cast<uInt>(body->size());
  stream.next_out = reinterpret_cast<Bytef*>(packed.data());
  stream.avail_out = static_cast<uInt>(packed.size());
  const int code = ::deflate(&stream, Z_FINISH);
  packed.resize(stream.total_out);
  ::deflateEnd(&stream);
  VALENCE_CHECK(code == Z_STREAM_END, "deflateBound bounds what one call makes");
  body->swap(packed);
  return gzip ? "Content-Encoding: gzip\r\nVary: Accept-Encoding\r\n"
              : "Content-Encoding: deflate\r\nVary: Accept-Encoding\r\n";
}

}  // namespace valence::serving
