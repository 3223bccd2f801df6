// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace valence::text {

/// WordNet's parts of speech: index.noun, index.verb, index.adj (with its satellites) and index.adv.
enum class PartOfSpeech : std::uint8_t { kNoun, kVerb, kAdjective, kAdverb };

/// NLTK 3.10.4's WordNetLemmatizer().lemmatize(word, pos) over WordNet 3.0: of `word`, its irregular forms or, if it
/// has none, the results of the suffix rules, those that WordNet knows; of these the shortest, first of equals; `word`
/// itself if there is none. Case matters, as there.
///
/// The result lives as long as `word` and, if a suffix rule made it, until *scratch changes. Thread-safe; allocates
/// nothing once *scratch has grown. About 10 ns for a word that no rule fits.
std::string_view Lemmatize(std::string_view word, PartOfSpeech pos, std::string* scratch);
/// The same for callers that have HashToken(word) already.
std::string_view Lemmatize(std::string_view word, std::uint64_t hash, PartOfSpeech pos, std::string* scratch);

}  // namespace valence::text
