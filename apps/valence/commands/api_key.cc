// SPDX-License-Identifier: Apache-2.0
#include "valence/serving/api_key.h"

#include <fmt/format.h>

#include <memory>
#include <string>

#include "commands.h"
#include "valence/base/json.h"

namespace valence::app {
namespace {

struct Flags {
  std::string name;
  double rate = 0;
};

Outcome RunNew(const Context& context, const Flags& flags) {
  VALENCE_TRY(const serving::ApiKey key, serving::MakeApiKey(flags.name, flags.rate));
  if (context.json) {
    const Json answer = Json::MakeObject({{"key", key.secret}, {"line", key.line}});
    VALENCE_RETURN_IF_ERROR(Print(answer.Dump() + "\n"));
    return kSuccess;
  }
  VALENCE_RETURN_IF_ERROR(Print(fmt::format(
      "key (for the client; it is shown this once):\n  {}\nline (for the file of 'valence serve --api-keys'):\n  {}\n",
      key.secret, key.line)));
  return kSuccess;
}

}  // namespace

void AddApiKey(CLI::App& app, Context& context) {
  CLI::App* const command = app.add_subcommand("api-key", "Keys for clients of 'valence serve --api-keys'");
  command->require_subcommand(1);
  CLI::App* const make = command->add_subcommand("new", "Make a key");
  const auto flags = std::make_shared<Flags>();
  make->add_option("NAME", flags->name, "Whose it is: letters, digits, '.', '_' and '-'")->required();
  make->add_option("--rate", flags->rate, "Requests a second (default: the server's --rate-limit)");
  AddJsonFlag(*make, context);
  make->callback([&context, flags] { context.action = [&context, flags] { return RunNew(context, *flags); }; });
}

}  // namespace valence::app
