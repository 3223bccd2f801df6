// SPDX-License-Identifier: Apache-2.0
// A closed loop of ModelInfer calls, one text each, from one thread.
//   usage: grpc_load HOST:PORT MODEL TEXTFILE SECONDS CONNECTIONS IN_FLIGHT
// TEXTFILE has a text a line; each of CONNECTIONS keeps IN_FLIGHT calls under way. Prints one line of JSON: calls
// answered a second, quantiles of their time in ms, how many the server refused to take, and other errors with the
// first one's message. Exit 1 if there was any of those.
#include <fmt/format.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "open_inference.pb.h"

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::chrono::seconds kCallTimeout{10};

struct Arguments {
  std::string target;
  std::string model;
  std::string texts;
  double seconds = 0;
  int connections = 0;
  int in_flight = 0;
};

/// The requests, serialised once: what is measured is the server.
std::vector<grpc::ByteBuffer> MakeRequests(const Arguments& arguments) {
  std::vector<grpc::ByteBuffer> requests;
  std::ifstream file(arguments.texts);
  for (std::string line; std::getline(file, line);) {
    inference::ModelInferRequest request;
    request.set_model_name(arguments.model);
    auto& input = *request.add_inputs();
    input.set_name("text");
    input.set_datatype("BYTES");
    input.add_shape(1);
    const auto size = static_cast<std::uint32_t>(line.size());
    std::string& raw = *request.add_raw_input_contents();
    raw.append(reinterpret_cast<const char*>(&size), sizeof size).append(line);
    const grpc::Slice slice(request.SerializeAsString());
    requests.emplace_back(&slice, 1);
  }
  return requests;
}

/// What the calls share.
struct Load {
  std::vector<grpc::ByteBuffer> requests;
  grpc::CompletionQueue queue;
  Clock::time_point end;
  std::size_t next = 0;
  int under_way = 0;
  std::vector<float> milliseconds;
  std::uint64_t refused = 0;  // shed by a server that fell behind, as a machine's hiccup makes it
  std::uint64_t errors = 0;
  std::string first_error;
};

/// One of the calls that are under way, again and again.
class Caller {
 public:
  Caller(Load* load, std::shared_ptr<grpc::Channel> channel) : load_(*load), stub_(std::move(channel)) {}

  void Start() {
    context_.emplace();
    context_->set_deadline(std::chrono::system_clock::now() + kCallTimeout);
    started_ = Clock::now();
    call_ = stub_.PrepareUnaryCall(&*context_, "/inference.GRPCInferenceService/ModelInfer",
                                   load_.requests[load_.next++ % load_.requests.size()], &load_.queue);
    call_->StartCall();
    call_->Finish(&answer_, &status_, this);
    ++load_.under_way;
  }

  void Finished() {
    --load_.under_way;
    if (status_.ok()) {
      load_.milliseconds.push_back(std::chrono::duration<float, std::milli>(Clock::now() - started_).count());
    } else if (status_.error_code() == grpc::StatusCode::UNAVAILABLE ||
               status_.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
      ++load_.refused;
    } else if (load_.errors++ == 0) {
      load_.first_error = fmt::format("{}: {}", static_cast<int>(status_.error_code()), status_.error_message());
    }
    if (Clock::now() < load_.end) Start();
  }

 private:
  Load& load_;
  grpc::GenericStub stub_;
  std::optional<grpc::ClientContext> context_;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> call_;
  grpc::ByteBuffer answer_;
  grpc::Status status_;
  Clock::time_point started_;
};

std::vector<std::unique_ptr<Caller>> MakeCallers(const Arguments& arguments, Load* load) {
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < arguments.connections; ++i) {
    grpc::ChannelArguments own;
    own.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // else all channels share a connection
    const auto channel = grpc::CreateCustomChannel(arguments.target, grpc::InsecureChannelCredentials(), own);
    for (int k = 0; k < arguments.in_flight; ++k) callers.push_back(std::make_unique<Caller>(load, channel));
  }
  return callers;
}

double Quantile(const std::vector<float>& sorted, double q) {
  if (sorted.empty()) return 0;
  return static_cast<double>(sorted[static_cast<std::size_t>(q * static_cast<double>(sorted.size() - 1))]);
}

int Run(const Arguments& arguments) {
  Load load;
  load.requests = MakeRequests(arguments);
  if (load.requests.empty()) {
    fmt::print(stderr, "{}: no lines\n", arguments.texts);
    return 2;
  }
  const auto callers = MakeCallers(arguments, &load);
  const auto start = Clock::now();
  load.end = start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(arguments.seconds));
  for (const auto& caller : callers) caller->Start();
  void* tag = nullptr;
  bool ok = false;
  while (load.under_way > 0 && load.queue.Next(&tag, &ok)) static_cast<Caller*>(tag)->Finished();
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  std::sort(load.milliseconds.begin(), load.milliseconds.end());
  fmt::print(R"({{"ok_per_second":{:.0f},"p50_ms":{:.3f},"p99_ms":{:.3f},"refused":{},"errors":{},"first_error":"{}"}})"
             "\n",
             static_cast<double>(load.milliseconds.size()) / seconds, Quantile(load.milliseconds, 0.5),
             Quantile(load.milliseconds, 0.99), load.refused, load.errors, load.first_error);
  return load.errors == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 7) {
    fmt::print(stderr, "usage: grpc_load HOST:PORT MODEL TEXTFILE SECONDS CONNECTIONS IN_FLIGHT\n");
    return 2;
  }
  return Run({argv[1], argv[2], argv[3], std::atof(argv[4]), std::atoi(argv[5]), std::atoi(argv[6])});
}
