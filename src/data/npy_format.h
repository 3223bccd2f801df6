// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "valence/base/result.h"

/// NumPy's .npy format (numpy/lib/_format_impl.py): magic, version, a Python dict literal, then the raw array.
namespace valence::data::internal {

/// What a .npy file says of its array, and the array's bytes (a view into the file).
struct NpyView {
  std::string dtype;  ///< such as "<i4"
  std::vector<std::uint64_t> shape;
  std::uint64_t count = 1;  ///< product of the shape
  std::string_view data;    ///< exactly count * item size bytes
};

/// The header numpy.save writes (version 1.0) for a C-ordered array of at most one dimension.
std::string NpyHeader(std::string_view dtype, const std::vector<std::uint64_t>& shape);

/// Takes a .npy file apart. Errors: kDataCorrupt (magic, header, length), kUnimplemented (versions, Fortran order).
Result<NpyView> ParseNpy(std::string_view file);

/// The array as T, converted value by value; an integer that T cannot hold is kDataCorrupt. T: int32, int64 or double.
template <class T>
Result<std::vector<T>> ConvertNpy(const NpyView& npy);

}  // namespace valence::data::internal
