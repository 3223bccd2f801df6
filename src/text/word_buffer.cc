// SPDX-License-Identifier: Apache-2.0
#include "word_buffer.h"

#include "valence/base/utf8.h"
#include "valence/text/unicode.h"

namespace valence::text {

void DecodeLower(std::string_view word, std::u32string* out) {
  out->clear();
  for (std::size_t i = 0; i < word.size();) {
    const utf8::Decoded d = utf8::Decode(word.data() + i);
    if (d.code_point == kCapitalSigma) {
      out->push_back(LowerSigma(word, i));
    } else if (d.code_point == kCapitalIWithDot) {
      out->append(U"i\u0307");
    } else {
      out->push_back(LowerChar(d.code_point));
    }
    i += d.length;
  }
}

void Encode(std::u32string_view word, std::string* out) {
  out->clear();
  for (const char32_t c : word) utf8::Append(c, out);
}

}  // namespace valence::text
