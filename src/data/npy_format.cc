// SPDX-License-Identifier: Apache-2.0
#include "npy_format.h"

#include <fmt/format.h>

#include <bit>
#include <charconv>
#include <cstring>
#include <limits>
#include <type_traits>
#include <utility>

namespace valence::data::internal {
namespace {

static_assert(std::endian::native == std::endian::little, "arrays are written as they lie in memory");

constexpr std::string_view kMagic = "\x93NUMPY";
constexpr std::size_t kAlignment = 64;
/// numpy leaves room for the last axis to grow to this many digits without moving the data.
constexpr std::size_t kGrowthDigits = 21;

std::uint16_t Little16(std::string_view bytes) {
  std::uint16_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

std::uint32_t Little32(std::string_view bytes) {
  std::uint32_t value = 0;
  std::memcpy(&value, bytes.data(), sizeof value);
  return value;
}

/// What follows `'key':` in the header's dict literal, without leading spaces; "" if the key is not there.
std::string_view ValueOf(std::string_view header, std::string_view key) {
  const std::string quoted = fmt::format("'{}':", key);
  const std::size_t at = header.find(quoted);
  if (at == std::string_view::npos) return "";
  header.remove_prefix(at + quoted.size());
  const std::size_t begin = header.find_first_not_of(' ');
  return begin == std::string_view::npos ? "" : header.substr(begin);
}

Result<std::string> ParseDtype(std::string_view header) {
  const std::string_view value = ValueOf(header, "descr");
  const std::size_t end = value.empty() ? std::string_view::npos : value.find('\'', 1);
  if (end == std::string_view::npos || value[0] != '\'') return DataCorrupt("the header names no simple dtype");
  return std::string(value.substr(1, end - 1));
}

/// "(2, 3)", "(5,)" or "()".
Result<std::vector<std::uint64_t>> ParseShape(std::string_view header) {
  const std::string_view value = ValueOf(header, "shape");
  const std::size_t close = value.find(')');
  if (value.empty() || value[0] != '(' || close == std::string_view::npos)
    return DataCorrupt("the header has no shape");
  std::vector<std::uint64_t> shape;
  const char* end = value.data() + close;
  for (const char* p = value.data() + 1; p != end;) {
    if (*p == ' ' || *p == ',') {
      ++p;
      continue;
    }
    std::uint64_t axis = 0;
    const auto [next, error] = std::from_chars(p, end, axis);
    if (error != std::errc() || shape.size() == 32) return DataCorrupt("the header's shape is not a tuple of numbers");
    shape.push_back(axis);
    p = next;
  }
  return shape;
}

/// Bytes of one item, from the digits that end the dtype; 0 if there are none.
std::uint64_t ItemSize(std::string_view dtype) {
  std::uint64_t size = 0;
  if (dtype.size() > 2) std::from_chars(dtype.data() + 2, dtype.data() + dtype.size(), size);
  return size;
}

/// Takes magic, version and length off the file; gives the dict literal and leaves the array in `*file`.
Result<std::string_view> TakeHeader(std::string_view* file) {
  if (file->substr(0, kMagic.size()) != kMagic || file->size() < 12) return DataCorrupt("not a .npy file");
  const int major = (*file)[6];
  if (major < 1 || major > 3) return Unimplemented(fmt::format(".npy version {}", major));
  const std::size_t begin = major == 1 ? 10 : 12;
  const std::size_t length = major == 1 ? Little16(file->substr(8)) : Little32(file->substr(8));
  if (length > file->size() - begin) return DataCorrupt("cut short in the header");
  const std::string_view header = file->substr(begin, length);
  file->remove_prefix(begin + length);
  return header;
}

Result<std::uint64_t> Product(const std::vector<std::uint64_t>& shape) {
  std::uint64_t product = 1;
  for (const std::uint64_t axis : shape) {
    if (__builtin_mul_overflow(product, axis, &product)) return DataCorrupt("the header's shape overflows");
  }
  return product;
}

template <class T, class From>
Result<std::vector<T>> ConvertFrom(const NpyView& npy) {
  std::vector<T> values(static_cast<std::size_t>(npy.count));
  if constexpr (std::is_same_v<T, From>) {
    if (npy.count > 0) std::memcpy(values.data(), npy.data.data(), npy.data.size());
    return values;
  }
  for (std::size_t i = 0; i < values.size(); ++i) {
    From value{};
    std::memcpy(&value, npy.data.data() + i * sizeof value, sizeof value);
    if constexpr (std::is_integral_v<T> && sizeof(T) < sizeof(From)) {
      if (value < std::numeric_limits<T>::min() || value > std::numeric_limits<T>::max()) {
        return DataCorrupt(fmt::format("value {} at {} does not fit {} bits", value, i, sizeof(T) * 8));
      }
    }
    values[i] = static_cast<T>(value);
  }
  return values;
}

}  // namespace

std::string NpyHeader(std::string_view dtype, const std::vector<std::uint64_t>& shape) {
  const std::string tuple = shape.empty() ? "()" : fmt::format("({},)", shape[0]);
  std::string header = fmt::format("{{'descr': '{}', 'fortran_order': False, 'shape': {}, }}", dtype, tuple);
  if (!shape.empty()) header.append(kGrowthDigits - std::to_string(shape[0]).size(), ' ');
  const std::size_t prefix = kMagic.size() + 4;
  header.append(kAlignment - (prefix + header.size() + 1) % kAlignment, ' ');
  header += '\n';
  std::string out(kMagic);
  out.append({'\x01', '\x00', static_cast<char>(header.size() & 0xFF), static_cast<char>(header.size() >> 8)});
  return out + header;
}

Result<NpyView> ParseNpy(std::string_view file) {
  VALENCE_TRY(const std::string_view header, TakeHeader(&file));
  NpyView npy;
  VALENCE_TRY(npy.dtype, ParseDtype(header));
  VALENCE_TRY(npy.shape, ParseShape(header));
  VALENCE_TRY(npy.count, Product(npy.shape));
  const std::string_view order = ValueOf(header, "fortran_order");
  if (order.substr(0, 4) == "True" && npy.shape.size() > 1) return Unimplemented("Fortran order");
  std::uint64_t bytes = 0;
  if (__builtin_mul_overflow(npy.count, ItemSize(npy.dtype), &bytes) || bytes != file.size()) {
    return DataCorrupt(fmt::format("{} items of dtype {} do not make the {} bytes that follow the header", npy.count,
                                   npy.dtype, file.size()));
  }
  npy.data = file;
  return npy;
}

template <class T>
Result<std::vector<T>> ConvertNpy(const NpyView& npy) {
  if (npy.dtype == "<i4") return ConvertFrom<T, std::int32_t>(npy);
  if (npy.dtype == "<i8") return ConvertFrom<T, std::int64_t>(npy);
  if constexpr (std::is_floating_point_v<T>) {
    if (npy.dtype == "<f8") return ConvertFrom<T, double>(npy);
    if (npy.dtype == "<f4") return ConvertFrom<T, float>(npy);
  }
  return Unimplemented(fmt::format("dtype {} where {} is wanted", npy.dtype,
                                   std::is_floating_point_v<T> ? "<f8, <f4, <i8 or <i4" : "<i8 or <i4"));
}

template Result<std::vector<std::int32_t>> ConvertNpy(const NpyView&);
template Result<std::vector<std::int64_t>> ConvertNpy(const NpyView&);
template Result<std::vector<double>> ConvertNpy(const NpyView&);

}  // namespace valence::data::internal
