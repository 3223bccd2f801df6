// SPDX-License-Identifier: Apache-2.0
// ModelInfer calls from one thread.
//   usage: grpc_load HOST:PORT MODEL TEXTFILE SECONDS CONNECTIONS IN_FLIGHT [RATE [TEXTS]]
// TEXTFILE has a text a line, a call TEXTS of them (1). Each of CONNECTIONS has up to IN_FLIGHT calls under way. RATE 0
// is a closed loop: always so many. Otherwise calls begin at that constant rate whatever comes back, and take the time
// from when they were due; what is due while so many are under way is not sent, and counted. Prints one line of JSON:
// calls answered a second, how many of them within 100 ms, quantiles of their time and of refusals' in ms, and other
// errors with the first one's message. Exit 1 if there was any of those.
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
constexpr float kGoodMs = 100;  // an answer that comes later is no good one

struct Arguments {
  std::string target;
  std::string model;
  std::string texts_file;
  double seconds = 0;
  int connections = 0;
  int in_flight = 0;
  double rate = 0;
  int texts = 1;
};

grpc::ByteBuffer MakeRequest(const std::string& model, const std::vector<std::string>& texts) {
  inference::ModelInferRequest request;
  request.set_model_name(model);
  auto& input = *request.add_inputs();
  input.set_name("text");
  input.set_datatype("BYTES");
  input.add_shape(static_cast<std::int64_t>(texts.size()));
  std::string& raw = *request.add_raw_input_contents();
  for (const std::string& text : texts) {
    const auto size = static_cast<std::uint32_t>(text.size());
    raw.append(reinterpret_cast<const char*>(&size), sizeof size).append(text);
  }
  const grpc::Slice slice(request.SerializeAsString());
  return {&slice, 1};
}

/// The requests, serialised once: what is measured is the server.
std::vector<grpc::ByteBuffer> MakeRequests(const Arguments& arguments) {
  std::vector<grpc::ByteBuffer> requests;
  std::ifstream file(arguments.texts_file);
  std::vector<std::string> texts;
  for (std::string line; std::getline(file, line);) {
    texts.push_back(line);
    if (texts.size() < static_cast<std::size_t>(arguments.texts)) continue;
    requests.push_back(MakeRequest(arguments.model, texts));
    texts.clear();
  }
  return requests;
}

class Caller;

/// What the calls share.
struct Load {
  std::vector<grpc::ByteBuffer> requests;
  grpc::CompletionQueue queue;
  std::size_t next = 0;
  std::vector<Caller*> idle;
  std::vector<float> answered_ms;
  std::vector<float> refused_ms;
  std::uint64_t without_retry_after = 0;  // of those
  std::uint64_t unsent = 0;
  std::uint64_t errors = 0;
  std::string first_error;
};

/// One of the calls that are under way, again and again.
class Caller {
 public:
  Caller(Load* load, std::shared_ptr<grpc::Channel> channel) : load_(*load), stub_(std::move(channel)) {}

  void Start(Clock::time_point due) {
    context_.emplace();
    context_->set_deadline(std::chrono::system_clock::now() + kCallTimeout);
    due_ = due;
    call_ = stub_.PrepareUnaryCall(&*context_, "/inference.GRPCInferenceService/ModelInfer",
                                   load_.requests[load_.next++ % load_.requests.size()], &load_.queue);
    call_->StartCall();
    call_->Finish(&answer_, &status_, this);
  }

  void Finished() {
    const float ms = std::chrono::duration<float, std::milli>(Clock::now() - due_).count();
    if (status_.ok()) {
      load_.answered_ms.push_back(ms);
    } else if (status_.error_code() == grpc::StatusCode::UNAVAILABLE ||
               status_.error_code() == grpc::StatusCode::RESOURCE_EXHAUSTED) {
      load_.refused_ms.push_back(ms);
      if (context_->GetServerTrailingMetadata().count("retry-after") == 0) ++load_.without_retry_after;
    } else if (load_.errors++ == 0) {
      load_.first_error = fmt::format("{}: {}", static_cast<int>(status_.error_code()), status_.error_message());
    }
    load_.idle.push_back(this);
  }

