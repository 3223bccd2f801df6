// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace valence::text {

/// Replaces *stem by NLTK's PorterStemmer().stem(word) in its default mode NLTK_EXTENSIONS, which lower-cases first and
/// departs from Porter's paper in several rules. Any well-formed UTF-8. Thread-safe; no allocation once *stem and a
/// buffer of the thread have grown.
void StemPorter(std::string_view word, std::string* stem);

/// Replaces *stem by NLTK's SnowballStemmer('english').stem(word): Porter's second English stemmer, lower-casing first.
/// As StemPorter otherwise.
void StemSnowball(std::string_view word, std::string* stem);

}  // namespace valence::text
