// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <system_error>

#include "commands.h"
#include "model_flag.h"
#include "model_loading.h"
#include "progress_bar.h"
#include "terminal.h"
#include "valence/base/clock.h"
#include "valence/base/files.h"
#include "valence/base/numbers.h"
#include "valence/pipeline/bulk_predict.h"

namespace valence::app {
namespace {

struct Flags {
  std::string model, file = "-", output, input_format = "auto", format = "csv", text_column = "text";
};

/// The input as a file descriptor; closes it unless it is standard input.
class Input {
 public:
  static Result<Input> Open(const std::string& file) {
    if (file == "-") return Input(STDIN_FILENO);
    const int fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (fd < 0) {
      Error error = Unavailable(file + ": " + std::system_category().message(errno));
      if (errno == ENOENT) error.code = ErrorCode::kNotFound;
      return error;
    }
    return Input(fd);
  }
  Input(Input&& other) noexcept : fd_(std::exchange(other.fd_, STDIN_FILENO)) {}
  Input& operator=(Input&&) = delete;
  ~Input() {
    if (fd_ != STDIN_FILENO) ::close(fd_);
  }

  Result<std::size_t> Read(char* buffer, std::size_t capacity) const {
    while (true) {
      const ssize_t n = ::read(fd_, buffer, capacity);
      if (n >= 0) return static_cast<std::size_t>(n);
      if (errno != EINTR) return Unavailable("reading the input: " + std::system_category().message(errno));
    }
  }
  std::uint64_t size() const {
    struct stat info {};
    return ::fstat(fd_, &info) == 0 && S_ISREG(info.st_mode) ? static_cast<std::uint64_t>(info.st_size) : 0;
  }

 private:
  explicit Input(int fd) : fd_(fd) {}
  int fd_;
};

Outcome RunPredict(const Context& context, const Flags& flags) {
  pipeline::BulkOptions options;
  options.text_column = flags.text_column;
  options.name = flags.file == "-" ? "standard input" : flags.file;
  VALENCE_TRY(options.input, pipeline::ParseRowFormat(flags.input_format));
  VALENCE_TRY(options.output, pipeline::ParseRowFormat(flags.format));
  VALENCE_TRY(const LoadedModel loaded, LoadModel(flags.model, Progress::None()));
  const auto& model = loaded.trained.classifier;
  VALENCE_TRY(const Input input, Input::Open(flags.file));
  std::optional<AtomicFile> file;
  if (!flags.output.empty()) {
    VALENCE_TRY(file, AtomicFile::Create(flags.output));
  }

  const Stopwatch stopwatch;
  pipeline::BulkResult result;
  {
    ProgressBar progress("", context.quiet);
    progress.Start("scoring", input.size(), "bytes");
    VALENCE_TRY(result,
                pipeline::PredictRows(
                    *model, options, [&](char* b, std::size_t n) { return input.Read(b, n); },
                    [&](std::string_view bytes) { return file ? file->Append(bytes) : Print(bytes); }, progress));
    if (file) VALENCE_RETURN_IF_ERROR(file->Commit());
    progress.Done();
  }
  if (!context.quiet) {
    const double seconds = stopwatch.seconds();
    PrintStderr(fmt::format("{} texts, {} in {:.2f} s: {} texts/s, {}/s\n",
                            WithThousands(static_cast<std::int64_t>(result.rows)),
                            HumanBytes(static_cast<double>(result.text_bytes)), seconds,
                            WithThousands(static_cast<std::int64_t>(static_cast<double>(result.rows) / seconds)),
                            HumanBytes(static_cast<double>(result.text_bytes) / seconds)));
  }
  return kSuccess;
}

}  // namespace

void AddPredict(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("predict", "Score many texts: CSV, JSON Lines or plain lines in, CSV or JSON Lines out");
  const auto flags = std::make_shared<Flags>();
  AddModelFlag(*command, flags->model);
  command->add_option("file", flags->file, "Input file, or - for standard input")
      ->type_name("FILE")
      ->capture_default_str();
  command->add_option("--format", flags->format, "Output: csv or jsonl")
      ->check(CLI::IsMember({"csv", "jsonl"}))
      ->capture_default_str();
  command->add_option("--input-format", flags->input_format, "auto, csv, tsv, jsonl or lines")
      ->check(CLI::IsMember({"auto", "csv", "tsv", "jsonl", "lines"}))
      ->capture_default_str();
  command->add_option("--text-column", flags->text_column, "Column or key that holds the text")->capture_default_str();
  command->add_option("-o,--output", flags->output, "Write here, atomically (default: standard output)")
      ->type_name("FILE");
  command->callback([&context, flags] { context.action = [&context, flags] { return RunPredict(context, *flags); }; });
}

}  // namespace valence::app
