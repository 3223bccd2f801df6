// SPDX-License-Identifier: Apache-2.0
#include "completion.h"

#include <fmt/format.h>

#include <vector>

namespace valence::app {
namespace {

/// Every flag of a command as typed: "--set", "-q".
std::vector<std::string> Flags(const CLI::App& command) {
  std::vector<std::string> flags;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames()) flags.push_back("--" + name);
    for (const std::string& name : option->get_snames()) flags.push_back("-" + name);
  }
  return flags;
}

std::vector<const CLI::App*> Subcommands(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::string Escaped(std::string text) {
  for (std::size_t at = 0; (at = text.find('\'', at)) != std::string::npos; at += 4) text.replace(at, 1, "'\\''");
  return text;
}

}  // namespace

std::string BashCompletion(const CLI::App& app) {
  std::string commands, cases;
  for (const CLI::App* command : Subcommands(app)) {
    commands += (commands.empty() ? "" : " ") + command->get_name();
    cases += fmt::format("      {}) words=\"{}\" ;;\n", command->get_name(), fmt::join(Flags(*command), " "));
  }
  return fmt::format(R"(# bash completion for valence:  source <(valence completions bash)
_valence() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} words="{} {}" word
  for word in "${{COMP_WORDS[@]:1:COMP_CWORD-1}}"; do
    case $word in
{}    esac
  done
  if [[ $current == -* || $words == "{} "* ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$current"))
  else
    COMPREPLY=()
  fi
}}
complete -o default -F _valence valence
)",
                     commands, fmt::join(Flags(app), " "), cases, commands);
}

std::string ZshCompletion(const CLI::App& app) {
  return "autoload -Uz bashcompinit && bashcompinit\n" + BashCompletion(app);
}

std::string FishCompletion(const CLI::App& app) {
  std::string out = "# fish completion for valence:  valence completions fish | source\n";
  for (const CLI::App* command : Subcommands(app)) {
    out += fmt::format("complete -c valence -n __fish_use_subcommand -a {} -d '{}'\n", command->get_name(),
                       Escaped(command->get_description()));
    for (const CLI::Option* option : command->get_options()) {
      for (const std::string& name : option->get_lnames()) {
        out += fmt::format("complete -c valence -n '__fish_seen_subcommand_from {}' -l {} -d '{}'\n",
                           command->get_name(), name, Escaped(option->get_description()));
      }
    }
  }
  return out;
}

}  // namespace valence::app
