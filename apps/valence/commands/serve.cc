// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/server.h"

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include "commands.h"
#include "guard_flags.h"
#include "rpc_flag.h"
#include "sagemaker.h"
#include "serve_lifecycle.h"
#include "settings.h"
#include "valence/base/environment.h"
#include "valence/pipeline/stages.h"

namespace valence::app {
namespace {

struct Flags {
  std::vector<std::string> models;
  std::string settings_file;
  std::string feedback_db;
  serving::ServeConfig config;
  LifecycleFlags lifecycle;
  CLI::Option* model = nullptr;
  CLI::Option* host = nullptr;
  CLI::Option* port = nullptr;
  std::uint16_t grpc_port_number = 0;
  CLI::Option* grpc_port = nullptr;
};

/// What no flag says, SageMaker may. A model of the working folder comes before its own.
Status FollowSageMaker(Flags& flags) {
  VALENCE_TRY(const SageMaker sagemaker, ReadSageMaker());
  const bool own_model = flags.model->count() > 0 || std::filesystem::exists(flags.models.front());
  if (!own_model && sagemaker.model.has_value()) flags.models = {sagemaker.model->string()};
  const bool in_container = std::getenv("SAGEMAKER_BIND_TO_PORT") != nullptr || (!own_model && sagemaker.model);
  if (!in_container) return Ok();
  if (flags.port->count() == 0) flags.config.http.port = *sagemaker.port;
  if (flags.host->count() == 0) flags.config.http.host = "0.0.0.0";
  return Ok();
}

Outcome RunServe(const Context& context, Flags& flags) {
  if (flags.grpc_port->count() > 0) {
    VALENCE_TRY(flags.config.open_side_listener, MakeRpcListener(flags.grpc_port_number));
  }
  VALENCE_RETURN_IF_ERROR(FollowSageMaker(flags));
  flags.config.http.threads = context.threads;
  if (!flags.feedback_db.empty()) {
    VALENCE_TRY(flags.config.feedback, tracking::FeedbackStore::Open(flags.feedback_db));
  }
  VALENCE_TRY(flags.config.admin, MakeAdminOptions(flags.lifecycle));
  VALENCE_TRY(flags.config.lifecycle, MakeLifecycleOptions(flags.models, flags.lifecycle));
  VALENCE_RETURN_IF_ERROR(serving::Serve(flags.config));
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
  command.add_option("--max-upload-bytes", http.max_stream_bytes, "Longer uploads to /v1/batch get 413")
      ->check(CLI::Range(std::size_t{1}, std::size_t{1} << 48))
      ->capture_default_str();
  command.add_option("--max-header-bytes", http.max_header_bytes, "Longer header blocks get 431")
      ->check(bytes)
      ->capture_default_str();
  command.add_option("--max-batch-texts", config.max_batch_texts, "More texts in one request get 413")
      ->check(bytes)
      ->capture_default_str();
  command.add_option("--max-text-bytes", config.max_text_bytes, "Longer texts get 413")
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
  flags->models = {pipeline::Layout().model.string()};
  flags->model =
      command
          ->add_option("--model", flags->models,
                       "Model file; may be repeated, as NAME@VERSION=FILE, to serve several. The first is the default")
          ->type_name("[NAME[@VERSION]=]FILE")
          ->capture_default_str();
  flags->config.http.port = 5000;
  flags->host = command->add_option("--host", flags->config.http.host, "Address to listen on; 0.0.0.0 for all")
                    ->capture_default_str();
  flags->port =
      command->add_option("--port", flags->config.http.port, "Port; 0 picks a free one")->capture_default_str();
  flags->grpc_port =
      command->add_option("--grpc-port", flags->grpc_port_number,
                          "Port for the Open Inference Protocol over gRPC; 0 picks a free one, which the "
                          "log names. Default: no gRPC");
  command
      ->add_option("--feedback-db", flags->feedback_db,
                   "Keep what POST /v1/feedback is told, with its texts, in this SQLite file. Default: feedback is off")
      ->type_name("FILE");
  AddLifecycleFlags(*command, flags->lifecycle);
  AddLimits(*command, flags->config);
  AddGuardFlags(*command, flags->config);
  command
      ->add_option("--config", flags->settings_file,
                   "Take what no flag and no VALENCE_* variable says from here (TOML)")
      ->type_name("FILE");
  command->callback([&context, flags, command] {
    ApplySettings(*command, flags->settings_file, ProcessEnvironment());
    context.action = [&context, flags] { return RunServe(context, *flags); };
  });
}

}  // namespace valence::app
