// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/bulk_predict.h"

#include <fmt/format.h>

#include <vector>

#include "row_reader.h"
#include "row_writer.h"
#include "valence/linalg/parallel.h"

namespace valence::pipeline {
namespace {

/// Read for each thread at a time: small enough to be in its core's cache still when it is scored.
constexpr std::size_t kBytesOfAThread = 1u << 17;
constexpr std::size_t kChunks = 16;

/// Scores a batch on all threads and sends its rows to the sink in order.
class BatchScorer {
 public:
  BatchScorer(const classifier::Classifier& model, const BulkOptions& options, const ByteSink& sink)
      : model_(model), writer_(model.labels(), options.output), sink_(sink), outputs_(kChunks) {}

  Status Send(const RowReader& reader, const RowBatch& batch, BulkResult* result) {
    if (!header_sent_) {
      VALENCE_RETURN_IF_ERROR(sink_(writer_.Header(reader.header())));
      header_sent_ = true;
    }
    for (std::string& out : outputs_) out.clear();  // a short batch fills fewer chunks
    linalg::ParallelFor(batch.rows.size(), kChunks, [&](std::size_t chunk, std::size_t begin, std::size_t end) {
      std::string& out = outputs_[chunk];
      // One per thread, not per chunk: warm memory that stays in the core's own cache.
      thread_local classifier::Classifier::Scratch scratch;
      thread_local classifier::Prediction prediction;
      for (std::size_t i = begin; i < end; ++i) {
        model_.Predict(batch.Text(batch.rows[i]), &scratch, &prediction);
        writer_.AppendRow(batch.Prefix(batch.rows[i]), prediction, &out);
      }
    });
    for (const std::string& out : outputs_) VALENCE_RETURN_IF_ERROR(sink_(out));
    result->rows += batch.rows.size();
    for (const RowBatch::Row& row : batch.rows) result->text_bytes += row.text_end - row.text_begin;
    return Ok();
  }

 private:
  const classifier::Classifier& model_;
  RowWriter writer_;
  const ByteSink& sink_;
  std::vector<std::string> outputs_;
  bool header_sent_ = false;
};

}  // namespace

Result<RowFormat> ParseRowFormat(std::string_view name) {
  if (name == "auto") return RowFormat::kAuto;
  if (name == "csv") return RowFormat::kCsv;
  if (name == "tsv") return RowFormat::kTsv;
  if (name == "jsonl") return RowFormat::kJsonl;
  if (name == "lines") return RowFormat::kLines;
  return InvalidArgument(fmt::format("unknown format '{}'; one of auto, csv, tsv, jsonl, lines", name));
}

Result<BulkResult> PredictRows(const classifier::Classifier& model, const BulkOptions& options,
                               const ByteSource& source, const ByteSink& sink, Progress& progress) {
  BulkResult result;
  BatchScorer scorer(model, options, sink);
  std::unique_ptr<RowReader> reader;
  std::string block(kBytesOfAThread * static_cast<std::size_t>(linalg::Threads()), '\0');
  RowBatch batch;
  bool more = true;
  while (more) {
    VALENCE_TRY(const std::size_t n, source(block.data(), block.size()));
    const std::string_view bytes(block.data(), n);
    more = n > 0;
    result.input_bytes += n;
    if (reader == nullptr) {
      const RowFormat format = options.input == RowFormat::kAuto ? DetectRowFormat(options, bytes) : options.input;
      reader = RowReader::Make(format, options, RowWriter(model.labels(), options.output).ColumnNames());
    }
    // Rows before a bad one are scored and written; then the error stops us.
    Status status = more ? reader->Feed(bytes, &batch) : reader->Finish(&batch);
    if (!batch.rows.empty() || !more) VALENCE_RETURN_IF_ERROR(scorer.Send(*reader, batch, &result));
    batch.Clear();
    VALENCE_RETURN_IF_ERROR(std::move(status));
    progress.Advance(n);
  }
  return result;
}

}  // namespace valence::pipeline