 private:
  Load& load_;
  grpc::GenericStub stub_;
  std::optional<grpc::ClientContext> context_;
  std::unique_ptr<grpc::GenericClientAsyncResponseReader> call_;
  grpc::ByteBuffer answer_;
  grpc::Status status_;
  Clock::time_point due_;
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

/// Takes in what has come back; waits for something until then.
void Collect(Load* load, std::chrono::system_clock::time_point until) {
  void* tag = nullptr;
  bool ok = false;
  while (load->queue.AsyncNext(&tag, &ok, until) == grpc::CompletionQueue::GOT_EVENT) {
    static_cast<Caller*>(tag)->Finished();
    until = {};
  }
}

/// Of those that are idle; there must be one.
void StartOne(Load* load, Clock::time_point due) {
  Caller* const caller = load->idle.back();
  load->idle.pop_back();
  caller->Start(due);
}

/// Starts what is due by now of calls at `rate` since `start`, of which `*begun` were due before.
void StartDue(Load* load, Clock::time_point start, double rate, std::uint64_t* begun) {
  for (const auto now = Clock::now();; ++*begun) {
    const std::chrono::duration<double> offset(static_cast<double>(*begun) / rate);
    const auto due = start + std::chrono::duration_cast<Clock::duration>(offset);
    if (due > now) return;
    if (load->idle.empty()) {
      ++load->unsent;
    } else {
      StartOne(load, due);
    }
  }
}

/// Returns how many seconds it took until the last call began.
double Run(const Arguments& arguments, std::size_t callers, Load* load) {
  const auto start = Clock::now();
  const auto end =
      start + std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(arguments.seconds));
  std::uint64_t begun = 0;
  while (Clock::now() < end) {
    if (arguments.rate > 0) {
      StartDue(load, start, arguments.rate, &begun);
      Collect(load, {});  // does not wait: gRPC counts in milliseconds, in which dozens may come due
    } else {
      while (!load->idle.empty()) StartOne(load, Clock::now());
      Collect(load, std::chrono::system_clock::now() + std::chrono::milliseconds(10));
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - start).count();
  while (load->idle.size() < callers) Collect(load, std::chrono::system_clock::now() + kCallTimeout);
  return seconds;
}

/// `"p50":..,"p99":..,"max":..`
std::string Quantiles(std::vector<float> values) {
  if (values.empty()) values.push_back(0);
  std::sort(values.begin(), values.end());
  const auto at = [&values](double q) {
    return static_cast<double>(values[static_cast<std::size_t>(q * static_cast<double>(values.size() - 1))]);
  };
  return fmt::format(R"("p50":{:.3f},"p99":{:.3f},"max":{:.3f})", at(0.5), at(0.99), at(1));
}

void Print(const Load& load, double seconds) {
  const auto good =
      std::count_if(load.answered_ms.begin(), load.answered_ms.end(), [](float ms) { return ms <= kGoodMs; });
  fmt::print(R"({{"ok_per_second":{:.0f},"good_per_second":{:.0f},"ok_ms":{{"count":{},{}}},)",
             static_cast<double>(load.answered_ms.size()) / seconds, static_cast<double>(good) / seconds,
             load.answered_ms.size(), Quantiles(load.answered_ms));
  fmt::print(R"("refused_ms":{{"count":{},{}}},"without_retry_after":{},"unsent":{},"errors":{},"first_error":"{}"}})",
             load.refused_ms.size(), Quantiles(load.refused_ms), load.without_retry_after, load.unsent, load.errors,
             load.first_error);
  fmt::print("\n");
}

int Main(const Arguments& arguments) {
  Load load;
  load.requests = MakeRequests(arguments);
  if (load.requests.empty()) {
    fmt::print(stderr, "{}: not enough lines\n", arguments.texts_file);
    return 2;
  }
  const auto callers = MakeCallers(arguments, &load);
  for (const auto& caller : callers) load.idle.push_back(caller.get());
  Print(load, Run(arguments, callers.size(), &load));
  return load.errors == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 7 || argc > 9) {
    fmt::print(stderr, "usage: grpc_load HOST:PORT MODEL TEXTFILE SECONDS CONNECTIONS IN_FLIGHT [RATE [TEXTS]]\n");
    return 2;
  }
  Arguments arguments{argv[1], argv[2], argv[3], std::atof(argv[4]), std::atoi(argv[5]), std::atoi(argv[6])};
  if (argc > 7) arguments.rate = std::atof(argv[7]);
  if (argc > 8) arguments.texts = std::max(1, std::atoi(argv[8]));
  return Main(arguments);
}
