// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "valence/base/json.h"

namespace valence::app {
namespace {

Result<std::string> Render(const Context& context, bool markdown) {
  VALENCE_TRY(pipeline::Params params, context.LoadParams());
  const auto sections = params.Sections();
  if (markdown) return ToMarkdown(sections);
  if (!context.json) return ParamsYaml(params);
  Json all = Json::MakeObject();
  for (const ConfigSection& section : sections) all.Set(section.name, ToJson(section));
  return all.Dump(2) + '\n';
}

}  // namespace

void AddParams(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("params", "Print the parameters in force, each with its meaning");
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  const auto markdown = std::make_shared<bool>(false);
  command->add_flag("--markdown", *markdown, "As the tables of docs/params.md");
  command->callback([&context, markdown] {
    context.action = [&context, markdown]() -> Outcome {
      VALENCE_TRY(const std::string text, Render(context, *markdown));
      VALENCE_RETURN_IF_ERROR(Print(text));
      return kSuccess;
    };
  });
}

}  // namespace valence::app
