// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include <memory>

#include "commands.h"
#include "model_flag.h"
#include "terminal.h"
#include "valence/base/numbers.h"
#include "valence/data/csv.h"
#include "valence/registry/model_folder.h"
#include "valence/tracking/feedback_store.h"

namespace valence::app {
namespace {

struct MlflowFlags {
  std::string model, output;
  registry::ModelFolderOptions options;
};

Outcome ExportMlflow(const Context& context, const MlflowFlags& flags) {
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

void AddExportMlflow(CLI::App& exports, Context& context) {
  CLI::App* command = exports.add_subcommand("mlflow", "A folder with MLmodel and a python_function flavor");
  const auto flags = std::make_shared<MlflowFlags>();
  AddModelFlag(*command, flags->model);
  AddJsonFlag(*command, context);
  command->add_option("-o,--output", flags->output, "Folder to make; must be empty if it exists")
      ->type_name("DIR")
      ->required();
  command->add_option("--python-version", flags->options.python_version, "Python of the environments that MLflow makes")
      ->capture_default_str();
  command->callback(
      [&context, flags] { context.action = [&context, flags] { return ExportMlflow(context, *flags); }; });
}

struct FeedbackFlags {
  std::string database, output;
};

Outcome ExportFeedback(const Context& context, const FeedbackFlags& flags) {
  VALENCE_TRY(const auto store, tracking::FeedbackStore::OpenToRead(flags.database));
  VALENCE_TRY(std::vector<tracking::LabelledText> labelled, store->Labelled());
  std::vector<data::Document> documents;
  for (tracking::LabelledText& each : labelled) {
    documents.push_back({std::move(each.prediction_id), std::move(each.text), std::move(each.label)});
  }
  VALENCE_RETURN_IF_ERROR(data::WriteDocuments(flags.output, documents));
  const auto texts = static_cast<std::int64_t>(documents.size());
  if (context.json) {
    const Json answer = Json::MakeObject({{"file", flags.output}, {"texts", texts}});
    VALENCE_RETURN_IF_ERROR(Print(answer.Dump() + '\n'));
  } else if (!context.quiet) {
    PrintStderr(fmt::format("{}: {} labelled texts; learn from them with --set ingest.source={}\n", flags.output,
                            WithThousands(texts), flags.output));
  }
  return kSuccess;
}

void AddExportFeedback(CLI::App& exports, Context& context) {
  CLI::App* command = exports.add_subcommand("feedback", "What people said of predictions, as a CSV that ingest reads");
  const auto flags = std::make_shared<FeedbackFlags>();
  AddJsonFlag(*command, context);
  command
      ->add_option("--feedback-db", flags->database, "The file that valence serve --feedback-db writes; may be in use")
      ->type_name("FILE")
      ->required();
  command->add_option("-o,--output", flags->output, "CSV with the columns id, text, label")
      ->type_name("FILE")
      ->required();
  command->callback(
      [&context, flags] { context.action = [&context, flags] { return ExportFeedback(context, *flags); }; });
}

}  // namespace

void AddExport(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("export", "Write a model or feedback in the form another system reads");
  command->require_subcommand(1);
  AddExportMlflow(*command, context);
  AddExportFeedback(*command, context);
}

}  // namespace valence::app
