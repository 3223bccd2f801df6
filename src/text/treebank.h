// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "sink.h"

namespace valence::text {

/// The passes whose composition is ' '.join(NLTKWordTokenizer().tokenize(text)) of NLTK 3.10.4: Treebank's rules with
/// NLTK's additions. This is what nltk.word_tokenize(text, preserve_line=True) does; without it, NLTK first cuts the
/// text into sentences with a trained model (punkt), which Valence does not have.
std::span<const Pass> TreebankPasses();

}  // namespace valence::text
