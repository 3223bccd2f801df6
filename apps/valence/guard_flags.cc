// SPDX-License-Identifier: Apache-2.0
#include "guard_flags.h"

#include <chrono>
#include <cstdint>

namespace valence::app {
namespace {

void AddWho(CLI::App& command, serving::GuardOptions& guard) {
  command
      .add_option("--api-keys", guard.api_keys_file,
                  "Ask for a key of this file (lines of 'valence api-key new'); read again at SIGHUP")
      ->type_name("FILE");
  command
      .add_option("--rate-limit", guard.rate_limit,
                  "Requests a second for each key, without keys for each address; more get 429. 0: no limit")
      ->check(CLI::Range(0.0, 1e6))
      ->capture_default_str();
  command
      .add_option("--cors-origin", guard.cors_origins,
                  "Origin whose pages may call (https://app.example.com), or *; may be repeated. None by default")
      ->type_name("ORIGIN");
  command
      .add_option_function<std::int64_t>(
          "--max-queue-delay",
          [&guard](const std::int64_t& ms) { guard.max_queue_delay = std::chrono::milliseconds(ms); },
          "When there is more work than can be done: requests that waited longer get 503. 0: none")
      ->check(CLI::Range(0, 60000))
      ->type_name("MILLISECONDS")
      ->default_str(std::to_string(guard.max_queue_delay.count()));
}

void AddTls(CLI::App& command, net::TlsFiles& tls) {
  CLI::Option* const certificate =
      command.add_option("--tls-cert", tls.certificate, "Speak TLS with this certificate chain (PEM)")
          ->type_name("FILE");
  CLI::Option* const key = command.add_option("--tls-key", tls.key, "Its private key (PEM)")->type_name("FILE");
  certificate->needs(key);
  key->needs(certificate);
}

void AddRecords(CLI::App& command, serving::AccessLogOptions& log) {
  CLI::Option* const file =
      command.add_option("--access-log", log.file, "Append one line of JSON a request; - for standard output")
          ->type_name("FILE");
  command.add_flag("--log-text", log.texts, "With --access-log: the texts as well")->needs(file);
}

}  // namespace

void AddGuardFlags(CLI::App& command, serving::ServeConfig& config) {
  AddWho(command, config.guard);
  AddTls(command, config.http.tls);
  AddRecords(command, config.guard.access_log);
}

}  // namespace valence::app
