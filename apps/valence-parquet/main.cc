// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <csignal>
#include <cstdio>
#include <exception>

#include "convert.h"
#include "exit_code.h"
#include "valence/base/version.h"

namespace valence::parquet_tool {
namespace {

struct Flags {
  std::string file;
  std::vector<std::string> columns;
  CsvToParquetOptions write;
};

int Main(int argc, char** argv) {
  CLI::App app("Parquet to CSV and back, for valence ingest and valence predict.", "valence-parquet");
  app.set_version_flag("--version", std::string("valence-parquet ") + std::string(kVersion));
  app.require_subcommand(1);
  Flags flags;
  CLI::App* read = app.add_subcommand("read", "Write a Parquet file to standard output as CSV");
  read->add_option("file", flags.file, "Parquet file")->type_name("FILE")->required();
  read->add_option("--columns", flags.columns, "Only these columns, in this order (default: all)")->delimiter(',');
  CLI::App* write = app.add_subcommand("write", "Write CSV from standard input to a Parquet file, atomically");
  write->add_option("file", flags.file, "Parquet file")->type_name("FILE")->required();
  write->add_option("--as-text", flags.write.as_text, "Columns kept as strings whatever they look like")
      ->delimiter(',')
      ->capture_default_str();
  write->add_option("--compression", flags.write.compression, "zstd, snappy, gzip or none")
      ->check(CLI::IsMember({"zstd", "snappy", "gzip", "none"}))
      ->capture_default_str();
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? app::kSuccess : app::kUsage;
  }
  const Status done = read->parsed() ? ParquetToCsv(flags.file, flags.columns) : CsvToParquet(flags.file, flags.write);
  if (done) return app::kSuccess;
  fmt::print(stderr, "valence-parquet: {}\n", done.error().message);
  return app::ToExitCode(done.error().code);
}

}  // namespace
}  // namespace valence::parquet_tool

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // a closed pipe is an error to report
  try {
    return valence::parquet_tool::Main(argc, argv);
  } catch (const std::exception& error) {
    fmt::print(stderr, "valence-parquet: internal error: {}\n", error.what());
    return valence::app::kInternalError;
  }
}
