// SPDX-License-Identifier: Apache-2.0
#include "valence/telemetry/process_metrics.h"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <system_error>

namespace valence::telemetry {
namespace {

// Fields of /proc/self/stat by proc(5)'s numbers.
constexpr int kUserTicks = 14;
constexpr int kSystemTicks = 15;
constexpr int kStartTicks = 22;
constexpr int kVirtualBytes = 23;
constexpr int kResidentPages = 24;

std::string ReadProc(const char* path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The number after `key` in a /proc file, or 0.
double NumberAfter(const std::string& text, std::string_view key) {
  const std::size_t at = text.find(key);
  if (at == std::string::npos) return 0;
  double value = 0;
  std::from_chars(text.data() + at + key.size(), text.data() + text.size(), value);
  return value;
}

/// Field `number` of /proc/self/stat. Field 2, the program's name, may hold spaces; counting starts after it.
double Stat(int number) {
  const std::string stat = ReadProc("/proc/self/stat");
  std::size_t at = stat.rfind(") ");
  if (at == std::string::npos) return 0;
  at += 2;
  for (int field = 3; field < number; ++field) {
    at = stat.find(' ', at);
    if (at == std::string::npos) return 0;
    ++at;
  }
  double value = 0;
  std::from_chars(stat.data() + at, stat.data() + stat.size(), value);
  return value;
}

double TicksPerSecond() { return static_cast<double>(sysconf(_SC_CLK_TCK)); }

double OpenFiles() {
  std::error_code error;
  std::filesystem::directory_iterator files("/proc/self/fd", error);
  if (error) return 0;
  return static_cast<double>(std::distance(begin(files), end(files)) - 1);  // the one that lists them
}

double MaxFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

double StartTime() { return NumberAfter(ReadProc("/proc/stat"), "btime ") + Stat(kStartTicks) / TicksPerSecond(); }

}  // namespace

void AddProcessMetrics(Registry* registry) {
  using Kind = Registry::Kind;
  registry->AddCallback(Kind::kCounter, "process_cpu_seconds_total", "CPU time spent, user and system.",
                        [] { return (Stat(kUserTicks) + Stat(kSystemTicks)) / TicksPerSecond(); });
  registry->AddCallback(Kind::kGauge, "process_resident_memory_bytes", "Memory in RAM.",
                        [] { return Stat(kResidentPages) * static_cast<double>(sysconf(_SC_PAGESIZE)); });
  registry->AddCallback(Kind::kGauge, "process_virtual_memory_bytes", "Address space in use.",
                        [] { return Stat(kVirtualBytes); });
  registry->AddCallback(Kind::kGauge, "process_open_fds", "Open file descriptors.", OpenFiles);
  registry->AddCallback(Kind::kGauge, "process_max_fds", "File descriptors the process may open.", MaxFiles);
  registry->AddConstant("process_start_time_seconds", "When the process started, in seconds since 1970.", StartTime());
}

}  // namespace valence::telemetry
