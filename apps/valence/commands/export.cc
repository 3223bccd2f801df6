// SPDX-License-Identifier: Apache-2.0
#include <memory>

#include "commands.h"
#include "model_flag.h"
#include "terminal.h"
#include "valence/registry/model_folder.h"

namespace valence::app {
namespace {

struct Flags {
  std::string format, model, output;
  registry::ModelFolderOptions options;
};

Outcome RunExport(const Context& context, const Flags& flags) {
  VALENCE_TRY(const auto files, registry::WriteModelFolder(flags.model, flags.options, flags.output));
  Json paths = Json::MakeArray();
  for (const registry::FolderFile& file : files) paths.Push(file.relative);
  if (context.json) {
    const Json answer = Json::MakeObject({{"folder", flags.output}, {"files", std::move(paths)}});
    VALENCE_RETURN_IF_ERROR(Print(answer.Dump() + '\n'));
  } else if (!context.quiet) {
    PrintStderr(flags.output + ": load it with mlflow.pyfunc.load_model, or serve it with mlflow models serve\n");
  }
  return kSuccess;
}

}  // namespace

void AddExport(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("export", "Write a model in the form another system loads");
  const auto flags = std::make_shared<Flags>();
  command->add_option("format", flags->format, "mlflow: a folder with MLmodel and a python_function flavor")
      ->required()
      ->check(CLI::IsMember({"mlflow"}));
  AddModelFlag(*command, flags->model);
  AddJsonFlag(*command, context);
  command->add_option("-o,--output", flags->output, "Folder to make; must be empty if it exists")
      ->type_name("DIR")
      ->required();
  command->add_option("--python-version", flags->options.python_version, "Python of the environments that MLflow makes")
      ->capture_default_str();
  command->callback([&context, flags] { context.action = [&context, flags] { return RunExport(context, *flags); }; });
}

}  // namespace valence::app
