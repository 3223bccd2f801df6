// SPDX-License-Identifier: Apache-2.0
#include "commands.h"
#include "progress_bar.h"
#include "valence/base/numbers.h"
#include "valence/pipeline/stages.h"

namespace valence::app {
namespace {

Outcome RunPreprocess(const Context& context) {
  VALENCE_TRY(const pipeline::Params params, context.LoadParams());
  ProgressBar progress("preprocess", context.quiet);
  VALENCE_TRY(const auto done, pipeline::Preprocess(params, {}, nullptr, progress));
  VALENCE_RETURN_IF_ERROR(done->writes.Wait());
  const std::size_t train = done->split.train.size(), test = done->split.test.size();
  progress.Summarise(WithThousands(static_cast<std::int64_t>(train + test)) + " documents");
  if (context.json) {
    const Json json =
        Json::MakeObject({{"train_documents", std::uint64_t{train}}, {"test_documents", std::uint64_t{test}}});
    VALENCE_RETURN_IF_ERROR(Print(json.Dump(2) + '\n'));
  }
  return kSuccess;
}

}  // namespace

void AddPreprocess(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("preprocess", "Normalise the texts: data/raw -> data/interim");
  AddParamsFlags(*command, context);
  AddJsonFlag(*command, context);
  command->callback([&context] { context.action = [&context] { return RunPreprocess(context); }; });
}

}  // namespace valence::app
