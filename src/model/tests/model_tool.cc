// SPDX-License-Identifier: Apache-2.0
// Test-only: fits a problem folder written by tests/parity/model/matrices.py and writes scores and weights back.
//   model_tool FOLDER C class_weight fit_intercept(0|1) threads [repeats]
#include <sys/resource.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iostream>
#include <limits>
#include <string>
#include <vector>

#include "valence/base/clock.h"
#include "valence/base/files.h"
#include "valence/base/json.h"
#include "valence/linalg/parallel.h"
#include "valence/model/logistic_regression.h"

namespace {

using valence::Json;
using valence::linalg::CsrMatrix;

template <class T>
std::vector<T> ReadArray(const std::string& path) {
  auto bytes = valence::ReadFile(path);
  if (!bytes) {
    std::cerr << bytes.error().message << "\n";
    std::exit(4);
  }
  std::vector<T> array(bytes->size() / sizeof(T));
  std::memcpy(array.data(), bytes->data(), array.size() * sizeof(T));
  return array;
}

void WriteArray(const std::string& path, const std::vector<double>& array) {
  std::ofstream(path, std::ios::binary)
      .write(reinterpret_cast<const char*>(array.data()), static_cast<std::streamsize>(array.size() * sizeof(double)));
}

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// Not getrusage: its maximum includes what the process was before exec.
double PeakMegabytes() {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    double kilobytes = 0;
    if (word == "VmHWM:" && status >> kilobytes) return kilobytes * 1.024e-3;
  }
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 6) {
    std::cerr << "model_tool FOLDER C none|balanced 0|1 threads [repeats]\n";
    return 2;
  }
  const std::string folder = std::string(argv[1]) + "/";
  CsrMatrix x;
  std::int64_t classes = 0;
  std::ifstream(folder + "shape.txt") >> x.rows >> x.cols >> classes;
  x.indptr = ReadArray<std::int64_t>(folder + "indptr.i64");
  x.indices = ReadArray<std::int32_t>(folder + "indices.i32");
  x.values = ReadArray<double>(folder + "values.f64");
  const auto y = ReadArray<std::int32_t>(folder + "labels.i32");
  std::vector<std::string> labels;
  for (std::int64_t k = 0; k < classes; ++k) labels.push_back(std::to_string(k));

  valence::model::TrainConfig config;
  config.c = std::atof(argv[2]);
  config.class_weight = argv[3];
  config.fit_intercept = std::string(argv[4]) == "1";
  if (const char* tol = std::getenv("MODEL_TOOL_TOL")) config.tol = std::atof(tol);
  valence::linalg::SetThreads(std::atoi(argv[5]));
  const double loaded = PeakMegabytes();

  double seconds = std::numeric_limits<double>::infinity();
  double cpu_seconds = seconds;
  for (int repeat = argc > 6 ? std::atoi(argv[6]) : 1; repeat > 0; --repeat) {
    const valence::Stopwatch watch;
    const double cpu_before = CpuSeconds();
    auto fit = valence::model::FitLogisticRegression(x, y, labels, config, valence::Progress::None());
    seconds = std::min(seconds, watch.seconds());
    cpu_seconds = std::min(cpu_seconds, CpuSeconds() - cpu_before);
    if (!fit) {
      std::cerr << fit.error().message << "\n";
      return 1;
    }
    if (repeat > 1) continue;
    WriteArray(folder + "weights.out", fit->model.weights);
    WriteArray(folder + "intercepts.out", fit->model.intercepts);
    const auto& c = fit->certificate;
    Json report;
    report.Set("seconds", seconds)
        .Set("cpu_seconds", cpu_seconds)
        .Set("objective", c.objective)
        .Set("duality_gap", c.duality_gap);
    report.Set("relative_gap", c.relative_gap).Set("gradient_max", c.gradient_max).Set("iterations", c.iterations);
    report.Set("hessian_products", c.hessian_products).Set("converged", c.converged);
    report.Set("peak_mb", PeakMegabytes()).Set("loaded_mb", loaded);
    std::cout << report.Dump() << "\n";
  }
  return 0;
}
