// SPDX-License-Identifier: Apache-2.0
#include "valence/base/version.h"
#include "commands.h"
#include "valence/base/json.h"

namespace valence::app {

void AddVersion(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("version", "Print the version");
  AddJsonFlag(*command, context);
  command->callback([&context] {
    context.action = [&context]() -> Outcome {
      const std::string text = context.json ? Json::MakeObject({{"name", "valence"}, {"version", kVersion}}).Dump()
                                            : "valence " + std::string(kVersion);
      VALENCE_RETURN_IF_ERROR(Print(text + '\n'));
      return kSuccess;
    };
  });
}

}  // namespace valence::app
