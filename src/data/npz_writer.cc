// SPDX-License-Identifier: Apache-2.0
#include <cstring>

#include "npy_format.h"
#include "valence/base/files.h"
#include "valence/data/npz.h"
#include "zip_writer.h"

namespace valence::data {
namespace {

template <class T>
std::string_view BytesOf(const std::vector<T>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)};
}

}  // namespace

Status WriteNpz(const std::filesystem::path& path, const linalg::CsrMatrix& matrix) {
  using internal::NpyHeader;
  VALENCE_TRY(AtomicFile file, AtomicFile::Create(path));
  internal::ZipWriter zip(&file);
  const auto add = [&zip](std::string_view name, const std::string& header, std::string_view bytes) {
    return zip.Add(name, {header, bytes});
  };
  // scipy/sparse/_matrix_io.py: this order, these types.
  const std::vector<std::int64_t> shape{matrix.rows, matrix.cols};
  VALENCE_RETURN_IF_ERROR(add("indices.npy", NpyHeader("<i4", {matrix.indices.size()}), BytesOf(matrix.indices)));
  VALENCE_RETURN_IF_ERROR(add("indptr.npy", NpyHeader("<i8", {matrix.indptr.size()}), BytesOf(matrix.indptr)));
  VALENCE_RETURN_IF_ERROR(add("format.npy", NpyHeader("|S3", {}), "csr"));
  VALENCE_RETURN_IF_ERROR(add("shape.npy", NpyHeader("<i8", {shape.size()}), BytesOf(shape)));
  VALENCE_RETURN_IF_ERROR(add("data.npy", NpyHeader("<f8", {matrix.values.size()}), BytesOf(matrix.values)));
  VALENCE_RETURN_IF_ERROR(zip.Finish());
  return file.Commit();
}

}  // namespace valence::data
