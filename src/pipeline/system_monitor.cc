// SPDX-License-Identifier: Apache-2.0
#include "valence/pipeline/system_monitor.h"

#include <sys/statvfs.h>

#include <condition_variable>
#include <fstream>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <thread>

#include "valence/base/clock.h"

namespace valence::pipeline {
namespace {

constexpr double kMegabyte = 1e6;

struct CpuTimes {
  double busy = 0, total = 0;
};

/// First line of /proc/stat: user nice system idle iowait irq softirq steal ...
CpuTimes ReadCpu() {
  std::ifstream in("/proc/stat");
  std::string name;
  in >> name;
  CpuTimes times;
  double value = 0;
  for (int i = 0; i < 8 && in >> value; ++i) {
    times.total += value;
    if (i != 3 && i != 4) times.busy += value;
  }
  return times;
}

/// A field of a "Name:  123 kB" file, in bytes; 0 if it is not there.
double ReadKilobytes(const char* file, std::string_view field) {
  std::ifstream in(file);
  std::string name;
  double value = 0;
  for (std::string line; std::getline(in, line);) {
    std::istringstream words(line);
    if (words >> name >> value && name == field) return value * 1024;
  }
  return 0;
}

struct Traffic {
  double received = 0, sent = 0;
};

/// All interfaces but loopback, from /proc/net/dev.
Traffic ReadTraffic() {
  std::ifstream in("/proc/net/dev");
  Traffic traffic;
  for (std::string line; std::getline(in, line);) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || line.find("lo:") != std::string::npos) continue;
    std::istringstream words(line.substr(colon + 1));
    double field = 0;
    for (int i = 0; i < 9 && words >> field; ++i) {
      if (i == 0) traffic.received += field;
      if (i == 8) traffic.sent += field;
    }
  }
  return traffic;
}

}  // namespace

struct SystemMonitor::Impl {
  explicit Impl(std::chrono::milliseconds period) : interval(period), thread([this] { Loop(); }) {}

  void Loop() {
    std::unique_lock lock(mutex);
    while (!stop) {
      Sample();
      wake.wait_for(lock, interval, [&] { return stop; });
    }
    Sample();
  }

  void Sample() {
    const std::int64_t now = NowMilliseconds();
    const auto add = [&](const char* name, double value) {
      metrics.push_back({std::string("system/") + name, value, now, step});
    };
    const CpuTimes cpu = ReadCpu();
    if (cpu.total > last_cpu.total) {
      add("cpu_utilization_percentage", 100 * (cpu.busy - last_cpu.busy) / (cpu.total - last_cpu.total));
    }
    last_cpu = cpu;
    const double total = ReadKilobytes("/proc/meminfo", "MemTotal:");
    const double used = total - ReadKilobytes("/proc/meminfo", "MemAvailable:");
    add("system_memory_usage_megabytes", used / kMegabyte);
    if (total > 0) add("system_memory_usage_percentage", 100 * used / total);
    add("process_memory_megabytes", ReadKilobytes("/proc/self/status", "VmRSS:") / kMegabyte);
    struct statvfs disk {};
    if (::statvfs(".", &disk) == 0 && disk.f_blocks > 0) {
      const double block = static_cast<double>(disk.f_frsize), size = static_cast<double>(disk.f_blocks) * block;
      const double free = static_cast<double>(disk.f_bavail) * block;
      add("disk_usage_percentage", 100 * (size - free) / size);
      add("disk_usage_megabytes", (size - free) / kMegabyte);
      add("disk_available_megabytes", free / kMegabyte);
    }
    const Traffic traffic = ReadTraffic();
    if (!first_traffic) first_traffic = traffic;
    add("network_receive_megabytes", (traffic.received - first_traffic->received) / kMegabyte);
    add("network_transmit_megabytes", (traffic.sent - first_traffic->sent) / kMegabyte);
    ++step;
  }

  const std::chrono::milliseconds interval;
  std::mutex mutex;
  std::condition_variable wake;
  bool stop = false;
  std::vector<tracking::Metric> metrics;
  std::int64_t step = 0;
  CpuTimes last_cpu = ReadCpu();
  std::optional<Traffic> first_traffic;
  std::thread thread;  // last: it uses all of the above
};

SystemMonitor::SystemMonitor(std::chrono::milliseconds interval) : impl_(std::make_unique<Impl>(interval)) {}

SystemMonitor::~SystemMonitor() {
  if (impl_->thread.joinable()) Finish();
}

std::vector<tracking::Metric> SystemMonitor::Finish() {
  {
    const std::lock_guard lock(impl_->mutex);
    impl_->stop = true;
  }
  impl_->wake.notify_all();
  impl_->thread.join();
  return std::move(impl_->metrics);
}

}  // namespace valence::pipeline
