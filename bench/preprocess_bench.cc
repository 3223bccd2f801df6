// SPDX-License-Identifier: Apache-2.0
// Preprocessing and tokenising of real texts on one core, in MB/s of input: the best of five passes.
//   usage: preprocess_bench FILE.csv (columns id,text,label, as `valence ingest` writes)
#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "valence/base/clock.h"
#include "valence/data/csv.h"
#include "valence/text/fused_tokenizer.h"
#include "valence/text/preprocess_config.h"
#include "valence/text/preprocessor.h"

namespace valence {
namespace {

double BestRate(const std::vector<data::Document>& documents, const std::function<void(std::string_view)>& apply) {
  double bytes = 0, best = 0;
  for (const data::Document& d : documents) bytes += static_cast<double>(d.text.size());
  for (int pass = 0; pass < 5; ++pass) {
    const Stopwatch stopwatch;
    for (const data::Document& d : documents) apply(d.text);
    best = std::max(best, bytes / stopwatch.seconds() / 1e6);
  }
  return best;
}

int Run(const char* path) {
  const auto documents = data::ReadDocuments(path);
  if (!documents) {
    fmt::print(stderr, "{}\n", documents.error().message);
    return 1;
  }
  for (const char* preset : {"seed", "best"}) {
    const auto steps = text::ResolveSteps({.preset = preset, .steps = {}}).value();
    const auto preprocessor = text::Preprocessor::Make(steps).value();
    std::string scratch, out;
    fmt::print("{}: {:.0f} MB/s\n", preset,
               BestRate(*documents, [&](std::string_view text) { preprocessor.Apply(text, &scratch, &out); }));
    const auto tokenizer = text::FusedTokenizer::Compile(steps, text::TokenPattern(text::TokenPattern::Kind::kWords2));
    text::TokenBuffer tokens;
    if (tokenizer) {
      fmt::print("{}, tokens: {:.0f} MB/s\n", preset,
                 BestRate(*documents, [&](std::string_view text) { tokenizer->Run(text, &tokens); }));
    }
  }
  return 0;
}

}  // namespace
}  // namespace valence

int main(int argc, char** argv) {
  if (argc != 2) {
    fmt::print(stderr, "usage: preprocess_bench FILE.csv\n");
    return 2;
  }
  return valence::Run(argv[1]);
}
