// SPDX-License-Identifier: Apache-2.0
#include "valence/features/vectorizer_config.h"

namespace valence::features {

void VectorizerConfig::Describe(FieldVisitor& v) {
  v.Visit({"vectorizer", "What a document's n-grams become: counts, TF-IDF, hashed counts, or NB log-count ratios."},
          vectorizer, {"count", "tfidf", "hashing", "nb"});
  v.Visit({"analyzer", "What n-grams are made of: words, characters, or characters within word boundaries."}, analyzer,
          {"word", "char", "char_wb"});
  v.Visit(
      {"token_pattern", "What a word is: `(?u)\\b\\w\\w+\\b`, `(?u)\\b\\w+\\b` or `\\S+`; only with analyzer word."},
      token_pattern, std::vector<std::string_view>{});
  v.Visit({"lowercase", "Lower-case the text first, as Python's str.lower()."}, lowercase);
  v.Visit({"ngram_range", "Shortest and longest n-gram, in words or characters."}, ngram_range, Between(1, 64));
  v.VisitCountOrShare({"min_df", "Drop n-grams in fewer documents than this number or share."}, min_df);
  v.VisitCountOrShare({"max_df", "Drop n-grams in more documents than this number or share."}, max_df);
  v.Visit({"max_features", "Keep only the n-grams that occur most often in the corpus; 0 keeps all."}, max_features,
          AtLeast(0));
  v.Visit({"binary", "Count an n-gram once per document at most."}, binary);
  v.Visit({"norm", "Scale each document's vector to length 1 in this norm; not for vectorizer count."}, norm,
          {"l1", "l2", "none"});
  v.Visit({"use_idf", "tfidf: multiply by the inverse document frequency."}, use_idf);
  v.Visit({"smooth_idf", "tfidf: count one more document that has every term."}, smooth_idf);
  v.Visit({"sublinear_tf", "tfidf: 1 + ln(tf) in place of tf."}, sublinear_tf);
  v.Visit({"vocabulary", "A vocabulary.json, or a file of one term a line, to use instead of learning one."},
          vocabulary, std::vector<std::string_view>{});
  v.Visit({"n_features", "hashing: number of columns."}, n_features, Between(1, 2147483646));
  v.Visit({"alternate_sign", "hashing: let the hash choose each term's sign, so that collisions cancel."},
          alternate_sign);
  v.Visit({"nb_alpha", "nb: smoothing added to every count.", "> 0"}, nb_alpha, AtLeast(1e-12));
  v.Visit({"nb_counts", "nb: ratio of occurrences, or of documents, in the two classes."}, nb_counts,
          {"occurrences", "documents"});
}

}  // namespace valence::features
