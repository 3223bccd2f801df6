// SPDX-License-Identifier: Apache-2.0
// The English Snowball stemmer as NLTK runs it. NLTK keeps the regions R1 and R2 as strings of their own rather than
// as offsets, and they can come apart from the word's end; so they are strings here too.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "valence/text/stem.h"
#include "word_buffer.h"

namespace valence::text {
namespace {

using Word = std::u32string;
using View = std::u32string_view;

struct Special {
  View word;
  View stem;
};

constexpr Special kSpecial[] = {
    {U"skis", U"ski"},        {U"skies", U"sky"},        {U"dying", U"die"},         {U"lying", U"lie"},
    {U"tying", U"tie"},       {U"idly", U"idl"},         {U"gently", U"gentl"},      {U"ugly", U"ugli"},
    {U"early", U"earli"},     {U"only", U"onli"},        {U"singly", U"singl"},      {U"sky", U"sky"},
    {U"news", U"news"},       {U"howe", U"howe"},        {U"atlas", U"atlas"},       {U"cosmos", U"cosmos"},
    {U"bias", U"bias"},       {U"andes", U"andes"},      {U"inning", U"inning"},     {U"innings", U"inning"},
    {U"outing", U"outing"},   {U"outings", U"outing"},   {U"canning", U"canning"},   {U"cannings", U"canning"},
    {U"herring", U"herring"}, {U"herrings", U"herring"}, {U"earring", U"earring"},   {U"earrings", U"earring"},
    {U"proceed", U"proceed"}, {U"proceeds", U"proceed"}, {U"proceeded", U"proceed"}, {U"proceeding", U"proceed"},
    {U"exceed", U"exceed"},   {U"exceeds", U"exceed"},   {U"exceeded", U"exceed"},   {U"exceeding", U"exceed"},
    {U"succeed", U"succeed"}, {U"succeeds", U"succeed"}, {U"succeeded", U"succeed"}, {U"succeeding", U"succeed"}};

bool IsVowel(char32_t c) { return View(U"aeiouy").find(c) != View::npos; }

bool ContainsVowel(View word) {
  for (const char32_t c : word) {
    if (IsVowel(c)) return true;
  }
  return false;
}

// The rest after the first non-vowel that follows a vowel; empty if there is none.
View Region(View word) {
  for (std::size_t i = 1; i < word.size(); ++i) {
    if (!IsVowel(word[i]) && IsVowel(word[i - 1])) return word.substr(i + 1);
  }
  return {};
}

// The last `cut` letters replaced by `add`; `otherwise` if there are not that many.
void ReplaceEnd(Word* word, std::size_t cut, View add, View otherwise = {}) {
  if (word->size() < cut) {
    word->assign(otherwise);
    return;
  }
  word->resize(word->size() - cut);
  word->append(add);
}

struct State {
  Word word, r1, r2;

