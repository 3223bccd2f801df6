// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "progress_bar.h"
#include "valence/base/numbers.h"
#include "valence/pipeline/stages.h"

namespace valence::app {
namespace {

Outcome RunFeaturize(const Context& context) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  ProgressBar progress("featurize", context.quiet);
  VALENCE_TRY(const auto done, pipeline::Featurize(params, {}, nullptr, progress));
  VALENCE_RETURN_IF_ERROR(done->writes.Wait());
  progress.Summarise(WithThousands(done->train.cols) + " features");
  if (context.json) {
    const Json json = Json::MakeObject({{"features", done->train.cols},
                                        {"train_documents", done->train.rows},
                                        {"train_values", done->train.nnz()},
                                        {"test_documents", done->test.rows},
                                        {"test_values", done->test.nnz()}});
    VALENCE_RETURN_IF_ERROR(Print(json.Dump(2) + '\n'));
  }
  return kSuccess;
}

}  // namespace

void AddFeaturize(CLI::App& app, Context& context) {
  CLI::App* command =
      app.add_subcommand("featurize", "Turn texts into a sparse matrix: data/interim -> data/processed");
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  command->callback([&context] { context.action = [&context] { return RunFeaturize(context); }; });
}

}  // namespace valence::app
