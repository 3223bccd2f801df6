// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <utility>

#include "npy_format.h"
#include "valence/base/files.h"
#include "valence/data/npz.h"

namespace valence::data {
namespace {

template <class T>
Status Write(const std::filesystem::path& path, std::string_view dtype, const std::vector<T>& values) {
  VALENCE_TRY(AtomicFile file, AtomicFile::Create(path));
  VALENCE_RETURN_IF_ERROR(file.Append(internal::NpyHeader(dtype, {values.size()})));
  VALENCE_RETURN_IF_ERROR(file.Append({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)}));
  return file.Commit();
}

template <class T>
Result<std::vector<T>> ParseVector(std::string_view bytes) {
  VALENCE_TRY(const internal::NpyView npy, internal::ParseNpy(bytes));
  if (npy.shape.size() == 1) return internal::ConvertNpy<T>(npy);
  return DataCorrupt(fmt::format("expected one dimension, found {}", npy.shape.size()));
}

template <class T>
Result<std::vector<T>> Read(const std::filesystem::path& path) {
  VALENCE_TRY(const MappedFile file, MappedFile::Open(path));
  auto values = ParseVector<T>(file.bytes());
  if (!values.has_value()) return std::move(values).error().With(path.string());
  return values;
}

}  // namespace

Status WriteNpy(const std::filesystem::path& path, const std::vector<std::int32_t>& values) {
  return Write(path, "<i4", values);
}
Status WriteNpy(const std::filesystem::path& path, const std::vector<double>& values) {
  return Write(path, "<f8", values);
}
Result<std::vector<std::int32_t>> ReadNpyInt32(const std::filesystem::path& path) { return Read<std::int32_t>(path); }
Result<std::vector<double>> ReadNpyDouble(const std::filesystem::path& path) { return Read<double>(path); }

}  // namespace valence::data
