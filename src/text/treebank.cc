// SPDX-License-Identifier: Apache-2.0
// One pass per regular expression of nltk/tokenize/destructive.py, in its order; the expression stands above each.
// Most of them run on the `regex` package there, whose \w, \s and \d are not Python's (unicode.h); the contractions run
// on `re`.

#include "treebank.h"

#include <algorithm>
#include <string>

#include "scan.h"
#include "valence/text/unicode.h"
#include "words.h"

namespace valence::text {
namespace {

constexpr std::size_t kNone = std::string_view::npos;

// Emits a text piece by piece: what lies between the replaced pieces is copied.
class Rewriter {
 public:
  Rewriter(std::string_view text, Sink& out) : text_(text), out_(out) {}
  ~Rewriter() { CopyTo(text_.size()); }
  Rewriter(const Rewriter&) = delete;
  Rewriter& operator=(const Rewriter&) = delete;

  void CopyTo(std::size_t end) {
    if (copied_ < end) out_.Copy(copied_, end);
    copied_ = std::max(copied_, end);
  }
  void InsertSpace(std::size_t position) {
    CopyTo(position);
    out_.Emit(" ", position, position);
  }
  void Pad(std::size_t begin, std::size_t end) {
    InsertSpace(begin);
    InsertSpace(end);
  }
  void Replace(std::size_t begin, std::size_t end, std::string_view bytes) {
    CopyTo(begin);
    if (!bytes.empty()) out_.Emit(bytes, begin, end);
    copied_ = end;
  }

 private:
  std::string_view text_;
  Sink& out_;
  std::size_t copied_ = 0;
};

bool IsOneOf(char c, std::string_view set) { return set.find(c) != kNone; }
bool IsOneOf(char32_t c, std::u32string_view set) { return set.find(c) != std::u32string_view::npos; }

char32_t CharAt(std::string_view text, std::size_t i) { return utf8::Decode(text.data() + i).code_point; }
std::size_t NextChar(std::string_view text, std::size_t i) { return i + utf8::Decode(text.data() + i).length; }

// `[set]` -> ` \g<0> `, for ASCII sets.
void PadEach(std::string_view text, std::string_view set, Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = text.find_first_of(set); i != kNone; i = text.find_first_of(set, i + 1)) {
    rewriter.Pad(i, i + 1);
  }
}

// The same for sets without ASCII.
void PadEach(std::string_view text, std::u32string_view set, Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = 0; i < text.size();) {
    if (IsAscii(text[i])) {
      ++i;
      continue;
    }
    const std::size_t next = NextChar(text, i);
    if (IsOneOf(CharAt(text, i), set)) rewriter.Pad(i, next);
    i = next;
  }
}

// `phrase` -> ` by `
void ReplaceEach(std::string_view text, std::string_view phrase, std::string_view by, Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = text.find(phrase); i != kNone; i = text.find(phrase, i + phrase.size())) {
    rewriter.InsertSpace(i);
    rewriter.Replace(i, i + phrase.size(), by);
    rewriter.InsertSpace(i + phrase.size());
  }
}

// ([«“‘„]|[`]+) -> ` \1 `
void OpeningQuotes(std::string_view text, Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = 0; i < text.size();) {
    const char32_t c = CharAt(text, i);
    std::size_t end = NextChar(text, i);
    if (c < 0x80 && c != '`') {
      ++i;
      continue;
    }
    if (c == '`') {
      end = std::min(text.find_first_not_of('`', i), text.size());
      rewriter.Pad(i, end);
    } else if (IsOneOf(c, U"«“‘„")) {
      rewriter.Pad(i, end);
    }
    i = end;
  }
}

// ^\" -> ``
void LeadingQuote(std::string_view text, Sink& out) {
  Rewriter rewriter(text, out);
  if (text.starts_with('"')) rewriter.Replace(0, 1, "``");
}

// (``) -> ` \1 `
void DoubleBackticks(std::string_view text, Sink& out) { ReplaceEach(text, "``", "``", out); }

