// SPDX-License-Identifier: Apache-2.0
#include "json_syntax.h"

#include <algorithm>
#include <charconv>

namespace valence::serving {
namespace {

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

bool IsHexDigit(char c) { return IsDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

/// A recursive-descent recogniser. Each method returns false after noting the fault.
class Recogniser {
 public:
  explicit Recogniser(std::string_view text) : text_(text) {}

  std::optional<JsonFault> Run() {
    if (Value(0)) {
      SkipSpace();
      if (at_ != text_.size()) Fail("nothing may follow the value");
    }
    return fault_;
  }

 private:
  bool Fail(std::string_view what) {
    fault_ = JsonFault{at_, at_ < text_.size() ? what : std::string_view("unexpected end")};
    return false;
  }
  bool At(char c) const { return at_ < text_.size() && text_[at_] == c; }
  bool Take(char c) { return At(c) && ++at_ != 0; }
  void SkipSpace() {
    while (At(' ') || At('\t') || At('\n') || At('\r')) ++at_;
  }

  bool Value(std::size_t depth) {
    SkipSpace();
    if (depth > kMaxJsonDepth) return Fail("nested deeper than 64 levels");
    if (Take('{')) return Members(depth);
    if (Take('[')) return Items(depth);
    if (Take('"')) return StringRest();
    if (At('-') || (at_ < text_.size() && IsDigit(text_[at_]))) return Number();
    for (const std::string_view word : {"true", "false", "null"}) {
      if (!text_.substr(at_).starts_with(word)) continue;
      at_ += word.size();
      return true;
    }
    return Fail("expected a value");
  }

  bool Items(std::size_t depth) {
    SkipSpace();
    if (Take(']')) return true;
    for (;;) {
      if (!Value(depth + 1)) return false;
      SkipSpace();
      if (Take(']')) return true;
      if (!Take(',')) return Fail("expected ',' or ']'");
    }
  }

  bool Members(std::size_t depth) {
    SkipSpace();
    if (Take('}')) return true;
    for (;;) {
      SkipSpace();
      if (!Take('"')) return Fail("expected a member's name in double quotes");
      if (!StringRest()) return false;
      SkipSpace();
      if (!Take(':')) return Fail("expected ':'");
      if (!Value(depth + 1)) return false;
      SkipSpace();
      if (Take('}')) return true;
      if (!Take(',')) return Fail("expected ',' or '}'");
    }
  }

  bool StringRest() {
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '"') return ++at_ != 0;
      if (static_cast<unsigned char>(c) < 0x20) return Fail("control character in a string");
      if (c == '\\' && !Escape()) return false;
    }
    return Fail("unexpected end");
  }

  /// Leaves at_ on the escape's last character.
  bool Escape() {
    constexpr std::string_view kSimple = "\"\\/bfnrt";
    if (at_ + 1 >= text_.size()) return Fail("unexpected end");
    const char c = text_[at_ + 1];
    if (c == 'u') return UnicodeEscape();
    if (kSimple.find(c) == std::string_view::npos) return Fail("unknown escape in a string");
    ++at_;
    return true;
  }

  /// The code unit of a \\uXXXX at `at`, or -1.
  int CodeUnit(std::size_t at) const {
    if (text_.substr(std::min(at, text_.size()), 2) != "\\u") return -1;
    int unit = 0;
    const std::string_view digits = text_.substr(at + 2, 4);
    const auto end = std::from_chars(digits.data(), digits.data() + digits.size(), unit, 16).ptr;
    return digits.size() == 4 && end == digits.data() + 4 && IsHexDigit(digits[0]) ? unit : -1;
  }

  bool UnicodeEscape() {
    const int unit = CodeUnit(at_);
    if (unit < 0) return Fail("expected four hexadecimal digits after \\u");
    if (unit >= 0xD800 && unit <= 0xDFFF) {
      const int low = CodeUnit(at_ + 6);
      if (unit >= 0xDC00 || low < 0xDC00 || low > 0xDFFF) return Fail("half of a surrogate pair");
      at_ += 6;
    }
    at_ += 5;
    return true;
  }

  bool Digits() {
    if (at_ >= text_.size() || !IsDigit(text_[at_])) return Fail("expected a digit");
    while (at_ < text_.size() && IsDigit(text_[at_])) ++at_;
    return true;
  }

  bool Number() {
    Take('-');
    if (Take('0')) {
      if (at_ < text_.size() && IsDigit(text_[at_])) return Fail("a number may not start with 0");
    } else if (!Digits()) {
      return false;
    }
    if (Take('.') && !Digits()) return false;
    if (Take('e') || Take('E')) {
      if (!Take('+')) Take('-');
      return Digits();
    }
    return true;
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::optional<JsonFault> fault_;
};

}  // namespace

std::optional<JsonFault> FindJsonFault(std::string_view text) { return Recogniser(text).Run(); }

}  // namespace valence::serving
