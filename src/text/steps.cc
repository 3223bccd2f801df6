// SPDX-License-Identifier: Apache-2.0
#include "steps.h"

#include <string>

#include "rewrites.h"
#include "treebank.h"

namespace valence::text {
namespace {

// A pass as an array of one, so that a Step can refer to it.
template <Pass kPass>
constexpr Pass kOnly[1] = {kPass};

template <WordMap kMap>
constexpr Step WordStep(std::string_view name) {
  return {name, StepKind::kWord, kOnly<MapWords<kMap>>, nullptr, kMap};
}

template <Pass kPass>
constexpr Step RewriteStep(std::string_view name) {
  return {name, StepKind::kRewrite, kOnly<kPass>, nullptr, nullptr};
}

template <Pass kPass>
constexpr Step CharacterStep(std::string_view name, CharMap map) {
  return {name, StepKind::kCharacter, kOnly<kPass>, map, nullptr};
}

}  // namespace

std::span<const Step> AllSteps() {
  static const Step steps[] = {
      RewriteStep<RemoveUrls>("remove_urls"),
      RewriteStep<UnescapeHtml>("unescape_html"),
      RewriteStep<RemoveHtmlBreaks>("remove_html_breaks"),
      CharacterStep<RemoveDigits>("remove_digits", RemoveDigitsChar),
      CharacterStep<Lowercase>("lowercase", LowercaseChar),
      CharacterStep<LowercaseAscii>("lowercase_ascii", LowercaseAsciiChar),
      CharacterStep<ReplacePunctuation>("replace_punctuation", ReplacePunctuationChar),
      CharacterStep<RemoveArabicSemicolon>("remove_arabic_semicolon", RemoveArabicSemicolonChar),
      CharacterStep<FoldWhitespace>("fold_whitespace", KeepChar),
      WordStep<DropStopWord>("remove_stop_words"),
      WordStep<LemmatizeNoun>("lemmatize"),
      WordStep<LemmatizeVerb>("lemmatize_verb"),
      WordStep<LemmatizeAdjective>("lemmatize_adjective"),
      WordStep<LemmatizeAdverb>("lemmatize_adverb"),
      WordStep<StemWordPorter>("stem_porter"),
      WordStep<StemWordSnowball>("stem_snowball"),
      {"word_tokenize", StepKind::kWhole, TreebankPasses(), nullptr, nullptr},
      CharacterStep<SplitPunctuation>("split_punctuation", SplitPunctuationChar),
  };
  return steps;
}

Result<const Step*> FindStep(std::string_view name) {
  std::string known;
  for (const Step& step : AllSteps()) {
    if (step.name == name) return &step;
    known.append(known.empty() ? "" : ", ").append(step.name);
  }
  return InvalidArgument("preprocess: no step is called '" + std::string(name) + "'; known: " + known);
}

}  // namespace valence::text