// ([ \(\[{<])(\"|\'{2}) -> `\1 `` `
void QuotesAfterBrackets(std::string_view text, Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = 0; i + 1 < text.size(); ++i) {
    if (!IsOneOf(text[i], " ([{<")) continue;
    const std::string_view rest = text.substr(i + 1);
    const std::size_t length = rest.starts_with('"') ? 1 : rest.starts_with("''") ? 2 : 0;
    if (length == 0) continue;
    rewriter.Replace(i + 1, i + 1 + length, " `` ");
    i += length;
  }
}

// True if an apostrophe's clitic starts at `position`: (?:re|ve|ll|m|t|s|d|n)\b, any case; LONG S counts as an s.
bool StartsClitic(std::string_view text, std::size_t position) {
  constexpr std::string_view kClitics[] = {"re", "ve", "ll", "m", "t", "s", "d", "n", "\xC5\xBF"};
  for (const std::string_view clitic : kClitics) {
    const std::string_view word = text.substr(position, clitic.size());
    const auto same = [](char a, char b) { return a == b || (IsAscii(b) && (a | 0x20) == b); };
    if (!std::equal(word.begin(), word.end(), clitic.begin(), clitic.end(), same)) continue;
    const std::size_t end = position + clitic.size();
    if (end == text.size() || !IsRegexWordChar(CharAt(text, end))) return true;
  }
  return false;
}

// (?i)(?<!\w)(\')(?!(?:re|ve|ll|m|t|s|d|n)\b)(?=\w) -> `\1 `
void OpeningApostrophes(std::string_view text, Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = text.find('\''); i != kNone; i = text.find('\'', i + 1)) {
    if (i + 1 == text.size() || !IsRegexWordChar(CharAt(text, i + 1))) continue;
    if (i > 0 && IsRegexWordChar(CharBefore(text, i))) continue;
    if (!StartsClitic(text, i + 1)) rewriter.InsertSpace(i + 1);
  }
}

// ([^\.])(\.)([closers]*)\s*$ -> `\1 \2 \3 ` or `\1 \2\3 `: sets the text's last full stop apart.
void FinalStop(std::string_view text, std::u32string_view closers, bool space_after, Sink& out) {
  Rewriter rewriter(text, out);
  const std::size_t stop = text.rfind('.');
  if (stop == kNone || stop == 0 || text[stop - 1] == '.') return;
  const std::size_t closed = EndOfRun(text, stop + 1, [closers](char32_t c) { return IsOneOf(c, closers); });
  if (EndOfRun(text, closed, IsRegexSpace) != text.size()) return;
  rewriter.InsertSpace(stop);
  if (space_after) rewriter.InsertSpace(stop + 1);
  rewriter.CopyTo(closed);
  rewriter.Replace(closed, text.size(), " ");
}

// ([^\.])(\.)([\]\)}>"\'»”’ ]*+)\s*$ -> `\1 \2 \3 `
void FinalStopBeforeQuotes(std::string_view text, Sink& out) { FinalStop(text, U"])}>\"'»”’ ", true, out); }

// ([:,])([^\d]) -> ` \1 \2`
void ColonsAndCommas(std::string_view text, Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = text.find_first_of(":,"); i != kNone && i + 1 < text.size();) {
    std::size_t next = i + 1;
    if (!IsRegexDigit(CharAt(text, next))) {
      rewriter.Pad(i, next);
      next = NextChar(text, next);  // the match takes the character after as well
    }
    i = text.find_first_of(":,", next);
  }
}

// ([:,])$ -> ` \1 `, where $ also stands before a final line feed
void FinalColonOrComma(std::string_view text, Sink& out) {
  Rewriter rewriter(text, out);
  const std::size_t n = text.size();
  if (n >= 2 && text[n - 1] == '\n' && IsOneOf(text[n - 2], ":,")) rewriter.Pad(n - 2, n - 1);
  if (n >= 1 && IsOneOf(text[n - 1], ":,")) rewriter.Pad(n - 1, n);
}

// \.{2,} -> ` \g<0> `
void Ellipses(std::string_view text, Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = text.find(".."); i != kNone;) {
    const std::size_t end = std::min(text.find_first_not_of('.', i), text.size());
    rewriter.Pad(i, end);
    i = text.find("..", end);
  }
}

