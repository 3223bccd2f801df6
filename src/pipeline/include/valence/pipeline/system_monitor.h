// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <vector>

#include "valence/tracking/run.h"

namespace valence::pipeline {

/// Samples the machine while a run lasts, under MLflow's names for system metrics: system/cpu_utilization_percentage,
/// system/system_memory_usage_megabytes and _percentage, system/disk_usage_megabytes, _percentage and
/// disk_available_megabytes, system/network_receive_megabytes and _transmit_megabytes (since the start), and the
/// process's own system/process_memory_megabytes. Linux only (/proc).
class SystemMonitor {
 public:
  explicit SystemMonitor(std::chrono::milliseconds interval = std::chrono::milliseconds(1000));
  ~SystemMonitor();
  SystemMonitor(const SystemMonitor&) = delete;
  SystemMonitor& operator=(const SystemMonitor&) = delete;

  /// Takes a last sample and gives all of them. Call once.
  std::vector<tracking::Metric> Finish();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace valence::pipeline
