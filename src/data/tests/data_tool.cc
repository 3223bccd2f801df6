// SPDX-License-Identifier: Apache-2.0
// What tests/parity/data drives: readers and writers on files, one call each. Not part of the product.
#include <cstdio>
#include <cstdlib>
#include <string>

#include "near_duplicates.h"
#include "valence/base/clock.h"
#include "valence/base/files.h"
#include "valence/base/json.h"
#include "valence/data/csv.h"
#include "valence/data/ingest.h"
#include "valence/data/npz.h"

namespace {

using valence::Json;
using valence::Result;
using valence::Status;

template <class Value, class Write>
Status WriteIfRead(const Result<Value>& value, Write write) {
  return value.has_value() ? write(*value) : Status(value.error());
}

Status CopyNpz(const std::string& in, const std::string& out) {
  return WriteIfRead(valence::data::ReadNpz(in), [&](const auto& m) { return valence::data::WriteNpz(out, m); });
}

Status CopyInts(const std::string& in, const std::string& out) {
  return WriteIfRead(valence::data::ReadNpyInt32(in), [&](const auto& v) { return valence::data::WriteNpy(out, v); });
}

Status CopyDoubles(const std::string& in, const std::string& out) {
  return WriteIfRead(valence::data::ReadNpyDouble(in), [&](const auto& v) { return valence::data::WriteNpy(out, v); });
}

Status CopyDocuments(const std::string& in, const std::string& out) {
  return WriteIfRead(valence::data::ReadDocuments(in),
                     [&](const auto& d) { return valence::data::WriteDocuments(out, d); });
}

/// The rows of a CSV as JSON: a list of lists.
Status RowsToJson(const std::string& in, const std::string& out) {
  Json rows = Json::MakeArray();
  valence::data::CsvReader reader({}, [&rows](std::uint64_t, const auto& fields) {
    rows.Push(Json::ArrayOf(fields));
    return valence::Ok();
  });
  VALENCE_TRY(const std::string text, valence::ReadFile(in));
  VALENCE_RETURN_IF_ERROR(reader.Feed(text));
  VALENCE_RETURN_IF_ERROR(reader.Finish());
  return valence::WriteFile(out, rows.Dump());
}

/// Ingests with default settings (tweets' columns if the name says so) and writes train.csv, test.csv, rejected.csv and
/// report.json below `out`.
Status RunIngest(const std::string& in, const std::string& out) {
  valence::data::IngestConfig config;
  config.source = in;
  config.contract = "";
  if (in.find("tweets") != std::string::npos) {
    config.label_column = "sentiment";
    config.id_column = "textID";
  }
  const valence::Stopwatch watch;
  VALENCE_TRY(const valence::data::IngestOutput output, valence::data::Ingest(config, valence::Progress::None()));
  std::fprintf(stderr, "ingest: %.3f s\n", watch.seconds());
  VALENCE_RETURN_IF_ERROR(valence::data::WriteDocuments(out + "/train.csv", output.split.train));
  VALENCE_RETURN_IF_ERROR(valence::data::WriteDocuments(out + "/test.csv", output.split.test));
  VALENCE_RETURN_IF_ERROR(valence::data::WriteRejected(out + "/rejected.csv", output.rejected));
  return valence::WriteFile(out + "/report.json", output.report.ToJson().Dump());
}

/// The near-duplicates of a documents CSV: [[index, index, similarity], ...].
Status FindNearDuplicates(const std::string& in, const std::string& out) {
  VALENCE_TRY(const valence::data::Dataset documents, valence::data::ReadDocuments(in));
  std::vector<std::string_view> texts;
  for (const valence::data::Document& document : documents) texts.emplace_back(document.text);
  const valence::Stopwatch watch;
  const auto found = valence::data::internal::FindNearDuplicates(texts, 0.5);
  std::fprintf(stderr, "near-duplicates: %.3f s\n", watch.seconds());
  Json pairs = Json::MakeArray();
  for (const auto& pair : found) {
    pairs.Push(Json(Json::Array{std::int64_t{pair.first}, std::int64_t{pair.second}, pair.similarity}));
  }
  return valence::WriteFile(out, pairs.Dump());
}

Status Run(const std::string& command, const std::string& in, const std::string& out) {
  if (command == "npz") return CopyNpz(in, out);
  if (command == "npy-int") return CopyInts(in, out);
  if (command == "npy-double") return CopyDoubles(in, out);
  if (command == "documents") return CopyDocuments(in, out);
  if (command == "rows") return RowsToJson(in, out);
  if (command == "near-duplicates") return FindNearDuplicates(in, out);
  if (command == "ingest") return RunIngest(in, out);
  return valence::InvalidArgument("no command " + command);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "usage: data_tool npz|npy-int|npy-double|documents|rows|near-duplicates|ingest IN OUT\n");
    return EXIT_FAILURE;
  }
  const Status done = Run(argv[1], argv[2], argv[3]);
  if (!done.has_value()) std::fprintf(stderr, "%s\n", done.error().message.c_str());
  return done.has_value() ? EXIT_SUCCESS : EXIT_FAILURE;
}