  void Cut(std::size_t n) { Replace(n, {}); }
  void Replace(std::size_t cut, View add, View r2_otherwise = {}) {
    ReplaceEnd(&word, cut, add);
    ReplaceEnd(&r1, cut, add);
    ReplaceEnd(&r2, cut, add, r2_otherwise);
  }
  bool EndsWith(View suffix) const { return word.ends_with(suffix); }
  /// The n-th letter from the end, 1 the last. Requires a word that long.
  char32_t FromEnd(std::size_t n) const { return word[word.size() - n]; }
};

// A suffix of step 2 or 3: cut this many letters, add these. NLTK sets a too short R2 to "e" for some.
struct Rule {
  View suffix;
  std::size_t cut = 0;
  View add = {};
  View r2_otherwise = {};
};

constexpr Rule kStep2[] = {{U"ization", 7, U"ize"},
                           {U"ational", 7, U"ate", U"e"},
                           {U"fulness", 4},
                           {U"ousness", 7, U"ous"},
                           {U"iveness", 7, U"ive", U"e"},
                           {U"tional", 2},
                           {U"biliti", 6, U"ble"},
                           {U"lessli", 2},
                           {U"entli", 2},
                           {U"ation", 5, U"ate", U"e"},
                           {U"alism", 5, U"al"},
                           {U"aliti", 5, U"al"},
                           {U"ousli", 5, U"ous"},
                           {U"iviti", 5, U"ive", U"e"},
                           {U"fulli", 2},
                           {U"enci", 1, U"e"},
                           {U"anci", 1, U"e"},
                           {U"abli", 1, U"e"},
                           {U"izer", 4, U"ize"},
                           {U"ator", 4, U"ate", U"e"},
                           {U"alli", 4, U"al"},
                           {U"bli", 3, U"ble"},
                           {U"ogi", 1},
                           {U"li", 2}};

constexpr Rule kStep3[] = {{U"ational", 7, U"ate"}, {U"tional", 2},       {U"alize", 3},
                           {U"icate", 5, U"ic"},    {U"iciti", 5, U"ic"}, {U"ative", 5},
                           {U"ical", 4, U"ic"},     {U"ness", 4},         {U"ful", 3}};

constexpr View kStep4[] = {U"ement", U"ance", U"ence", U"able", U"ible", U"ment", U"ant", U"ent", U"ism",
                           U"ate",   U"iti",  U"ous",  U"ive",  U"ize",  U"ion",  U"al",  U"er",  U"ic"};

void FindRegions(State* s) {
  const View word = s->word;
  if (word.starts_with(U"gener") || word.starts_with(U"arsen")) {
    s->r1 = word.substr(5);
  } else if (word.starts_with(U"commun")) {
    s->r1 = word.substr(6);
  } else {
    s->r1 = Region(word);
  }
  s->r2 = Region(s->r1);
}

// Apostrophes of other shapes become one; a leading one goes; a 'y' that acts as a consonant becomes 'Y'.
void Prepare(Word* word) {
  for (char32_t& c : *word) {
    if (c == 0x2019 || c == 0x2018 || c == 0x201B) c = '\'';
  }
  if (word->starts_with(U'\'')) word->erase(0, 1);
  for (std::size_t i = 0; i < word->size(); ++i) {
    if ((*word)[i] == 'y' && (i == 0 || IsVowel((*word)[i - 1]))) (*word)[i] = 'Y';
  }
}

void Step0(State* s) {
  for (const View suffix : {View(U"'s'"), View(U"'s"), View(U"'")}) {
    if (s->EndsWith(suffix)) return s->Cut(suffix.size());
  }
}

void Step1a(State* s) {
  if (s->EndsWith(U"sses")) return s->Cut(2);
  if (s->EndsWith(U"ied") || s->EndsWith(U"ies")) return s->Cut(s->word.size() > 4 ? 2 : 1);
  if (s->EndsWith(U"us") || s->EndsWith(U"ss") || !s->EndsWith(U"s")) return;
  if (s->word.size() > 2 && ContainsVowel(View(s->word).substr(0, s->word.size() - 2))) s->Cut(1);
}

bool EndsWithDouble(const State& s) {
  if (s.word.size() < 2 || s.FromEnd(1) != s.FromEnd(2)) return false;
  return View(U"bdfgmnprt").find(s.FromEnd(1)) != View::npos;
}

bool IsShort(const State& s) {
  if (!s.r1.empty()) return false;
  const std::size_t n = s.word.size();
  if (n == 2) return IsVowel(s.word[0]) && !IsVowel(s.word[1]);
  return n >= 3 && !IsVowel(s.FromEnd(1)) && View(U"wxY").find(s.FromEnd(1)) == View::npos && IsVowel(s.FromEnd(2)) &&
         !IsVowel(s.FromEnd(3));
}

// What step 1b does after it has removed a suffix.
void Restore(State* s) {
  if (s->EndsWith(U"at") || s->EndsWith(U"bl") || s->EndsWith(U"iz")) {
    s->word.push_back('e');
    s->r1.push_back('e');
    if (s->word.size() > 5 || s->r1.size() >= 3) s->r2.push_back('e');
  } else if (EndsWithDouble(*s)) {
    s->Cut(1);
  } else if (IsShort(*s)) {
    s->word.push_back('e');
    if (!s->r2.empty()) s->r2.push_back('e');
  }
}

void Step1b(State* s) {
  for (const View suffix : {View(U"eedly"), View(U"ingly"), View(U"edly"), View(U"eed"), View(U"ing"), View(U"ed")}) {
    if (!s->EndsWith(suffix)) continue;
    if (suffix.starts_with(U"ee")) {
      if (s->r1.ends_with(suffix)) s->Replace(suffix.size(), U"ee");
    } else if (ContainsVowel(View(s->word).substr(0, s->word.size() - suffix.size()))) {
      s->Cut(suffix.size());
      Restore(s);
    }
    return;
  }
}

void Step1c(State* s) {
  if (s->word.size() <= 2 || IsVowel(s->FromEnd(2))) return;
  if (s->FromEnd(1) == 'y' || s->FromEnd(1) == 'Y') s->Replace(1, U"i");
}

bool AllowedInStep2(const State& s, View suffix) {
  if (suffix == U"ogi") return s.FromEnd(4) == 'l';
  if (suffix == U"li") return View(U"cdeghkmnrt").find(s.FromEnd(3)) != View::npos;
  return true;
}

void Step2(State* s) {
  for (const Rule& rule : kStep2) {
    if (!s->EndsWith(rule.suffix)) continue;
    if (s->r1.ends_with(rule.suffix) && AllowedInStep2(*s, rule.suffix)) {
      s->Replace(rule.cut, rule.add, rule.r2_otherwise);
    }
    return;
  }
}

void Step3(State* s) {
  for (const Rule& rule : kStep3) {
    if (!s->EndsWith(rule.suffix)) continue;
    const bool allowed = rule.suffix != U"ative" || s->r2.ends_with(rule.suffix);
    if (s->r1.ends_with(rule.suffix) && allowed) s->Replace(rule.cut, rule.add);
    return;
  }
}

void Step4(State* s) {
  for (const View suffix : kStep4) {
    if (!s->EndsWith(suffix)) continue;
    const bool allowed = suffix != U"ion" || s->FromEnd(4) == 's' || s->FromEnd(4) == 't';
    if (s->r2.ends_with(suffix) && allowed) s->Cut(suffix.size());
    return;
  }
}

bool DropsFinalE(const State& s) {
  if (s.r2.ends_with(U'e')) return true;
  if (!s.r1.ends_with(U'e') || s.word.size() < 4) return false;
  return IsVowel(s.FromEnd(2)) || View(U"wxY").find(s.FromEnd(2)) != View::npos || !IsVowel(s.FromEnd(3)) ||
         IsVowel(s.FromEnd(4));
}

void Step5(State* s) {
  const bool double_l = s->r2.ends_with(U'l') && s->FromEnd(2) == 'l';
  if ((double_l || DropsFinalE(*s)) && !s->word.empty()) s->word.pop_back();
}

void Stem(State* s) {
  Prepare(&s->word);
  FindRegions(s);
  Step0(s);
  Step1a(s);
  Step1b(s);
  Step1c(s);
  Step2(s);
  Step3(s);
  Step4(s);
  Step5(s);
  for (char32_t& c : s->word) {
    if (c == 'Y') c = 'y';
  }
}

}  // namespace

void StemSnowball(std::string_view word, std::string* stem) {
  thread_local State state;
  DecodeLower(word, &state.word);
  for (const Special& special : kSpecial) {
    if (state.word == special.word) return Encode(special.stem, stem);
  }
  if (state.word.size() > 2) Stem(&state);
  Encode(state.word, stem);
}

}  // namespace valence::text
