// SPDX-License-Identifier: Apache-2.0
#include <fmt/format.h>

#include "commands.h"
#include "explanation.h"
#include "model_flag.h"
#include "model_loading.h"
#include "valence/base/files.h"
#include "valence/base/utf8.h"

namespace valence::app {
namespace {

struct Flags {
  std::string model;
  std::vector<std::string> texts;
};

constexpr std::uint64_t kMaxTextBytes = 64u << 20;

Outcome RunExplain(const Context& context, Flags flags) {
  if (flags.texts.empty()) {
    VALENCE_TRY(std::string text, ReadFile("/dev/stdin", kMaxTextBytes));
    if (text.ends_with('\n')) text.pop_back();
    flags.texts.push_back(std::move(text));
  }
  VALENCE_TRY(const LoadedModel loaded, LoadModel(flags.model, Progress::None()));
  const auto& model = loaded.trained.classifier;
  classifier::Classifier::Scratch scratch;
  classifier::Prediction prediction;
  for (const std::string& text : flags.texts) {
    if (const auto bad = utf8::FindInvalid(text)) {
      return DataCorrupt(fmt::format("byte {} of the text is not UTF-8", *bad));
    }
    model->Explain(text, &scratch, &prediction);
    VALENCE_RETURN_IF_ERROR(Print(context.json ? ExplanationJson(*model, text, prediction).Dump() + '\n'
                                               : RenderExplanation(*model, text, prediction)));
  }
  return kSuccess;
}

}  // namespace

void AddExplain(CLI::App& app, Context& context) {
  CLI::App* command = app.add_subcommand("explain", "Score texts and show what each word adds");
  const auto flags = std::make_shared<Flags>();
  AddModelFlag(*command, flags->model);
  AddJsonFlag(*command, context);
  command->add_option("text", flags->texts, "Texts (default: one, from standard input)")->type_name("TEXT");
  command->callback([&context, flags] { context.action = [&context, flags] { return RunExplain(context, *flags); }; });
}

}  // namespace valence::app
