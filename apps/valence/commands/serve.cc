// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/server.h"

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "commands.h"
#include "model_flag.h"
#include "valence/base/clock.h"

namespace valence::app {
namespace {

struct Flags {
  std::string model;
  serving::ServeConfig config;
};

Outcome RunServe(const Context& context, Flags& flags) {
  flags.config.http.threads = context.threads;
  flags.config.model_name = std::filesystem::path(flags.model).stem().string();
  const Stopwatch loading;
  VALENCE_TRY(const pipeline::Trained trained, pipeline::LoadTrained(flags.model));
  flags.config.model_load_seconds = loading.seconds();
  VALENCE_RETURN_IF_ERROR(serving::Serve(trained.classifier, flags.config));
  return kSuccess;
}

/// A duration flag in whole seconds.
void AddSeconds(CLI::App& command, const std::string& name, std::chrono::seconds& value, const std::string& help) {
  command
      .add_option_function<std::int64_t>(
          name, [&value](const std::int64_t& seconds) { value = std::chrono::seconds(seconds); }, help)
      ->check(CLI::Range(0, 86400))
      ->type_name("SECONDS")
      ->default_str(std::to_string(value.count()));
}

void AddLimits(CLI::App& command, serving::ServeConfig& config) {
  net::ServerOptions& http = config.http;
  const auto bytes = CLI::Range(std::size_t{1}, std::size_t{1} << 32);
  command.add_option("--max-body-bytes", http.max_body_bytes, "Longer request bodies get 413")
      ->check(bytes)
      ->capture_default_str();
  command.add_option("--max-header-bytes", http.max_header_bytes, "Longer header blocks get 431")
      ->check(bytes)
      ->capture_default_str();
  command.add_option("--max-batch-texts", config.max_batch_texts, "More texts in one request get 413")
      ->check(bytes)
      ->capture_default_str();
  command.add_option("--max-connections", http.max_connections, "Further connections wait")
      ->check(bytes)
      ->capture_default_str();
  AddSeconds(command, "--header-timeout", http.header_timeout, "A slower header gets 408");
  AddSeconds(command, "--body-timeout", http.body_timeout, "A slower body gets 408");
  AddSeconds(command, "--idle-timeout", http.idle_timeout, "Idle connections are closed");
  AddSeconds(command, "--drain-delay", http.drain_delay, "After SIGTERM, keep accepting this long with /readyz at 503");
  AddSeconds(command, "--drain-timeout", http.drain_timeout, "Then cut what is still open");
}

}  // namespace

void AddServe(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("serve", "Serve the model over HTTP: page, POST /predict, /metrics, /livez, /readyz");
  const auto flags = std::make_shared<Flags>();  // its stopwatch starts here, with the process
  AddModelFlag(*command, flags->model);
  flags->config.http.port = 5000;
  command->add_option("--host", flags->config.http.host, "Address to listen on; 0.0.0.0 for all")
      ->capture_default_str();
  command->add_option("--port", flags->config.http.port, "Port; 0 picks a free one")->capture_default_str();
  AddLimits(*command, flags->config);
  command->callback([&context, flags] { context.action = [&context, flags] { return RunServe(context, *flags); }; });
}

}  // namespace valence::app
