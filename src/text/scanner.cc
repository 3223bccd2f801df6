// SPDX-License-Identifier: Apache-2.0
#include "scanner.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "block_tokens.h"
#include "rewrites.h"
#include "scan.h"
#include "valence/text/unicode.h"

namespace valence::text {
namespace {

// Lower-casing makes at most three bytes of two; no other step makes a character longer.
constexpr std::size_t kMaxGrowth = 2;
constexpr std::size_t kSlack = kBlockBytes + 16;

bool Occurs(Pass rewrite, std::string_view text) {
  if (rewrite == RemoveUrls) return FindUrl(text, 0).begin < text.size();
  if (rewrite == RemoveHtmlBreaks) return FindHtmlBreak(text, 0).begin < text.size();
  return text.find('&') != std::string_view::npos;
}

}  // namespace

std::optional<Scanner> Scanner::Compile(std::span<const Step* const> steps, TokenPattern::Kind cut) {
  Scanner scanner(cut);
  for (const Step* step : steps) {
    if (step->kind == StepKind::kRewrite && scanner.maps_.empty()) {
      scanner.rewrites_.push_back(step->passes.front());
    } else if (step->kind == StepKind::kCharacter) {
      scanner.maps_.push_back(step->character);
      scanner.lowers_sigma_ |= step->character == LowercaseChar;
    } else {
      return std::nullopt;
    }
  }
  if (!scanner.rewrites_.empty()) {
    scanner.removes_urls_ = scanner.rewrites_.back() == RemoveUrls;
    scanner.removes_breaks_ = scanner.rewrites_.back() == RemoveHtmlBreaks;
    // Entities are never resolved here: a text with an ampersand takes the plain path.
    if (scanner.removes_urls_ || scanner.removes_breaks_) scanner.rewrites_.pop_back();
  }
  scanner.FillTables();
  return scanner;
}

bool Scanner::IsMember(char32_t c) const {
  return cut_ == TokenPattern::Kind::kWhitespace ? !IsSpace(c) : IsWordChar(c);
}

void Scanner::MapChar(char32_t c, std::u32string* out) const {
  out->assign(1, c);
  std::u32string next;
  for (const CharMap map : maps_) {
    next.clear();
    for (const char32_t each : *out) map(each, &next);
    out->swap(next);
  }
}

void Scanner::FillTables() {
  table_.fill(kRareByte);
  std::u32string mapped;
  for (char32_t c = 0; c < 0x80; ++c) {
    MapChar(c, &mapped);
    bool ends = false;
    bool stays = false;
    for (const char32_t each : mapped) {  // no step turns an ASCII character into another one
      const bool is_member = IsMember(each);
      pieces_[c].push_back({static_cast<char>(each), is_member});
      ends |= !is_member;
      stays |= is_member;
    }
    const bool is_rare = (stays && (ends || mapped.size() > 1 || mapped[0] == 0)) || mapped.empty();
    if (!is_rare) table_[c] = stays ? static_cast<std::uint8_t>(mapped[0]) : kSeparatorByte;
  }
  if (removes_breaks_) table_['<'] = kRareByte;
}

bool Scanner::NeedsMorePasses(std::string_view text) const {
  return std::any_of(rewrites_.begin(), rewrites_.end(), [text](Pass rewrite) { return Occurs(rewrite, text); });
}

/// The state of one Run.
class ScannerRun {
 public:
  ScannerRun(const Scanner& scanner, std::string_view text, TokenBuffer* out)
      : scanner_(scanner),
        classify_(BestClassifyBlock()),
        write_tokens_(BestWriteBlockTokens()),
        min_chars_(scanner.cut_ == TokenPattern::Kind::kWords2 ? 2 : 1),
        text_(text),
        out_(*out) {
    const std::size_t needed = kMaxGrowth * text.size() + kSlack;
    if (out_.bytes.size() < needed) out_.bytes.resize(needed);
    base_ = out_.bytes.data();
    write_ = base_;
  }

  // Scans text[begin, end), which may continue a token.
  bool Scan(std::size_t begin, std::size_t end) {
    for (std::size_t position = begin; position < end;) {
      const std::size_t n = std::min(kBlockBytes, end - position);
      const BlockMasks masks = Classify(position, n);
      const std::size_t common = std::min<std::size_t>(n, static_cast<std::size_t>(std::countr_zero(masks.rare)));
      if (common > 0) TakeCommon(position, common, ~masks.separators);
      position += common;
      if (common < n && !TakeRare(&position, end)) return false;
    }
    return true;
  }

  // After the last Scan.
  void Finish() {
    CloseToken();
    out_.count = count_;
  }

 private:
  void CloseToken() {
    CloseTokenBefore(Offset(write_), open_, end_);
    open_ = false;
  }

  // Ends the open token, if `closes`, before this offset of the output and of the original bytes. Without a branch on
  // what the text holds.
  void CloseTokenBefore(std::size_t offset, bool closes, std::size_t end) {
    *Room() = {static_cast<std::uint32_t>(start_), static_cast<std::uint32_t>(offset - start_),
               static_cast<std::uint32_t>(begin_), static_cast<std::uint32_t>(end)};
    const bool is_long = min_chars_ == 1 || offset - start_ > utf8::Decode(base_ + start_).length;
    count_ += closes && is_long ? 1u : 0u;
  }

