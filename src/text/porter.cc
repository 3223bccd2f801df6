// SPDX-License-Identifier: Apache-2.0
// Porter's algorithm ("An algorithm for suffix stripping", Program 14.3, 1980) as NLTK's default mode runs it. Step
// numbers are the paper's; `NLTK:` marks where NLTK departs from it.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "valence/base/utf8.h"
#include "valence/text/stem.h"
#include "word_buffer.h"

namespace valence::text {
namespace {

using Word = std::u32string;
using View = std::u32string_view;

struct Rule {
  View suffix;
  View replacement;
};

// NLTK: irregular forms.
constexpr Rule kIrregular[] = {
    {U"sky", U"sky"},        {U"skies", U"sky"},       {U"dying", U"die"},        {U"lying", U"lie"},
    {U"tying", U"tie"},      {U"news", U"news"},       {U"innings", U"inning"},   {U"inning", U"inning"},
    {U"outings", U"outing"}, {U"outing", U"outing"},   {U"cannings", U"canning"}, {U"canning", U"canning"},
    {U"howe", U"howe"},      {U"proceed", U"proceed"}, {U"exceed", U"exceed"},    {U"succeed", U"succeed"}};

constexpr Rule kStep1a[] = {{U"sses", U"ss"}, {U"ies", U"i"}, {U"ss", U"ss"}, {U"s", U""}};

// NLTK: "bli" for "abli", "fulli" added.
constexpr Rule kStep2[] = {{U"ational", U"ate"}, {U"tional", U"tion"}, {U"enci", U"ence"},   {U"anci", U"ance"},
                           {U"izer", U"ize"},    {U"bli", U"ble"},     {U"alli", U"al"},     {U"entli", U"ent"},
                           {U"eli", U"e"},       {U"ousli", U"ous"},   {U"ization", U"ize"}, {U"ation", U"ate"},
                           {U"ator", U"ate"},    {U"alism", U"al"},    {U"iveness", U"ive"}, {U"fulness", U"ful"},
                           {U"ousness", U"ous"}, {U"aliti", U"al"},    {U"iviti", U"ive"},   {U"biliti", U"ble"},
                           {U"fulli", U"ful"}};

constexpr Rule kStep3[] = {{U"icate", U"ic"}, {U"ative", U""}, {U"alize", U"al"}, {U"iciti", U"ic"},
                           {U"ical", U"ic"},  {U"ful", U""},   {U"ness", U""}};

constexpr View kStep4[] = {U"al",  U"ance", U"ence", U"er",  U"ic",  U"able", U"ible", U"ant", U"ement", U"ment",
                           U"ent", U"ion",  U"ou",   U"ism", U"ate", U"iti",  U"ous",  U"ive", U"ize"};

bool IsVowelLetter(char32_t c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

// A 'y' is a consonant at the start or after a vowel; so a run of them alternates.
bool IsConsonant(View word, std::size_t i) {
  std::size_t run = i;
  while (run > 0 && word[run] == 'y') --run;
  return !IsVowelLetter(word[run]) != ((i - run) % 2 == 1);
}

// Calls visit(is_consonant) for each letter.
template <class Visit>
void ForEachLetter(View word, Visit visit) {
  bool consonant = false;
  for (const char32_t c : word) {
    consonant = c == 'y' ? !consonant : !IsVowelLetter(c);
    visit(consonant);
  }
}

// The paper's m: how often a vowel is followed by a consonant.
int Measure(View word) {
  int measure = 0;
  bool after_vowel = false;
  ForEachLetter(word, [&](bool consonant) {
    if (consonant && after_vowel) ++measure;
    after_vowel = !consonant;
  });
  return measure;
}

bool ContainsVowel(View word) {
  bool found = false;
  ForEachLetter(word, [&](bool consonant) { found |= !consonant; });
  return found;
}

bool EndsDoubleConsonant(View word) {
  const std::size_t n = word.size();
  return n >= 2 && word[n - 1] == word[n - 2] && IsConsonant(word, n - 1);
}

// The paper's *o. NLTK: also a vowel and a consonant alone.
bool EndsConsonantVowelConsonant(View word) {
  const std::size_t n = word.size();
  if (n == 2) return !IsConsonant(word, 0) && IsConsonant(word, 1);
  if (n < 3) return false;
  const char32_t last = word[n - 1];
  return IsConsonant(word, n - 3) && !IsConsonant(word, n - 2) && IsConsonant(word, n - 1) && last != 'w' &&
         last != 'x' && last != 'y';
}

View WithoutSuffix(View word, std::size_t length) { return word.substr(0, word.size() - length); }

void ReplaceSuffix(Word* word, std::size_t length, View replacement) {
  word->resize(word->size() - length);
  word->append(replacement);
}

// The first rule whose suffix fits decides, whether its condition on the stem holds or not.
template <class Condition>
void ApplyFirst(Word* word, std::span<const Rule> rules, Condition condition) {
  for (const Rule& rule : rules) {
    if (!word->ends_with(rule.suffix)) continue;
    if (condition(WithoutSuffix(*word, rule.suffix.size()))) ReplaceSuffix(word, rule.suffix.size(), rule.replacement);
    return;
  }
}

bool HasMeasure(View stem) { return Measure(stem) > 0; }

void Step1a(Word* word) {
  // NLTK: "dies" -> "die", though "flies" -> "fli".
  if (word->size() == 4 && word->ends_with(U"ies")) return ReplaceSuffix(word, 1, U"");
  ApplyFirst(word, kStep1a, [](View) { return true; });
}

// What step 1b does after it has removed "ed" or "ing".
void Restore(Word* word) {
  const char32_t last = word->back();
  if (word->ends_with(U"at") || word->ends_with(U"bl") || word->ends_with(U"iz")) {
    word->push_back('e');
  } else if (EndsDoubleConsonant(*word)) {
    if (last != 'l' && last != 's' && last != 'z') word->pop_back();
  } else if (Measure(*word) == 1 && EndsConsonantVowelConsonant(*word)) {
    word->push_back('e');
  }
}

void Step1b(Word* word) {
  // NLTK: "died" -> "die", "spied" -> "spi".
  if (word->ends_with(U"ied")) return ReplaceSuffix(word, word->size() == 4 ? 1 : 2, U"");
  if (word->ends_with(U"eed")) {
    if (HasMeasure(WithoutSuffix(*word, 3))) word->pop_back();
    return;
  }
  for (const View suffix : {View(U"ed"), View(U"ing")}) {
    if (!word->ends_with(suffix) || !ContainsVowel(WithoutSuffix(*word, suffix.size()))) continue;
    ReplaceSuffix(word, suffix.size(), U"");
    return Restore(word);
  }
}

// NLTK: y -> i after a consonant that is not the only letter ("enjoy" keeps its y, "spy" does not).
void Step1c(Word* word) {
  if (!word->ends_with(U"y")) return;
  const View stem = WithoutSuffix(*word, 1);
  if (stem.size() > 1 && IsConsonant(stem, stem.size() - 1)) word->back() = 'i';
}

void Step2(Word* word) {
  // NLTK: "alli" goes first, and what it leaves takes the step again.
  while (word->ends_with(U"alli") && HasMeasure(WithoutSuffix(*word, 4))) ReplaceSuffix(word, 2, U"");
  for (const Rule& rule : kStep2) {
    if (word->ends_with(rule.suffix)) return ApplyFirst(word, {&rule, 1}, HasMeasure);
  }
  // NLTK: the l of "logi" counts as part of the stem.
  if (word->ends_with(U"logi") && HasMeasure(WithoutSuffix(*word, 3))) word->pop_back();
}

void Step4(Word* word) {
  for (const View suffix : kStep4) {
    if (!word->ends_with(suffix)) continue;
    const View stem = WithoutSuffix(*word, suffix.size());
    const bool allowed = suffix != U"ion" || stem.ends_with(U"s") || stem.ends_with(U"t");
    if (allowed && Measure(stem) > 1) ReplaceSuffix(word, suffix.size(), U"");
    return;
  }
}

void Step5(Word* word) {
  if (word->ends_with(U"e")) {
    const View stem = WithoutSuffix(*word, 1);
    const int measure = Measure(stem);
    if (measure > 1 || (measure == 1 && !EndsConsonantVowelConsonant(stem))) word->pop_back();
  }
  if (word->ends_with(U"ll") && Measure(WithoutSuffix(*word, 1)) > 1) word->pop_back();
}

bool ReplaceIrregular(Word* word) {
  for (const Rule& rule : kIrregular) {
    if (*word != rule.suffix) continue;
    word->assign(rule.replacement);
    return true;
  }
  return false;
}

void Stem(std::size_t original_length, Word* word) {
  // NLTK measures the word before lower-casing, which can add a character.
  if (ReplaceIrregular(word) || original_length <= 2) return;
  Step1a(word);
  Step1b(word);
  Step1c(word);
  Step2(word);
  ApplyFirst(word, kStep3, HasMeasure);
  Step4(word);
  Step5(word);
}

}  // namespace

void StemPorter(std::string_view word, std::string* stem) {
  thread_local Word buffer;
  DecodeLower(word, &buffer);
  Stem(utf8::Length(word), &buffer);
  Encode(buffer, stem);
}

}  // namespace valence::text