// [;@#$%&] -> ` \g<0> `
void Symbols(std::string_view text, Sink& out) { PadEach(text, ";@#$%&", out); }
// [\u2012-\u2015] -> ` \g<0> `
void Dashes(std::string_view text, Sink& out) { PadEach(text, U"\u2012\u2013\u2014\u2015", out); }
// ([^\.])(\.)([\]\)}>"\']*)\s*$ -> `\1 \2\3 `
void FinalStopAlone(std::string_view text, Sink& out) { FinalStop(text, U"])}>\"'", false, out); }
// [?!] -> ` \g<0> `
void Exclamations(std::string_view text, Sink& out) { PadEach(text, "?!", out); }

// ([^'])' (space) -> `\1 ' `
void ClosingApostrophes(std::string_view text, Sink& out) {
  Rewriter rewriter(text, out);
  std::size_t searched = 0;  // a match takes the character before the apostrophe, which must be free
  for (std::size_t i = text.find("' "); i != kNone; i = text.find("' ", i + 1)) {
    if (i == searched || text[i - 1] == '\'') continue;
    rewriter.InsertSpace(i);
    searched = i + 2;
  }
}

// [*] -> ` \g<0> `
void Asterisks(std::string_view text, Sink& out) { PadEach(text, "*", out); }
// [\]\[\(\)\{\}\<\>] -> ` \g<0> `
void Brackets(std::string_view text, Sink& out) { PadEach(text, "][(){}<>", out); }
// -- -> ` -- `
void DoubleDashes(std::string_view text, Sink& out) { ReplaceEach(text, "--", "--", out); }

// " " + text + " "
void Surround(std::string_view text, Sink& out) { Rewriter(text, out).Pad(0, text.size()); }

// ([»”’]) -> ` \1 `
void ClosingQuotes(std::string_view text, Sink& out) { PadEach(text, U"»”’", out); }
// '' -> ` '' `
void DoubleApostrophes(std::string_view text, Sink& out) { ReplaceEach(text, "''", "''", out); }
// " -> ` '' `
void DoubleQuotes(std::string_view text, Sink& out) { ReplaceEach(text, "\"", "''", out); }

// \s+ -> one space
void FoldRegexSpace(std::string_view text, Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = 0; i < text.size();) {
    const bool is_visible_ascii = IsAscii(text[i]) && text[i] > ' ';
    const std::size_t end = is_visible_ascii ? i : EndOfRun(text, i, IsRegexSpace);
    if (end > i) rewriter.Replace(i, end, " ");
    i = end == i ? NextChar(text, i) : end;
  }
}

// ([^' ])(one of the clitics) (space) -> `\1 \2 `; the first clitic that fits counts
template <std::size_t kCount>
void SplitClitics(std::string_view text, const std::string_view (&clitics)[kCount], Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = 0; i < text.size();) {
    std::size_t next = NextChar(text, i);
    if (!IsOneOf(text[i], "' ") && next < text.size() && IsOneOf(text[next], "'nN")) {
      for (const std::string_view clitic : clitics) {
        if (!text.substr(next).starts_with(clitic)) continue;
        rewriter.InsertSpace(next);
        next += clitic.size();
        break;
      }
    }
    i = next;
  }
}

// ([^' ])('[sS]|'[mM]|'[dD]|') (space) -> `\1 \2 `
void ShortClitics(std::string_view text, Sink& out) {
  constexpr std::string_view kClitics[] = {"'s ", "'S ", "'m ", "'M ", "'d ", "'D ", "' "};
  SplitClitics(text, kClitics, out);
}

// ([^' ])('ll|'LL|'re|'RE|'ve|'VE|n't|N'T) (space) -> `\1 \2 `
void LongClitics(std::string_view text, Sink& out) {
  constexpr std::string_view kClitics[] = {"'ll ", "'LL ", "'re ", "'RE ", "'ve ", "'VE ", "n't ", "N'T "};
  SplitClitics(text, kClitics, out);
}

// Bytes of text[position...] that match `word` without regard to case, as `re` does: LONG S is an s, and the dotted
// capital and dotless small I are i's. 0 if it does not match.
std::size_t MatchIgnoringCase(std::string_view text, std::size_t position, std::string_view word) {
  const std::size_t begin = position;
  for (const char wanted : word) {
    if (position == text.size()) return 0;
    const char32_t c = CharAt(text, position);
    const bool same = c < 0x80 ? static_cast<char>(LowerChar(c)) == wanted
                               : (wanted == 's' && c == 0x17F) || (wanted == 'i' && (c == 0x130 || c == 0x131));
    if (!same) return 0;
    position = NextChar(text, position);
  }
  return position - begin;
}