  BlockMasks Classify(std::size_t position, std::size_t n) {
    if (n == kBlockBytes) return classify_(scanner_.table_, text_.data() + position, write_);
    char padded[kBlockBytes];
    std::memset(padded, ' ', sizeof padded);
    std::memcpy(padded, text_.data() + position, n);
    return classify_(scanner_.table_, padded, write_);
  }

  // Takes the first n classified bytes, none of them rare; bit i of `members` says whether byte i belongs to a token.
  // Whether a token goes on from the block before, or beyond this one, cannot be predicted: so nothing branches on it.
  void TakeCommon(std::size_t position, std::size_t n, std::uint64_t members) {
    const std::uint64_t valid = ~std::uint64_t{0} >> (kBlockBytes - n);
    members &= valid;
    const std::uint64_t shifted = members << 1 | std::uint64_t{open_};
    std::uint64_t starts = members & ~shifted;
    std::uint64_t ends = ~members & shifted & valid;
    const bool closes = open_ && ends != 0;
    const auto first_end = static_cast<std::size_t>(std::countr_zero(ends));
    CloseTokenBefore(Offset(write_) + first_end, closes, first_end == 0 ? end_ : position + first_end);
    ends &= ends - (closes ? 1 : 0);
    open_ = members >> (n - 1) != 0;
    end_ = position + n;
    if (starts != 0) OpenToken(position + Last(starts), Offset(write_) + Last(starts));
    if (min_chars_ > 1) {
      const std::uint64_t single = starts & ends >> 1;
      starts ^= single;
      ends ^= single << 1;
    }
    count_ += write_tokens_(
        {starts, ends, static_cast<std::uint32_t>(Offset(write_)), static_cast<std::uint32_t>(position)}, Room());
    write_ += n;
  }

  // Where the next token goes, with room for as many as a block can have. The vector is longer than its tokens, so that
  // they need not be gathered and copied.
  SurfaceToken* Room() {
    std::vector<SurfaceToken>& room = out_.room;
    if (room.size() < count_ + kBlockTokensRoom) room.resize(count_ + count_ / 2 + 2 * kBlockTokensRoom);
    return room.data() + count_;
  }

  // Takes rare bytes as long as they last. False if the text takes more than one pass.
  bool TakeRare(std::size_t* position, std::size_t end) {
    do {
      const char byte = text_[*position];
      if (!IsAscii(byte)) {
        if (!TakeNonAscii(position)) return false;
        continue;
      }
      const std::size_t length = scanner_.removes_breaks_ ? MatchHtmlBreak(text_, *position) : 0;
      if (length != 0) {
        CloseToken();
        *position += length;
        continue;
      }
      for (const Scanner::Piece& piece : scanner_.pieces_[static_cast<unsigned char>(byte)]) {
        TakePiece({&piece.byte, 1}, piece.is_member, *position, *position + 1);
      }
      ++*position;
    } while (*position < end && IsRare(text_[*position]));
    return true;
  }

  bool TakeNonAscii(std::size_t* position) {
    const utf8::Decoded d = utf8::Decode(text_.data() + *position);
    if (d.code_point == kCapitalSigma && scanner_.lowers_sigma_) return false;
    const std::size_t end = *position + d.length;
    scanner_.MapChar(d.code_point, &mapped_);
    for (const char32_t c : mapped_) {
      encoded_.clear();
      utf8::Append(c, &encoded_);
      TakePiece(encoded_, scanner_.IsMember(c), *position, end);
    }
    *position = end;
    return true;
  }

  void TakePiece(std::string_view bytes, bool is_member, std::size_t begin, std::size_t end) {
    if (!is_member) return CloseToken();
    if (!open_) OpenToken(begin, Offset(write_));
    open_ = true;
    std::memcpy(write_, bytes.data(), bytes.size());
    write_ += bytes.size();
    end_ = end;
  }

  void OpenToken(std::size_t begin, std::size_t start) {
    begin_ = begin;
    start_ = start;
  }

  bool IsRare(char byte) const { return scanner_.table_[static_cast<unsigned char>(byte)] == kRareByte; }
  std::size_t Offset(const char* p) const { return static_cast<std::size_t>(p - base_); }
  static std::size_t Last(std::uint64_t bits) { return static_cast<std::size_t>(std::bit_width(bits)) - 1; }

  const Scanner& scanner_;
  const ClassifyBlock classify_;
  const WriteBlockTokens write_tokens_;
  const std::size_t min_chars_;
  const std::string_view text_;
  TokenBuffer& out_;
  std::size_t count_ = 0;  // of tokens
  char* base_ = nullptr;
  char* write_ = nullptr;  // runs along with the text; stays behind where characters vanish

  // The token that is not finished yet.
  bool open_ = false;
  std::size_t start_ = 0;  // of its bytes, in out_.bytes
  std::size_t begin_ = 0;  // of the original bytes
  std::size_t end_ = 0;    // of the original bytes taken so far

  std::u32string mapped_;
  std::string encoded_;
};

bool Scanner::Run(std::string_view text, TokenBuffer* out) const {
  if (NeedsMorePasses(text)) return false;
  ScannerRun run(*this, text, out);
  for (std::size_t position = 0; position < text.size();) {
    const Range url = removes_urls_ ? FindUrl(text, position) : Range{text.size(), text.size()};
    if (!run.Scan(position, url.begin)) return false;
    position = url.end;
  }
  run.Finish();
  return true;
}

}  // namespace valence::text
