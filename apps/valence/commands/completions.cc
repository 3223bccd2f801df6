// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "completion.h"

namespace valence::app {

void AddCompletions(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("completions", "Print a completion script for a shell");
  const auto shell = std::make_shared<std::string>();
  command->add_option("shell", *shell, "bash, zsh or fish")->required()->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->callback([&app, &context, shell] {
    context.action = [&app, shell]() -> Outcome {
      const std::string script = *shell == "fish"  ? FishCompletion(app)
                                 : *shell == "zsh" ? ZshCompletion(app)
                                                   : BashCompletion(app);
      VALENCE_RETURN_IF_ERROR(Print(script));
      return kSuccess;
    };
  });
}

}  // namespace valence::app
