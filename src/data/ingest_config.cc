// SPDX-License-Identifier: Apache-2.0
#include "valence/data/ingest.h"

namespace valence::data {

void IngestConfig::Describe(FieldVisitor& v) {
  v.Visit({"source", "Where the labelled texts come from.",
           "sample, imdb, an http://, https:// or s3:// URL, or a file, folder or archive"},
          source, {});
  v.Visit({"sha256", "Expected SHA-256 of the URL's or file's bytes, lower-case hexadecimal; empty accepts any."},
          sha256, {});
  v.Visit({"format", "Layout of the source; auto looks at names and content."}, format,
          {"auto", "csv", "tsv", "jsonl", "json", "aclimdb"});
  v.Visit({"text_column", "Column or JSON member with the text."}, text_column, {});
  v.Visit({"label_column", "Column or JSON member with the label."}, label_column, {});
  v.Visit({"id_column", "Column or JSON member with a stable id; empty makes ids of file and row."}, id_column, {});
  v.Visit({"labels", "Raw label to label; empty keeps raw labels, otherwise labels not listed are rejected."}, labels);
  v.Visit({"encoding", "Encoding of the texts, as Python's codec of that name."}, encoding,
          {"utf-8", "latin1", "cp1252"});
  v.Visit({"test_share", "Share of the documents held out when the source has no test part.", "0.01 to 0.9"},
          test_share, Between(0.01, 0.9));
  v.Visit({"seed", "Seed of the split.", "0 to 4294967295"}, seed, Between(0, 4294967295.0));
  v.Visit({"max_rejected_share",
           "Largest share of rows that may be malformed, unlabelled, empty or too long before ingest fails.", "0 to 1"},
          max_rejected_share, Between(0, 1));
  v.Visit({"max_duplicate_share", "Largest share of rows that may repeat another row's text and label.", "0 to 1"},
          max_duplicate_share, Between(0, 1));
  v.Visit({"max_conflict_share", "Largest share of rows whose text also occurs with another label.", "0 to 1"},
          max_conflict_share, Between(0, 1));
  v.Visit({"min_label_documents", "Fewest documents a label must have after the checks.", ">= 1"}, min_label_documents,
          AtLeast(1));
  v.Visit({"max_text_bytes", "Longest text in bytes; longer ones are rejected.", "1 to 67108864"}, max_text_bytes,
          Between(1, 64 << 20));
  v.Visit({"near_duplicates", "Whether documents with nearly equal texts are reported, or all but one rejected."},
          near_duplicates, {"report", "reject", "off"});
  v.Visit({"near_duplicate_similarity", "Share of two texts' distinct word triples that make them near-duplicates.",
           "0.5 to 1"},
          near_duplicate_similarity, Between(0.5, 1));
  v.Visit(
      {"contract", "The data contract; auto is data_contract.yaml if there is one, empty is none.", "auto, or a file"},
      contract, {});
  v.Visit({"baseline", "Profile to measure drift from; empty is the one that the contract names."}, baseline, {});
  v.Visit({"cache_dir", "Folder that keeps downloads between runs."}, cache_dir, {});
}

}  // namespace valence::data