bool IsWordAt(std::string_view text, std::size_t i) { return i < text.size() && IsWordChar(CharAt(text, i)); }
bool IsWordBefore(std::string_view text, std::size_t i) { return i > 0 && IsWordChar(CharBefore(text, i)); }

struct Contraction {
  std::string_view first;
  std::string_view second;
  bool after_space = false;   ///< matches with a space before it, which it takes, instead of at a word's edge
  bool before_space = false;  ///< must stand before white space instead of at a word's edge
};

// (?i)\b(first)(second)\b -> ` \1 \2 `
void SplitContraction(std::string_view text, const Contraction& contraction, Sink& out) {
  Rewriter rewriter(text, out);
  for (std::size_t i = 0; i < text.size();) {
    // Before anything else, the cheapest condition: it begins with an ASCII character.
    if ((text[i] | 0x20) != (contraction.after_space ? ' ' : contraction.first[0])) {
      ++i;
      continue;
    }
    const std::size_t begin = contraction.after_space ? i + 1 : i;
    const std::size_t first = begin < text.size() ? MatchIgnoringCase(text, begin, contraction.first) : 0;
    const std::size_t second = first == 0 ? 0 : MatchIgnoringCase(text, begin + first, contraction.second);
    const std::size_t end = begin + first + second;
    const bool starts = contraction.after_space ? text[i] == ' ' : !IsWordBefore(text, i);
    const bool ends = contraction.before_space ? end < text.size() && IsSpace(CharAt(text, end)) : !IsWordAt(text, end);
    if (second == 0 || !starts || !ends) {
      ++i;
      continue;
    }
    if (!contraction.after_space) rewriter.InsertSpace(begin);
    rewriter.InsertSpace(begin + first);
    rewriter.InsertSpace(end);
    i = end;
  }
}

void Cannot(std::string_view text, Sink& out) { SplitContraction(text, {"can", "not"}, out); }
void DYe(std::string_view text, Sink& out) { SplitContraction(text, {"d", "'ye"}, out); }
void Gimme(std::string_view text, Sink& out) { SplitContraction(text, {"gim", "me"}, out); }
void Gonna(std::string_view text, Sink& out) { SplitContraction(text, {"gon", "na"}, out); }
void Gotta(std::string_view text, Sink& out) { SplitContraction(text, {"got", "ta"}, out); }
void Lemme(std::string_view text, Sink& out) { SplitContraction(text, {"lem", "me"}, out); }
void MoreN(std::string_view text, Sink& out) { SplitContraction(text, {"more", "'n"}, out); }
void Wanna(std::string_view text, Sink& out) { SplitContraction(text, {"wan", "na", false, true}, out); }
void Tis(std::string_view text, Sink& out) { SplitContraction(text, {"'t", "is", true}, out); }
void Twas(std::string_view text, Sink& out) { SplitContraction(text, {"'t", "was", true}, out); }

constexpr Pass kPasses[] = {OpeningQuotes,
                            LeadingQuote,
                            DoubleBackticks,
                            QuotesAfterBrackets,
                            OpeningApostrophes,
                            FinalStopBeforeQuotes,
                            ColonsAndCommas,
                            FinalColonOrComma,
                            Ellipses,
                            Symbols,
                            Dashes,
                            FinalStopAlone,
                            Exclamations,
                            ClosingApostrophes,
                            Asterisks,
                            Brackets,
                            DoubleDashes,
                            Surround,
                            ClosingQuotes,
                            DoubleApostrophes,
                            DoubleQuotes,
                            FoldRegexSpace,
                            ShortClitics,
                            LongClitics,
                            Cannot,
                            DYe,
                            Gimme,
                            Gonna,
                            Gotta,
                            Lemme,
                            MoreN,
                            Wanna,
                            Tis,
                            Twas,
                            FoldWhitespace};

}  // namespace

std::span<const Pass> TreebankPasses() { return kPasses; }

}  // namespace valence::text
