// SPDX-License-Identifier: Apache-2.0
#include "serve_lifecycle.h"

#include <fmt/format.h>

#include "serve_models.h"
#include "valence/base/environment.h"
#include "valence/base/files.h"
#include "valence/base/numbers.h"

namespace valence::app {
namespace {

constexpr double kDefaultWatchSeconds = 5;
constexpr double kMinWatchSeconds = 0.1;
constexpr double kMaxWatchSeconds = 86400;
constexpr std::size_t kMinTokenBytes = 16;
constexpr std::size_t kMaxTokenBytes = 4096;

Result<std::chrono::milliseconds> WatchInterval(const LifecycleFlags& flags) {
  if (flags.watches->count() == 0) return std::chrono::milliseconds(0);
  double seconds = kDefaultWatchSeconds;
  if (!flags.watch.empty()) {
    const auto given = ParseDouble(flags.watch);
    if (!given || !(*given >= kMinWatchSeconds && *given <= kMaxWatchSeconds)) {
      return InvalidArgument(
          fmt::format("--watch={}: expected {} to {} seconds", flags.watch, kMinWatchSeconds, kMaxWatchSeconds));
    }
    seconds = *given;
  }
  return std::chrono::milliseconds(static_cast<std::int64_t>(seconds * 1000));
}

/// "[NAME[@VERSION]=]SOURCE=WEIGHT"
Result<serving::ModelSpec> ParseCanary(const std::string& text) {
  const std::size_t equals = text.rfind('=');
  const auto weight = ParseDouble(equals == std::string::npos ? "" : text.substr(equals + 1));
  if (!weight || !(*weight >= 0 && *weight <= 1)) {
    return InvalidArgument(fmt::format("--canary {}: expected MODEL=WEIGHT with a weight from 0 to 1", text));
  }
  VALENCE_TRY(serving::ModelSpec spec, ParseModelSpec("--canary", text.substr(0, equals)));
  spec.role = serving::ModelRole::kCanary;
  spec.weight = *weight;
  return spec;
}

/// Never an argument: those are for everybody on the machine to see.
Result<std::string> ReadAdminToken(const std::string& file) {
  std::string token = ProcessEnvironment()("VALENCE_ADMIN_TOKEN");
  if (!file.empty()) {
    VALENCE_TRY(token, ReadFile(file, kMaxTokenBytes));
  }
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  if (token.size() >= kMinTokenBytes) return token;
  return InvalidArgument(
      fmt::format("--admin-port needs a token of at least {} characters in --admin-token-file or VALENCE_ADMIN_TOKEN; "
                  "'openssl rand -hex 32' makes one",
                  kMinTokenBytes));
}

}  // namespace

void AddLifecycleFlags(CLI::App& command, LifecycleFlags& flags) {
  flags.watches = command
                      .add_option("--watch", flags.watch,
                                  "Follow model files and aliases: look every so many seconds (5), and swap in what "
                                  "changed. Give the number as --watch=SECONDS")
                      ->expected(0, 1)
                      ->type_name("SECONDS");
  command
      .add_option("--canary", flags.canaries,
                  "A version that answers a share (0 to 1) of the requests for its name that ask for no version")
      ->type_name("MODEL=WEIGHT");
  command
      .add_option("--shadow", flags.shadows,
                  "A version that scores the same requests in secret; disagreements are counted in /metrics")
      ->type_name("MODEL");
  flags.admin_port = command.add_option("--admin-port", flags.admin.port,
                                        "Port for POST /admin/..., which changes models; 0 picks a free one. Default: "
                                        "no such listener");
  command.add_option("--admin-host", flags.admin.host, "Its address")->capture_default_str();
  command
      .add_option("--admin-token-file", flags.admin_token_file,
                  "File with the token that its callers must know. Default: $VALENCE_ADMIN_TOKEN")
      ->type_name("FILE");
}

Result<serving::AdminOptions> MakeAdminOptions(const LifecycleFlags& flags) {
  serving::AdminOptions options = flags.admin;
  options.enabled = flags.admin_port->count() > 0;
  if (!options.enabled) return options;
  VALENCE_TRY(options.token, ReadAdminToken(flags.admin_token_file));
  return options;
}

Result<serving::LifecycleOptions> MakeLifecycleOptions(const std::vector<std::string>& models,
                                                       const LifecycleFlags& flags) {
  serving::LifecycleOptions options;
  VALENCE_TRY(options.watch_interval, WatchInterval(flags));
  options.loader = MakeModelLoader(options.watch_interval.count() > 0);
  for (const std::string& text : models) {
    VALENCE_TRY(serving::ModelSpec spec, ParseModelSpec("--model", text));
    options.models.push_back(std::move(spec));
  }
  for (const std::string& text : flags.canaries) {
    VALENCE_TRY(serving::ModelSpec spec, ParseCanary(text));
    options.models.push_back(std::move(spec));
  }
  for (const std::string& text : flags.shadows) {
    VALENCE_TRY(serving::ModelSpec spec, ParseModelSpec("--shadow", text));
    spec.role = serving::ModelRole::kShadow;
    options.models.push_back(std::move(spec));
  }
  return options;
}

}  // namespace valence::app
