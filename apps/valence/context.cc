// SPDX-License-Identifier: Apache-2.0
#include "context.h"

#include <unistd.h>

#include <cerrno>
#include <system_error>

namespace valence::app {

Result<pipeline::Params> Context::LoadParams() const {
  const bool is_default = params_file.empty();
  return pipeline::LoadParams(is_default ? "params.yaml" : params_file, is_default, overrides);
}

void AddParamsFlags(CLI::App& command, Context& context) {
  command.add_option("--params", context.params_file, "Parameter file (default: params.yaml if there is one)")
      ->type_name("FILE");
  command
      .add_option("--set", context.overrides,
                  "Override one parameter, such as --set train.C=3 (repeatable; values in YAML)")
      ->type_name("STAGE.KEY=VALUE")
      ->take_all()
      ->allow_extra_args(false);
}

void AddJsonFlag(CLI::App& command, Context& context) {
  command.add_flag("--json", context.json, "Print the result as JSON on standard output");
}

Status Print(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t n = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
    if (n < 0) {
      if (errno == EINTR) continue;
      return Unavailable("standard output: " + std::system_category().message(errno));
    }
    bytes.remove_prefix(static_cast<std::size_t>(n));
  }
  return Ok();
}

}  // namespace valence::app
