// SPDX-License-Identifier: Apache-2.0
#include "valence/telemetry/process_metrics.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <ctime>
#include <string>

namespace valence::telemetry {
namespace {

double Value(const std::string& text, const std::string& name) {
  const std::size_t at = text.find("\n" + name + " ");
  return at == std::string::npos ? -1 : std::stod(text.substr(at + name.size() + 2));
}

std::string Expose() {
  Registry registry(1);
  AddProcessMetrics(&registry);
  return registry.Expose();
}

TEST(ProcessMetrics, StartTimeIsNotLongAgo) {
  const double start = Value(Expose(), "process_start_time_seconds");
  EXPECT_NEAR(start, static_cast<double>(std::time(nullptr)), 600);
}

TEST(ProcessMetrics, MemoryIsInBytes) {
  const std::string text = Expose();
  const double resident = Value(text, "process_resident_memory_bytes");
  EXPECT_GT(resident, 1e6);
  EXPECT_GT(Value(text, "process_virtual_memory_bytes"), resident);
}

TEST(ProcessMetrics, OpenFilesGrowByOne) {
  const double before = Value(Expose(), "process_open_fds");
  const int fd = dup(0);
  EXPECT_EQ(Value(Expose(), "process_open_fds"), before + 1);
  close(fd);
  EXPECT_LT(before, Value(Expose(), "process_max_fds"));
}

TEST(ProcessMetrics, CpuTimeGrowsWithWork) {
  const double before = Value(Expose(), "process_cpu_seconds_total");
  const std::clock_t end = std::clock() + CLOCKS_PER_SEC / 20;
  while (std::clock() < end) {
  }
  EXPECT_GT(Value(Expose(), "process_cpu_seconds_total"), before);
}

}  // namespace
}  // namespace valence::telemetry
