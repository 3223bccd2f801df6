// SPDX-License-Identifier: Apache-2.0
#include "corpus.h"

#include <algorithm>

#include "valence/linalg/parallel.h"

namespace valence::features::internal {
namespace {

// Consecutive documents, tokenised by one thread with a table of its own. Which chunk numbers which token how is
// forgotten once tokens are ranked by their bytes, so the number of chunks does not matter to the result.
struct Chunk {
  TokenTable table;
  std::vector<std::uint32_t> document_frequency;
  std::vector<std::uint32_t> last_document;
  std::vector<Id> ids;
  std::vector<std::uint64_t> ends;  // of each document in ids
  bool has_features = false;

  void Add(std::string_view token, std::uint64_t hash, std::uint32_t document) {
    if (token.empty()) {
      ids.push_back(kNoId);
      return;
    }
    const Id id = table.Intern(token, hash);
    if (id == document_frequency.size()) {
      document_frequency.push_back(1);
      last_document.push_back(document);
    } else if (last_document[id] != document) {
      ++document_frequency[id];
      last_document[id] = document;
    }
    ids.push_back(id);
  }
};

constexpr std::size_t kProgressStep = 256;

void TokenizeChunk(const Analyzer& analyzer, std::span<const std::string_view> documents, Progress& progress,
                   Chunk* chunk) {
  std::string lowered;
  std::vector<std::string_view> tokens;
  for (std::size_t d = 0; d < documents.size(); ++d) {
    analyzer.Tokenize(documents[d], &lowered, &tokens);
    ForEachHashed(chunk->table, tokens, [&](std::string_view token, std::uint64_t hash) {
      chunk->Add(token, hash, static_cast<std::uint32_t>(d));
    });
    chunk->ends.push_back(chunk->ids.size());
    chunk->has_features = chunk->has_features || analyzer.EmitsAny(tokens);
    if ((d + 1) % kProgressStep == 0) progress.Advance(kProgressStep);
  }
  progress.Advance(documents.size() % kProgressStep);
}

std::vector<Chunk> TokenizeChunks(const Analyzer& analyzer, std::span<const std::string_view> documents,
                                  Progress& progress) {
  std::vector<Chunk> chunks(static_cast<std::size_t>(linalg::Threads()));
  linalg::ParallelFor(documents.size(), chunks.size(), [&](std::size_t c, std::size_t begin, std::size_t end) {
    TokenizeChunk(analyzer, documents.subspan(begin, end - begin), progress, &chunks[c]);
  });
  return chunks;
}

// All chunks' tokens under one numbering.
struct MergedTokens {
  TokenTable table;
  std::vector<std::uint32_t> document_frequency;
  std::vector<std::vector<Id>> from_chunk;  // [chunk][id there] -> id here
};

MergedTokens MergeTokens(const std::vector<Chunk>& chunks) {
  MergedTokens merged;
  merged.from_chunk.resize(chunks.size());
  for (std::size_t c = 0; c < chunks.size(); ++c) {
    const Chunk& chunk = chunks[c];
    for (Id id = 0; id < chunk.table.size(); ++id) {
      const Id here = merged.table.Intern(chunk.table.Token(id));
      merged.from_chunk[c].push_back(here);
      if (here == merged.document_frequency.size()) merged.document_frequency.push_back(0);
      merged.document_frequency[here] += chunk.document_frequency[id];
    }
  }
  return merged;
}

// The ids of tokens in at least `min_documents` documents, ascending by their bytes.
std::vector<Id> RankTokens(const MergedTokens& merged, double min_documents) {
  std::vector<std::pair<std::string_view, Id>> kept;
  for (Id id = 0; id < merged.table.size(); ++id) {
    if (merged.document_frequency[id] >= min_documents) kept.emplace_back(merged.table.Token(id), id);
  }
  std::sort(kept.begin(), kept.end());
  std::vector<Id> ranked;
  ranked.reserve(kept.size());
  for (const auto& [token, id] : kept) ranked.push_back(id);
  return ranked;
}

Words CollectWords(const MergedTokens& merged, const std::vector<Id>& ranked) {
  Words words;
  for (const Id id : ranked) {
    words.bytes += merged.table.Token(id);
    words.offsets.push_back(words.bytes.size());
    words.document_frequency.push_back(merged.document_frequency[id]);
  }
  return words;
}

// Chunks back to back, their ids turned into ranks.
Corpus Concatenate(std::vector<Chunk> chunks, MergedTokens merged, const std::vector<Id>& ranked) {
  std::vector<Id> rank(merged.table.size(), kNoId);
  for (Id r = 0; r < ranked.size(); ++r) rank[ranked[r]] = r;

  Corpus corpus;
  std::vector<std::size_t> first_id;
  std::size_t size = 0;
  for (const Chunk& chunk : chunks) {
    first_id.push_back(size);
    for (const std::uint64_t end : chunk.ends) corpus.offsets.push_back(size + end);
    size += chunk.ids.size();
  }
  corpus.ids.resize(size);
  linalg::ParallelFor(chunks.size(), chunks.size(), [&](std::size_t c, std::size_t, std::size_t) {
    std::vector<Id>& renumber = merged.from_chunk[c];
    for (Id& id : renumber) id = rank[id];
    std::transform(chunks[c].ids.begin(), chunks[c].ids.end(),
                   corpus.ids.begin() + static_cast<std::ptrdiff_t>(first_id[c]),
                   [&](Id id) { return id == kNoId ? kNoId : renumber[id]; });
  });
  return corpus;
}

}  // namespace

LearnedCorpus LearnCorpus(const Analyzer& analyzer, std::span<const std::string_view> documents, double min_documents,
                          Progress& progress) {
  std::vector<Chunk> chunks = TokenizeChunks(analyzer, documents, progress);
  MergedTokens merged = MergeTokens(chunks);
  const std::vector<Id> ranked = RankTokens(merged, min_documents);

  LearnedCorpus learned;
  learned.has_features = std::any_of(chunks.begin(), chunks.end(), [](const Chunk& c) { return c.has_features; });
  learned.words = CollectWords(merged, ranked);
  learned.corpus = Concatenate(std::move(chunks), std::move(merged), ranked);
  return learned;
}

}  // namespace valence::features::internal
