// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <limits>
#include <map>
#include <string>
#include <utility>

#include "archive_reader.h"
#include "npy_format.h"
#include "valence/data/npz.h"

namespace valence::data {
namespace {

using internal::ConvertNpy;
using internal::NpyView;

/// The members of a CSR file as they come, in any order.
struct Parts {
  linalg::CsrMatrix matrix;
  std::map<std::string, bool> seen;

  Status Take(const std::string& name, const NpyView& npy) {
    const bool is_format = name == "format.npy";
    if (npy.shape.size() != (is_format ? 0u : 1u)) {
      return DataCorrupt(fmt::format("an array of {} dimensions", npy.shape.size()));
    }
    seen[name] = true;
    if (is_format) return TakeFormat(npy);
    if (name == "shape.npy") return TakeShape(npy);
    if (name == "indices.npy") return TakeInto(ConvertNpy<std::int32_t>(npy), &matrix.indices);
    if (name == "indptr.npy") return TakeInto(ConvertNpy<std::int64_t>(npy), &matrix.indptr);
    if (name == "data.npy") return TakeInto(ConvertNpy<double>(npy), &matrix.values);
    return Ok();  // scipy ignores what it does not know, too
  }

 private:
  template <class T>
  static Status TakeInto(Result<std::vector<T>> values, std::vector<T>* out) {
    VALENCE_TRY(*out, std::move(values));
    return Ok();
  }

  static Status TakeFormat(const NpyView& npy) {
    if (npy.data == "csr") return Ok();
    return Unimplemented(fmt::format("a matrix of format '{}'; save it with .tocsr()", npy.data));
  }

  Status TakeShape(const NpyView& npy) {
    VALENCE_TRY(const std::vector<std::int64_t> shape, ConvertNpy<std::int64_t>(npy));
    if (shape.size() != 2) return DataCorrupt(fmt::format("{} dimensions instead of 2", shape.size()));
    matrix.rows = shape[0];
    matrix.cols = shape[1];
    return Ok();
  }
};

Status TakeMember(const std::string& name, std::string_view bytes, Parts* parts) {
  VALENCE_TRY(const NpyView npy, internal::ParseNpy(bytes));
  return parts->Take(name, npy);
}

}  // namespace

Result<linalg::CsrMatrix> ReadNpz(const std::filesystem::path& path) {
  VALENCE_TRY(internal::ArchiveReader archive, internal::ArchiveReader::Open(path));
  Parts parts;
  for (;;) {
    VALENCE_TRY(const bool more, archive.Next());
    if (!more) break;
    bool cut = false;
    VALENCE_TRY(const std::string bytes, archive.ReadRest(std::numeric_limits<std::uint64_t>::max(), &cut));
    Status taken = TakeMember(archive.name(), bytes, &parts);
    if (!taken.has_value()) {
      return std::move(taken).error().With(fmt::format("{}({})", path.string(), archive.name()));
    }
  }
  for (const char* name : {"format.npy", "shape.npy", "indptr.npy", "indices.npy", "data.npy"}) {
    if (!parts.seen[name]) return DataCorrupt(fmt::format("{}: no member {}", path.string(), name));
  }
  Status valid = parts.matrix.Validate();
  if (!valid.has_value()) return std::move(valid).error().With(path.string());
  return std::move(parts.matrix);
}

}  // namespace valence::data
