// SPDX-License-Identifier: Apache-2.0
#include "convert.h"

#include <arrow/csv/api.h>
#include <arrow/io/file.h>
#include <arrow/io/stdio.h>
#include <arrow/ipc/writer.h>
#include <arrow/record_batch.h>
#include <fmt/format.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>
#include <parquet/exception.h>

#include <memory>
#include <system_error>
#include <utility>

#include "streams.h"

namespace valence::parquet_tool {
namespace {

constexpr std::int32_t kBlockBytes = 16 << 20;
constexpr std::int64_t kRowsOfAGroup = 1 << 16;

/// Assigns what an Arrow call returns, or returns its error as ours.
#define VALENCE_ARROW(declaration, call, what)                                           \
  auto declaration##_result = (call);                                                    \
  if (!declaration##_result.ok()) return FromArrow(declaration##_result.status(), what); \
  auto declaration = std::move(declaration##_result).ValueUnsafe()

Status From(const arrow::Status& status, const std::string& what) {
  if (status.ok()) return Ok();
  return FromArrow(status, what);
}

/// How many Parquet columns (leaves) a field has.
int LeavesOf(const arrow::DataType& type) {
  if (type.num_fields() == 0) return 1;
  int leaves = 0;
  for (const auto& field : type.fields()) leaves += LeavesOf(*field->type());
  return leaves;
}

/// The leaves of the named columns; no names: of all. Errors: kNotFound, and kInvalidArgument for a nested column.
Result<std::vector<int>> LeavesNamed(const arrow::Schema& schema, const std::vector<std::string>& names,
                                     const std::string& what) {
  std::vector<int> leaves;
  for (const std::string& name : names.empty() ? schema.field_names() : names) {
    const int at = schema.GetFieldIndex(name);
    if (at < 0) {
      return NotFound(fmt::format("{}: no column '{}'; it has: {}", what, name, fmt::join(schema.field_names(), ", ")));
    }
    if (schema.field(at)->type()->num_fields() > 0) {
      return InvalidArgument(
          fmt::format("{}: column '{}' is a {}, which CSV cannot hold; name the others with --columns", what, name,
                      schema.field(at)->type()->ToString()));
    }
    int leaf = 0;
    for (int before = 0; before < at; ++before) leaf += LeavesOf(*schema.field(before)->type());
    leaves.push_back(leaf);
  }
  return leaves;
}

Status CopyAsCsv(arrow::RecordBatchReader& batches, const std::string& what) {
  StandardOutput output;
  VALENCE_ARROW(writer, arrow::csv::MakeCSVWriter(&output, batches.schema()), what);
  while (true) {
    std::shared_ptr<arrow::RecordBatch> batch;
    VALENCE_RETURN_IF_ERROR(From(batches.ReadNext(&batch), what));
    if (batch == nullptr) break;
    VALENCE_RETURN_IF_ERROR(From(writer->WriteRecordBatch(*batch), what));
  }
  return From(writer->Close(), what);
}

Result<arrow::Compression::type> CompressionNamed(const std::string& name) {
  if (name == "none") return arrow::Compression::UNCOMPRESSED;
  VALENCE_ARROW(type, arrow::util::Codec::GetCompressionType(name), "--compression");
  return type;
}

Result<std::shared_ptr<arrow::csv::StreamingReader>> OpenCsv(const CsvToParquetOptions& options) {
  auto read = arrow::csv::ReadOptions::Defaults();
  read.block_size = kBlockBytes;
  read.use_threads = false;  // only then do errors name the row
  auto parse = arrow::csv::ParseOptions::Defaults();
  parse.newlines_in_values = true;
  auto convert = arrow::csv::ConvertOptions::Defaults();
  for (const std::string& column : options.as_text) convert.column_types[column] = arrow::utf8();
  VALENCE_ARROW(reader,
                arrow::csv::StreamingReader::Make(arrow::io::default_io_context(),
                                                  std::make_shared<arrow::io::StdinStream>(), read, parse, convert),
                "standard input");
  return reader;
}

Status CopyAsParquet(arrow::csv::StreamingReader& rows, parquet::arrow::FileWriter& writer, const std::string& what) {
  while (true) {
    std::shared_ptr<arrow::RecordBatch> batch;
    VALENCE_RETURN_IF_ERROR(From(rows.ReadNext(&batch), "standard input"));
    if (batch == nullptr) break;
    VALENCE_RETURN_IF_ERROR(From(writer.WriteRecordBatch(*batch), what));
  }
  return From(writer.Close(), what);
}

/// Arrow reports by Status, but its Parquet half throws now and then.
template <typename Work>
Status WithoutThrowing(const std::string& what, const Work& work) {
  try {
    return work();
  } catch (const parquet::ParquetException& error) {
    return DataCorrupt(fmt::format("{}: {}", what, error.what()));
  }
}

Status ToCsv(const std::string& what, const std::vector<std::string>& columns) {
  std::error_code error;
  if (!std::filesystem::is_regular_file(what, error)) return NotFound(what + ": no such file");
  VALENCE_ARROW(input, arrow::io::ReadableFile::Open(what), what);
  VALENCE_ARROW(file, parquet::arrow::OpenFile(input, arrow::default_memory_pool()), what);
  std::shared_ptr<arrow::Schema> schema;
  VALENCE_RETURN_IF_ERROR(From(file->GetSchema(&schema), what));
  VALENCE_TRY(const std::vector<int> leaves, LeavesNamed(*schema, columns, what));
  std::vector<int> groups(static_cast<std::size_t>(file->num_row_groups()));
  for (std::size_t i = 0; i < groups.size(); ++i) groups[i] = static_cast<int>(i);
  VALENCE_ARROW(batches, file->GetRecordBatchReader(groups, leaves), what);
  return CopyAsCsv(*batches, what);
}

Status ToParquet(const std::filesystem::path& path, const CsvToParquetOptions& options) {
  VALENCE_TRY(const arrow::Compression::type compression, CompressionNamed(options.compression));
  VALENCE_TRY(const auto rows, OpenCsv(options));
  VALENCE_TRY(AtomicFile file, AtomicFile::Create(path));
  const auto properties =
      parquet::WriterProperties::Builder().compression(compression)->max_row_group_length(kRowsOfAGroup)->build();
  VALENCE_ARROW(writer,
                parquet::arrow::FileWriter::Open(*rows->schema(), arrow::default_memory_pool(),
                                                 std::make_shared<AtomicOutput>(file), properties),
                path.string());
  VALENCE_RETURN_IF_ERROR(CopyAsParquet(*rows, *writer, path.string()));
  return file.Commit();
}

}  // namespace

Status ParquetToCsv(const std::filesystem::path& file, const std::vector<std::string>& columns) {
  return WithoutThrowing(file.string(), [&] { return ToCsv(file.string(), columns); });
}

Status CsvToParquet(const std::filesystem::path& file, const CsvToParquetOptions& options) {
  return WithoutThrowing(file.string(), [&] { return ToParquet(file, options); });
}

}  // namespace valence::parquet_tool
